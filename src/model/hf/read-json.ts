import { BadFileError } from '../../core/errors.ts';
import { readBytes } from '../../core/files.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** A JSON object from bytes. @throws BadFileError if it is none */
export function parseJson(bytes: Uint8Array, where: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BadFileError(
      where,
      `must be JSON, got ${(error as Error).message}; fetch the checkpoint again`,
      error,
    );
  }
  if (!isRecord(value)) {
    throw new BadFileError(where, 'must be a JSON object, got another value; fetch the checkpoint again');
  }
  return value;
}

/** Reads a file that holds one JSON object. @throws UsageError if there is no such file, BadFileError if it is none */
export async function readJson(path: string): Promise<JsonRecord> {
  return parseJson(await readBytes(path), path);
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
