import { ELEMENT_BYTES, STORED_AS, type StoredTensor } from './safetensors-elements.ts';

const ALIGNMENT = 8;

/**
 * The bytes of a safetensors file. Equal tensors and metadata give equal bytes, in whatever order they were put in: the
 * header lists names in order, and the data lie by falling element size, then name, so that every tensor is aligned.
 * The header is padded with blanks to eight bytes.
 * @throws RangeError if a tensor's data do not fill its shape
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...tensors.keys()].sort();
  if (names.includes('__metadata__')) {
    throw new RangeError('encodeSafetensors: a tensor must not be named "__metadata__"; rename it');
  }
  const sizeOf = (name: string) => ELEMENT_BYTES[STORED_AS[tensors.get(name)!.dtype]];
  const laid = [...names].sort((a, b) => sizeOf(b) - sizeOf(a));

  const offsets = new Map<string, readonly [number, number]>();
  let end = 0;
  for (const name of laid) {
    const { dtype, shape, data } = tensors.get(name)!;
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) {
      const got = `got ${data.length} for [${shape.join(', ')}]`;
      throw new RangeError(`encodeSafetensors: "${name}" (${dtype}) must have ${count} values, ${got}`);
    }
    offsets.set(name, [end, end + data.byteLength]);
    end += data.byteLength;
  }

  const notes = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: [string, unknown][] = notes.length > 0 ? [['__metadata__', Object.fromEntries(notes)]] : [];
  for (const name of names) {
    const { dtype, shape } = tensors.get(name)!;
    entries.push([name, { dtype: STORED_AS[dtype], shape, data_offsets: offsets.get(name) }]);
  }
  // Entry by entry: an object would put names that look like whole numbers first.
  const json = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const header = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;

  const bytes = new Uint8Array(ALIGNMENT + header + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header), true);
  bytes.fill(0x20, ALIGNMENT, ALIGNMENT + header);
  bytes.set(text, ALIGNMENT);
  for (const name of laid) {
    const { data } = tensors.get(name)!;
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      ALIGNMENT + header + offsets.get(name)![0],
    );
  }
  return bytes;
}
