import { BadFileError, UsageError } from '../core/errors.ts';
import { type Columns, type RawRow, readSplitRows } from './custom-rows.ts';
import type { Example, SplitName, Task } from './task.ts';

/** More classes than that are taken for a mistake (an identifier in place of a label). */
const MOST_CLASSES = 1000;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

type Label = string | number;

interface RawExample {
  readonly text: string;
  readonly pair?: string;
  readonly label: Label;
  /** It comes from a table, where everything is text. */
  readonly isText: boolean;
  readonly where: string;
}

const COLUMNS: Columns = { text: 'text', pair: 'pair', label: 'label' };

/**
 * Reads a task of one's own: `train`, `dev` and perhaps `test`, each as `.jsonl` (a line `{"text", "pair"?, "label"}`),
 * `.tsv` or `.csv` (with a line of column names). Labels that are texts name the classes, numbered in order of their
 * spelling over all files; whole numbers are the class numbers themselves, from 0; numbers with a fraction anywhere make
 * it a regression. A test whose labels are all absent or -1 has none, and is left out.
 *
 * @param columns Names of the columns; default `text`, `pair` where there is such a one, and `label`.
 * @throws UsageError if train or dev is missing; BadFileError, with file and line, if a line is not as it must be
 */
export async function readCustom(folder: string, columns?: Columns): Promise<Task> {
  const raw: Record<SplitName, RawExample[]> = { train: [], dev: [], test: [] };
  const notes: string[] = [];
  for (const split of ['train', 'dev', 'test'] as const) {
    const rows = await readSplitRows(folder, split);
    if (rows?.length === 0) notes.push(`the file of ${split} is empty`);
    if (rows === null && split === 'test') notes.push('there is no test.jsonl');
    else if (rows === null) {
      throw new UsageError(
        folder,
        `must hold train.jsonl and dev.jsonl (or .tsv, .csv), got no ${split}.jsonl; write it`,
      );
    } else if (split === 'test' && rows.length > 0 && rows.every((row) => isUnlabelled(row, columns))) {
      notes.push('test has no labels');
    } else raw[split] = rows.map((row) => exampleOf(row, columns));
  }
  const read = [...raw.train, ...raw.dev, ...raw.test];
  // In a table a number is text like all else: it is one if all labels are.
  const isNumeric = read.every((example) => !example.isText || NUMBER.test(String(example.label)));
  const typed = (example: RawExample): RawExample =>
    example.isText && isNumeric ? { ...example, label: Number(example.label) } : example;
  const { kind, labels, numberOf } = labelsOf(read.map(typed), folder);
  const examples = (split: SplitName): Example[] =>
    raw[split]
      .map(typed)
      .map(({ text, pair, label }) =>
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

function isUnlabelled({ fields }: RawRow, columns: Columns = COLUMNS): boolean {
  const label = fields[columns.label];
  return label === undefined || label === null || label === '' || label === -1 || label === '-1';
}

function exampleOf({ fields, where, shown, isText }: RawRow, columns?: Columns): RawExample {
  const { text: textColumn, pair: pairColumn, label: labelColumn } = columns ?? COLUMNS;
  const text = fields[textColumn];
  // A column that was asked for must be there; `pair` by default need not.
  const pair = pairColumn === undefined ? undefined : fields[pairColumn];
  const isPair = typeof pair === 'string' || (pair === undefined && columns?.pair === undefined);
  if (typeof text !== 'string' || !isPair) {
    const names =
      columns?.pair === undefined ? `"${textColumn}" (and "pair")` : `"${textColumn}" and "${columns.pair}"`;
    throw new BadFileError(
      where,
      `must have ${names} as strings, got ${shown}; mend the line, or see --columns`,
    );
  }
  const label = fields[labelColumn];
  if ((typeof label !== 'string' || label === '') && typeof label !== 'number') {
    const got = label === undefined || label === '' ? 'none' : JSON.stringify(label);
    throw new BadFileError(
      where,
      `must have a "${labelColumn}" that is a string or a number, got ${got}; mend the line`,
    );
  }
  const isNumber = typeof label === 'number' || (isText && NUMBER.test(label));
  if (isNumber && !Number.isFinite(Number(label)))
    throw new BadFileError(where, `a label that is a number must be finite, got ${label}; mend the line`);
  const example = { text, label, isText, where };
  return pair === undefined ? example : { ...example, pair: pair as string };
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
