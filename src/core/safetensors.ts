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

/** Where one tensor lies: bytes `begin` to `end` behind the header. */
export interface SafetensorsEntry {
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
  const { entries, metadata, dataStart } = safetensorsEntries(bytes, bytes.length, where);
  const tensors = new Map<string, StoredTensor>();
  for (const entry of entries) {
    const { begin, end } = entry;
    tensors.set(entry.name, decodeEntry(entry, bytes.subarray(dataStart + begin, dataStart + end), where));
  }
  return { tensors, metadata };
}

/**
 * What a file's header says, all of it checked against the length of the file.
 * @param start the file's bytes, at least up to the end of its header
 */
export function safetensorsEntries(
  start: Uint8Array,
  fileBytes: number,
  where: string,
): { entries: SafetensorsEntry[]; metadata: Record<string, string>; dataStart: number } {
  const { header, dataStart } = readHeader(start, fileBytes, where);
  let metadata: Record<string, string> = {};
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = readMetadata(value, where);
    else entries.push(readEntry(name, value, where));
  }
  checkRanges(entries, fileBytes - dataStart, where);
  return { entries, metadata, dataStart };
}

/** The tensor that `bytes` hold. */
export function decodeEntry(
  { name, dtype, shape }: SafetensorsEntry,
  bytes: Uint8Array,
  where: string,
): StoredTensor {
  const data = elementsOf(dtype, bytes);
  if (data === null)
    throw bad(where, `tensor "${name}" of dtype BOOL must hold only 0 and 1, got another byte`);
  return { ...data, shape };
}

function bad(where: string, what: string): BadFileError {
  return new BadFileError(where, `${what}; ${CURE}`);
}

/** The number of bytes up to the end of the header, of the file's first eight. */
export function headerEnd(start: Uint8Array, fileBytes: number, where: string): number {
  if (fileBytes < LENGTH_BYTES) {
    throw bad(where, `a safetensors file must be at least ${LENGTH_BYTES} bytes long, got ${fileBytes}`);
  }
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw bad(where, `the header must be at most ${MAX_HEADER_BYTES} bytes long, got ${length}`);
  }
  const end = LENGTH_BYTES + Number(length);
  if (end > fileBytes) {
    throw bad(
      where,
      `the header must lie inside the file, got a header of ${length} bytes in a file of ${fileBytes} (truncated?)`,
    );
  }
  return end;
}

function readHeader(
  bytes: Uint8Array,
  fileBytes: number,
  where: string,
): { header: Record<string, unknown>; dataStart: number } {
  const dataStart = headerEnd(bytes, fileBytes, where);
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

function readEntry(name: string, value: unknown, where: string): SafetensorsEntry {
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
function checkRanges(entries: readonly SafetensorsEntry[], dataBytes: number, where: string): void {
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
