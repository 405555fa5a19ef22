import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BadFileError } from '../core/errors.ts';
import type { GlueTask } from './glue-tasks.ts';
import { readParquet } from './parquet.ts';
import type { Example, SplitName } from './task.ts';

/** Paths of the Parquet files of each split, in the order of their parts. */
export type ParquetFiles = Readonly<Partial<Record<SplitName, readonly string[]>>>;

/** `train-00000-of-00002.parquet`, `validation.parquet`; in a folder of the split also `0000.parquet`. */
const PART = /^(.+?)(?:-(\d+)-of-(\d+))?\.parquet$/;

/**
 * Finds a task in Hugging Face's Parquet layout: files named by split in the folder itself, in one named like the task
 * (`sst2`), or in folders named by split. Null where there are none.
 *
 * @throws BadFileError if a part of a split is missing
 */
export async function findParquet(task: GlueTask, folder: string): Promise<ParquetFiles | null> {
  for (const place of [folder, join(folder, task.hub.name), join(folder, task.name)]) {
    const files: Partial<Record<SplitName, readonly string[]>> = {};
    for (const split of ['train', 'dev', 'test'] as const) {
      const found = await partsOf(place, task.hub.splits[split]);
      if (found.length > 0) files[split] = found;
    }
    if (Object.keys(files).length > 0) return files;
  }
  return null;
}

async function partsOf(place: string, split: string): Promise<string[]> {
  const own = join(place, split);
  if (existsSync(own)) {
    const names = (await readdir(own)).filter((name) => name.endsWith('.parquet')).sort();
    return names.map((name) => join(own, name));
  }
  if (!existsSync(place)) return [];
  const parts = (await readdir(place)).sort().flatMap((name) => {
    const found = PART.exec(name);
    return found?.[1] === split ? [{ name, of: found[3] === undefined ? 1 : Number(found[3]) }] : [];
  });
  const wanted = parts[0]?.of ?? 0;
  if (parts.length !== wanted || parts.some(({ of }) => of !== wanted)) {
    throw new BadFileError(
      place,
      `must hold all ${wanted} parts of "${split}", got ${parts.map(({ name }) => name).join(', ')}; download the others`,
    );
  }
  return parts.map(({ name }) => join(place, name));
}

/**
 * The examples of a split. A split whose labels are all -1 has none that are public, and gives null.
 * @throws BadFileError, with file and row (from 1), if a row is not as it must be
 */
export async function readParquetSplit(task: GlueTask, paths: readonly string[]): Promise<Example[] | null> {
  const { text, pair } = task.hub;
  const columns = pair === undefined ? [text, 'label'] : [text, pair, 'label'];
  const rows: { readonly row: Readonly<Record<string, unknown>>; readonly where: string }[] = [];
  for (const path of paths) {
    (await readParquet(path, columns)).forEach((row, index) => {
      rows.push({ row, where: `${path}: row ${index + 1}` });
    });
  }
  if (rows.length === 0) {
    throw new BadFileError(paths[0]!, 'must hold at least one row, got none; download it again');
  }
  if (rows.every(({ row }) => Number(row.label) === -1)) return null;
  return rows.map(({ row, where }): Example => {
    const texts = columns.slice(0, -1).map((column) => {
      const value = row[column];
      if (typeof value === 'string') return value;
      throw new BadFileError(
        where,
        `"${column}" must be a text, got ${shown(value)}; mend or remove the row`,
      );
    });
    const example = { text: texts[0]!, label: labelOf(task, row.label, where) };
    return pair === undefined ? example : { ...example, pair: texts[1]! };
  });
}

function labelOf(task: GlueTask, value: unknown, where: string): number {
  const label = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  const [least, most] = task.range ?? [0, task.labels.length - 1];
  const isWhole = task.kind === 'regression' || Number.isInteger(label);
  // Stored as float32: 3.8 comes back with the digits of its nearest float32.
  if (isWhole && label >= least && label <= most) return task.kind === 'regression' ? rounded(label) : label;
  const what = task.kind === 'regression' ? 'a number' : 'a class number';
  throw new BadFileError(
    where,
    `the label must be ${what} from ${least} to ${most}, got ${shown(value)}; mend or remove the row`,
  );
}

/** The shortest decimal that is the same float32: a score as its authors wrote it. */
function rounded(score: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(score.toPrecision(digits));
    if (Math.fround(short) === Math.fround(score)) return short;
  }
  return score;
}

function shown(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing');
}
