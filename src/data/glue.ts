import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import { findParquet, readParquetSplit } from './glue-parquet.ts';
import type { GlueTask } from './glue-tasks.ts';
import type { Example, SplitName, Task } from './task.ts';
import { type Row, readTsv } from './tsv.ts';

const CURE = "see GLUE's own layout";

/**
 * Reads a GLUE task from a folder in GLUE's own layout (`train.tsv`, `dev.tsv`) or in Hugging Face's of Parquet files, or
 * from the folder that holds it under its name (`SST-2/`, `sst2/`). Where test has no labels `test` is empty: GLUE's own
 * never has.
 *
 * @throws UsageError if neither file is there; BadFileError, with file and line, if a row is not as it must be
 */
export async function readGlue(task: GlueTask, folder: string): Promise<Task> {
  const { name, kind, labels, metrics, origin, licence } = task;
  const has = (place: string) => Object.values(task.files).some((file) => existsSync(join(place, file)));
  const place = [folder, join(folder, task.folder ?? name)].find(has);
  const read = place === undefined ? await readParquets(task, folder) : await readTsvs(task, place);
  const { splits, notes } = read;
  const all = [...(task.notes ?? []), ...notes];
  return { name, kind, labels, metrics, ...splits, origin, licence, notes: all };
}

interface Splits {
  readonly splits: Readonly<Record<SplitName, readonly Example[]>>;
  readonly notes: readonly string[];
}

const UNLABELLED = "GLUE's test labels are not public";

async function readTsvs(task: GlueTask, place: string): Promise<Splits> {
  const notes = [UNLABELLED];
  const splits: Record<SplitName, Example[]> = { train: [], dev: [], test: [] };
  for (const split of ['train', 'dev'] as const) {
    const path = join(place, task.files[split]!);
    if (existsSync(path)) splits[split] = readExamples(task, path, await readTsv(path));
    else notes.push(`there is no ${task.files[split]}`);
  }
  return { splits, notes };
}

async function readParquets(task: GlueTask, folder: string): Promise<Splits> {
  const files = await findParquet(task, folder);
  if (files === null) {
    const names = Object.values(task.files).join(' or ');
    throw new UsageError(
      folder,
      `must hold ${names} of ${task.name}, or its Parquet files (${task.hub.splits.dev}-00000-of-00001.parquet), got neither; pass --data with the task's folder`,
    );
  }
  const notes: string[] = [];
  const splits: Record<SplitName, readonly Example[]> = { train: [], dev: [], test: [] };
  for (const split of ['train', 'dev', 'test'] as const) {
    const paths = files[split];
    const examples = paths === undefined ? undefined : await readParquetSplit(task, paths);
    if (examples) splits[split] = examples;
    else if (examples === null) notes.push(`${task.hub.splits[split]} has no labels (-1)`);
    else notes.push(`there is no ${task.hub.splits[split]}`);
  }
  return { splits, notes };
}

function readExamples(task: GlueTask, path: string, rows: readonly Row[]): Example[] {
  const { columns } = task;
  const body = columns.header ? rows.slice(1) : rows;
  const header = columns.header ? (rows[0]?.fields ?? []) : null;
  const at = (column: string | number): number => {
    if (typeof column === 'number') return column;
    const index = header!.indexOf(column);
    if (index >= 0 && header!.indexOf(column, index + 1) >= 0) {
      throw new BadFileError(`${path}:1`, `must name each column once, got "${column}" twice; rename one`);
    }
    if (index < 0) {
      const got = header!.map((name) => JSON.stringify(name)).join(', ') || 'none';
      throw new BadFileError(`${path}:1`, `must have a column "${column}", got ${got}; ${CURE}`);
    }
    return index;
  };
  const text = at(columns.text);
  const pair = columns.pair === undefined ? null : at(columns.pair);
  const label = at(columns.label);
  const width = header?.length ?? columns.width!;
  if (body.length === 0) {
    throw new BadFileError(path, 'must hold at least one example, got none; check the file');
  }
  return body.map((row) => {
    if (row.fields.length !== width) {
      throw new BadFileError(
        `${path}:${row.line}`,
        `must have ${width} columns between tabs, got ${row.fields.length}; mend or remove the row`,
      );
    }
    const value = labelOf(task, row.fields[label]!, `${path}:${row.line}`);
    const example = { text: row.fields[text]!, label: value };
    return pair === null ? example : { ...example, pair: row.fields[pair]! };
  });
}

/** The number that a label text stands for. */
function labelOf(task: GlueTask, text: string, where: string): number {
  if (task.kind === 'regression') {
    const value = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    const [least, most] = task.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    if (value >= least && value <= most) return value;
    throw new BadFileError(
      where,
      `the label must be a number from ${least} to ${most}, got "${text}"; mend the row`,
    );
  }
  const written = task.written ?? task.labels.map((_, index) => String(index));
  const index = written.indexOf(text);
  if (index >= 0) return index;
  throw new BadFileError(
    where,
    `the label must be one of ${written.join(', ')}, got "${text}"; mend or remove the row`,
  );
}
