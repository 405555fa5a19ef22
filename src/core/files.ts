import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SurroundingsError, UsageError } from './errors.ts';

/** SHA-256 of bytes or text, in hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** JSON with sorted keys and a final newline, so that equal records are equal bytes. */
export function stableJson(value: unknown, indent = 2): string {
  return `${JSON.stringify(sorted(value), null, indent)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, sorted(record[key])]),
  );
}

/** Turns what the operating system says of a path into one clear error. */
export function surroundingsError(path: string, act: string, error: unknown): SurroundingsError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const cure: Record<string, string> = {
    ENOENT: 'no such file or folder; check the path',
    EACCES: 'permission denied; choose a place you may use or change its permissions',
    EPERM: 'not permitted; choose a place you may use',
    EROFS: 'the file system is read-only; choose another --out',
    ENOSPC: 'the disk is full; free some space and run again',
    EDQUOT: 'the disk quota is used up; free some space and run again',
    EFBIG:
      'the file would be larger than is allowed here; raise the limit (ulimit -f) or choose another --out',
    ENOTDIR: 'a part of the path is a file, not a folder; check the path',
    EISDIR: 'it is a folder, not a file; check the path',
  };
  const why = (code !== undefined && cure[code]) || (error as Error).message;
  return new SurroundingsError(path, `cannot ${act}: ${why}`, error);
}

/** Reads a whole file. @throws UsageError if it does not exist or is a folder, SurroundingsError if it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path);
    // A plain array: a Buffer's own slice() would be a view where a Uint8Array's is a copy.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new UsageError(path, 'must be an existing file, got nothing there; check the path');
    }
    if (code === 'EISDIR') throw new UsageError(path, 'must be a file, got a folder; check the path');
    throw surroundingsError(path, 'read', error);
  }
}

/** Reads a UTF-8 text file. Errors as `readBytes`. */
export async function readText(path: string): Promise<string> {
  return new TextDecoder('utf-8').decode(await readBytes(path));
}

/**
 * Makes a folder and those above it that are missing. Node's own recursive mkdir never ends where a file system
 * answers ENOENT for a new folder in an existing one, as /proc does.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing.length === 0 ? [path] : missing) {
    await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    });
  }
}

/**
 * Writes a file so that it is whole or absent: to a neighbour first, then renamed.
 * Parent folders are made. An existing file is replaced.
 */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string | Iterable<string>,
): Promise<void> {
  const neighbour = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await makeFolder(dirname(path));
    await writeFile(neighbour, data);
    await rename(neighbour, path);
  } catch (error) {
    await rm(neighbour, { force: true }).catch((e: unknown) => e);
    throw surroundingsError(path, 'write', error);
  }
}
