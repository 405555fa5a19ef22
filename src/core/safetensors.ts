import { BadFileError } from './errors.ts';
import { readBytes } from './files.ts';
import { repeatedKey } from './json-keys.ts';
import { ELEMENT_BYTES, elementsOf, type StoredTensor, type StoredType } from './safetensors-elements.ts';

/**
 * Weight files in the safetensors form: eight bytes little-endian header length, a JSON header that gives each
 * tensor's dtype, shape and byte range, then the bytes. See https://github.com/huggingface/safetensors.
 * Nothing in a file is trusted: every length is checked before it is used.
 */

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The longest header that is read, in bytes; as the format's own library. */
export const MAX_HEADER_BYTES = 100_000_000;

const LENGTH_BYTES = 8;
const CURE = 'fetch or write the file again';

interface Entry {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file, given by path or as bytes already read. F16 and BF16 come as float32, I8 as int32; other
 * data are views on the file's bytes where alignment allows.
 * @param where what messages call the file; default: the path
 * @throws BadFileError if anything in it is not as it must be, UsageError if there is no such file
 */
export async function readSafetensors(source: string | Uint8Array, where?: string): Promise<SafetensorsFile> {
  if (typeof source === 'string') return decodeSafetensors(await readBytes(source), where ?? source);
  return decodeSafetensors(source, where ?? 'safetensors');
}

/** As `readSafetensors`, of bytes at hand. @throws BadFileError */
export function decodeSafetensors(bytes: Uint8Array, where: string): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes, where);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = readMetadata(value, where);
    else entries.push(readEntry(name, value, where));
  }
  checkRanges(entries, bytes.length - dataStart, where);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const data = elementsOf(dtype, bytes.subarray(dataStart + begin, dataStart + end));
    if (data === null)
      throw bad(where, `tensor "${name}" of dtype BOOL must hold only 0 and 1, got another byte`);
    tensors.set(name, { ...data, shape });
  }
  return { tensors, metadata };
}

function bad(where: string, what: string): BadFileError {
  return new BadFileError(where, `${what}; ${CURE}`);
}

function readHeader(
  bytes: Uint8Array,
  where: string,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw bad(where, `a safetensors file must be at least ${LENGTH_BYTES} bytes long, got ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw bad(where, `the header must be at most ${MAX_HEADER_BYTES} bytes long, got ${length}`);
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > bytes.length) {
    throw bad(
      where,
      `the header must lie inside the file, got a header of ${length} bytes in a file of ${bytes.length} (truncated?)`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(LENGTH_BYTES, dataStart),
    );
  } catch {
    throw bad(where, 'the header must be UTF-8 text, got other bytes');
  }
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw bad(where, `the header must be JSON, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (!isRecord(header)) throw bad(where, 'the header must be a JSON object, got another value');
  const repeated = repeatedKey(text);
  if (repeated !== null) throw bad(where, `each key of the header must stand once, got "${repeated}" twice`);
  return { header, dataStart };
}

function readMetadata(value: unknown, where: string): Record<string, string> {
  if (!isRecord(value)) throw bad(where, '__metadata__ must be an object of strings, got another value');
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') {
      throw bad(where, `__metadata__ must hold only strings, got ${JSON.stringify(entry)} for "${key}"`);
    }
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, where: string): Entry {
  const tensor = `tensor "${name}"`;
  if (!isRecord(value))
    throw bad(where, `${tensor} must be described by an object, got ${JSON.stringify(value)}`);
  for (const key of Object.keys(value)) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') {
      throw bad(where, `${tensor} must have dtype, shape and data_offsets only, got "${key}"`);
    }
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    const known = Object.keys(ELEMENT_BYTES).join(', ');
    throw bad(where, `${tensor} must have a dtype of ${known}, got ${JSON.stringify(dtype)}`);
  }
  if (!isSizes(shape)) {
    throw bad(where, `${tensor} must have a shape of whole sizes >= 0, got ${JSON.stringify(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw bad(where, `${tensor} must have data_offsets [begin, end], got ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, each) => product * each, ELEMENT_BYTES[dtype as StoredType]);
  if (size !== end - begin) {
    throw bad(
      where,
      `${tensor} of ${dtype} [${shape.join(', ')}] must take ${size} bytes, got ${end - begin}`,
    );
  }
  return { name, dtype: dtype as StoredType, shape, begin, end };
}

/** The tensors must fill the data part exactly: no byte shared, none left over. */
function checkRanges(entries: readonly Entry[], dataBytes: number, where: string): void {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let filled = 0;
  for (const { name, begin, end } of ordered) {
    if (begin < filled) {
      throw bad(where, `tensors must not overlap, got "${name}" at byte ${begin}, inside the one before`);
    }
    if (begin > filled) {
      throw bad(
        where,
        `tensors must follow each other, got a hole at bytes ${filled} to ${begin}, before "${name}"`,
      );
    }
    filled = end;
  }
  if (filled !== dataBytes) {
    const why = filled > dataBytes ? ' (truncated?)' : '';
    throw bad(
      where,
      `the tensors must fill the file, got ${dataBytes} bytes where they take ${filled}${why}`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

export type { StoredTensor } from './safetensors-elements.ts';
export { encodeSafetensors } from './safetensors-write.ts';
