import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { BadFileError, UsageError } from '../core/errors.ts';
import type { SplitName } from './task.ts';
import { readLines } from './tsv.ts';

/** Which columns, or fields of JSON lines, hold what. */
export interface Columns {
  readonly text: string;
  readonly pair?: string;
  readonly label: string;
}

/** One row, its fields by name, with its file and line for messages. */
export interface RawRow {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly where: string;
  /** It comes from a table: each field is text. */
  readonly isText: boolean;
  /** The row as it stands, or its beginning. */
  readonly shown: string;
}

const FORMATS = ['jsonl', 'tsv', 'csv'] as const;

/**
 * The rows of a split: of `train.jsonl`, `train.tsv` or `train.csv`. Null where there is none.
 *
 * TSV: tabs alone separate, quotes are text. CSV: commas, quotes as RFC 4180 has them. Both have a line of column names.
 *
 * @throws UsageError if a split stands in two formats; BadFileError, with file and line, if a row is malformed
 */
export async function readSplitRows(folder: string, split: SplitName): Promise<RawRow[] | null> {
  const found = FORMATS.filter((format) => existsSync(join(folder, `${split}.${format}`)));
  if (found.length > 1) {
    const names = found.map((format) => `${split}.${format}`).join(' and ');
    throw new UsageError(folder, `must hold ${split} once, got ${names}; remove one`);
  }
  const format = found[0];
  if (format === undefined) return null;
  const path = join(folder, `${split}.${format}`);
  const lines = await readLines(path);
  if (lines[0]?.startsWith('\ufeff')) lines[0] = lines[0].slice(1);
  if (format === 'jsonl') return lines.map((line, index) => jsonRow(line, `${path}:${index + 1}`));
  const table =
    format === 'tsv'
      ? lines.map((line, index) => ({ fields: line.split('\t'), line: index + 1 }))
      : csvRows(lines.join('\n'), path);
  return namedRows(table, path);
}

function jsonRow(line: string, where: string): RawRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadFileError(where, 'must be one JSON object, got other text; mend or remove the line');
  }
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  return {
    fields: isObject ? (value as Record<string, unknown>) : {},
    where,
    isText: false,
    shown: line.slice(0, 60),
  };
}

interface TableRow {
  readonly fields: readonly string[];
  readonly line: number;
}

function csvRows(text: string, path: string): TableRow[] {
  try {
    const rows: unknown = parse(text, { info: true, relax_column_count: true });
    return (rows as { info: { lines: number }; record: string[] }[]).map(({ info, record }) => ({
      fields: record,
      line: info.lines,
    }));
  } catch (error) {
    const { code, lines } = error as { code?: string; lines?: number };
    const where = lines === undefined ? path : `${path}:${lines}`;
    throw new BadFileError(
      where,
      `must be comma-separated values, got ${code}; mend the quotes there`,
      error,
    );
  }
}

function namedRows(table: readonly TableRow[], path: string): RawRow[] {
  const names = table[0]?.fields ?? [];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new BadFileError(`${path}:1`, `must name each column once, got "${twice}" twice; rename one`);
  }
  return table.slice(1).map(({ fields, line }) => {
    const where = `${path}:${line}`;
    if (fields.length !== names.length) {
      throw new BadFileError(
        where,
        `must have ${names.length} columns as the first line, got ${fields.length}; mend or remove the row`,
      );
    }
    const byName = Object.fromEntries(names.map((name, index) => [name, fields[index]]));
    return { fields: byName, where, isText: true, shown: fields.join(' ').slice(0, 60) };
  });
}
