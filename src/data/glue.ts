import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import type { GlueTask } from './glue-tasks.ts';
import type { Example, SplitName, Task } from './task.ts';
import { type Row, readTsv } from './tsv.ts';

const CURE = "see GLUE's own layout";

/**
 * Reads a GLUE task from a folder in GLUE's own layout (`train.tsv`, `dev.tsv`), or from the folder that holds it
 * under its name (`SST-2/`). GLUE's test sets carry no labels: `test` is empty.
 * @throws UsageError if neither file is there; BadFileError, with file and line, if a row is not as it must be
 */
export async function readGlue(task: GlueTask, folder: string): Promise<Task> {
  const has = (place: string) => Object.values(task.files).some((file) => existsSync(join(place, file)));
  const place = [folder, join(folder, task.name)].find(has);
  if (place === undefined) {
    const files = Object.values(task.files).join(' or ');
    throw new UsageError(
      folder,
      `must hold ${files} of ${task.name}, got neither; pass --data with the task's folder`,
    );
  }
  const notes = [...(task.notes ?? []), "GLUE's test labels are not public"];
  const splits: Record<SplitName, Example[]> = { train: [], dev: [], test: [] };
  for (const split of ['train', 'dev'] as const) {
    const path = join(place, task.files[split]!);
    if (existsSync(path)) splits[split] = readExamples(task, path, await readTsv(path));
    else notes.push(`there is no ${task.files[split]}`);
  }
  const { name, kind, labels, metrics, origin, licence } = task;
  return { name, kind, labels, metrics, ...splits, origin, licence, notes };
}

function readExamples(task: GlueTask, path: string, rows: readonly Row[]): Example[] {
  const { columns } = task;
  const body = columns.header ? rows.slice(1) : rows;
  const header = columns.header ? (rows[0]?.fields ?? []) : null;
  const at = (column: string | number): number => {
    if (typeof column === 'number') return column;
    const index = header!.indexOf(column);
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
