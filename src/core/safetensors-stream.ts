import { type FileHandle, open } from 'node:fs/promises';
import { BadFileError, HoldfastError } from './errors.ts';
import { surroundingsError } from './files.ts';
import {
  decodeEntry,
  headerEnd,
  type SafetensorsEntry,
  type StoredTensor,
  safetensorsEntries,
} from './safetensors.ts';

export interface StreamHandlers {
  /** Every byte of the file, in order: for a hash. */
  readonly bytes: (bytes: Uint8Array) => void;
  /** Each tensor, in the order in which they lie in the file; `decode` makes it. Not called: not kept in memory. */
  readonly tensor: (name: string, shape: readonly number[], decode: () => StoredTensor) => void;
}

/**
 * Reads a safetensors file tensor by tensor, each byte once, so that no more lies in memory than the caller keeps.
 * @throws BadFileError as `readSafetensors`, SurroundingsError if the file cannot be read
 */
export async function streamSafetensors(path: string, handlers: StreamHandlers): Promise<void> {
  await withFile(path, async (file) => {
    const { head, entries, dataStart } = await readHead(file, path);
    handlers.bytes(head);
    for (const entry of entries.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
      const bytes = await readAt(file, dataStart + entry.begin, entry.end - entry.begin, path);
      handlers.bytes(bytes);
      handlers.tensor(entry.name, entry.shape, () => decodeEntry(entry, bytes, path));
    }
  });
}

/**
 * Reads what a safetensors file says of its tensors, and nothing of the tensors themselves.
 * @throws BadFileError as `readSafetensors`, SurroundingsError if the file cannot be read
 */
export function readSafetensorsHeader(path: string): Promise<readonly SafetensorsEntry[]> {
  return withFile(path, async (file) => (await readHead(file, path)).entries);
}

async function readHead(
  file: FileHandle,
  path: string,
): Promise<{ readonly head: Uint8Array; readonly entries: SafetensorsEntry[]; readonly dataStart: number }> {
  const { size } = await file.stat();
  const end = headerEnd(await readAt(file, 0, Math.min(8, size), path), size, path);
  const head = await readAt(file, 0, end, path);
  return { head, ...safetensorsEntries(head, size, path) };
}

async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return await read(file);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw surroundingsError(path, 'read', error);
  } finally {
    await file?.close();
  }
}

async function readAt(file: FileHandle, from: number, length: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) {
      throw new BadFileError(
        path,
        `must keep its length while it is read, got ${length - filled} bytes less; fetch or write the file again`,
      );
    }
    filled += bytesRead;
  }
  return bytes;
}
