import { BadFileError } from '../core/errors.ts';
import { readBytes } from '../core/files.ts';

/** A row of a table, with the place for messages. */
export interface Row {
  readonly fields: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Reads tab-separated text as GLUE has it: tabs alone separate, quotes are text, a byte order mark is dropped, lines end
 * in LF or CRLF, the last may have no end.
 * @throws BadFileError if it is not UTF-8, UsageError if there is no such file
 */
export async function readTsv(path: string): Promise<Row[]> {
  return (await readLines(path)).map((text, index) => ({ fields: text.split('\t'), line: index + 1 }));
}

/** The lines of a text file, without their ends. Errors as `readTsv`. */
export async function readLines(path: string): Promise<string[]> {
  const bytes = await readBytes(path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new BadFileError(path, 'must be UTF-8 text, got other bytes; save it as UTF-8', error);
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
