import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import type { Example, SplitName, Task } from './task.ts';
import { readLines } from './tsv.ts';

/** More classes than that are taken for a mistake (an identifier in place of a label). */
const MOST_CLASSES = 1000;

type Label = string | number;

interface RawExample {
  readonly text: string;
  readonly pair?: string;
  readonly label: Label;
  readonly where: string;
}

/**
 * Reads a task of one's own: `train.jsonl`, `dev.jsonl` and perhaps `test.jsonl`, each line
 * `{"text", "pair"?, "label"}`. Labels that are strings name the classes, numbered in order of their spelling over all
 * files; whole numbers are the class numbers themselves, from 0; numbers with a fraction anywhere make it a regression.
 * @throws UsageError if train or dev is missing; BadFileError, with file and line, if a line is not as it must be
 */
export async function readCustom(folder: string): Promise<Task> {
  const raw: Record<SplitName, RawExample[]> = { train: [], dev: [], test: [] };
  const notes: string[] = [];
  for (const split of ['train', 'dev', 'test'] as const) {
    const path = join(folder, `${split}.jsonl`);
    if (existsSync(path))
      raw[split] = (await readLines(path)).map((line, index) => readLine(line, `${path}:${index + 1}`));
    else if (split === 'test') notes.push('there is no test.jsonl');
    else throw new UsageError(folder, `must hold train.jsonl and dev.jsonl, got no ${split}.jsonl; write it`);
  }
  const all = [...raw.train, ...raw.dev, ...raw.test];
  const { kind, labels, numberOf } = labelsOf(all, folder);
  const examples = (split: SplitName): Example[] =>
    raw[split].map(({ text, pair, label }) =>
      pair === undefined ? { text, label: numberOf(label) } : { text, pair, label: numberOf(label) },
    );
  return {
    name: 'custom',
    kind,
    labels,
    metrics:
      kind === 'regression'
        ? ['pearson', 'spearman']
        : labels.length === 2
          ? ['accuracy', 'f1', 'matthews']
          : ['accuracy'],
    train: examples('train'),
    dev: examples('dev'),
    test: examples('test'),
    origin: 'own data',
    licence: 'own data',
    notes,
  };
}

function readLine(line: string, where: string): RawExample {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadFileError(where, 'must be one JSON object, got other text; mend or remove the line');
  }
  const { text, pair, label } = (value ?? {}) as { text?: unknown; pair?: unknown; label?: unknown };
  if (typeof text !== 'string' || (pair !== undefined && typeof pair !== 'string')) {
    throw new BadFileError(
      where,
      `must have "text" (and "pair") as strings, got ${line.slice(0, 60)}; mend the line`,
    );
  }
  if (typeof label !== 'string' && typeof label !== 'number') {
    const got = label === undefined ? 'none' : JSON.stringify(label);
    throw new BadFileError(
      where,
      `must have a "label" that is a string or a number, got ${got}; mend the line`,
    );
  }
  return pair === undefined ? { text, label, where } : { text, pair, label, where };
}

function labelsOf(
  all: readonly RawExample[],
  folder: string,
): Pick<Task, 'kind' | 'labels'> & { numberOf: (label: Label) => number } {
  const first = all[0];
  if (first === undefined)
    throw new BadFileError(folder, 'must hold at least one example, got empty files; add some');
  const odd = all.find((example) => typeof example.label !== typeof first.label);
  if (odd !== undefined) {
    const got = `${JSON.stringify(odd.label)} after ${JSON.stringify(first.label)}`;
    throw new BadFileError(odd.where, `labels must be all strings or all numbers, got ${got}; use one form`);
  }
  if (typeof first.label === 'string') {
    const labels = [...new Set(all.map((example) => String(example.label)))].sort();
    checkCount(labels.length, folder);
    const numbers = new Map(labels.map((label, index) => [label, index]));
    return { kind: 'classification', labels, numberOf: (label) => numbers.get(String(label))! };
  }
  const values = all.map((example) => Number(example.label));
  if (values.some((value) => !Number.isInteger(value)))
    return { kind: 'regression', labels: [], numberOf: Number };
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw new BadFileError(
      all[negative]!.where,
      `a label that is a whole number is a class number from 0, got ${values[negative]}; name classes by strings`,
    );
  }
  const count = values.reduce((most, value) => Math.max(most, value + 1), 0);
  checkCount(count, folder);
  return {
    kind: 'classification',
    labels: Array.from({ length: count }, (_, k) => String(k)),
    numberOf: Number,
  };
}

function checkCount(classes: number, folder: string): void {
  if (classes > MOST_CLASSES) {
    throw new BadFileError(
      folder,
      `must have at most ${MOST_CLASSES} classes, got ${classes}; check the labels`,
    );
  }
}
