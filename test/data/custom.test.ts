import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { readCustom } from '../../src/data/custom.ts';

type Lines = Readonly<Record<string, readonly unknown[]>>;

/** A folder with these lines of JSON, removed when the test ends; a string is a line as it stands. */
async function folderOf(t: ExecutionContext, files: Lines): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-custom-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, lines] of Object.entries(files)) {
    const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    await writeFile(join(folder, `${name}.jsonl`), text);
  }
  return folder;
}

test('readCustom: string labels are numbered in order of spelling over all files', async (t) => {
  const folder = await folderOf(t, {
    train: [{ text: 'a', label: 'yes' }],
    dev: [{ text: 'b', pair: 'c', label: 'no' }],
    test: [{ text: 'd', label: 'maybe' }],
  });
  const task = await readCustom(folder);
  t.deepEqual(task.labels, ['maybe', 'no', 'yes']);
  t.deepEqual(task.train, [{ text: 'a', label: 2 }]);
  t.deepEqual(task.dev, [{ text: 'b', pair: 'c', label: 1 }]);
  t.deepEqual(task.test, [{ text: 'd', label: 0 }]);
  t.deepEqual(task.metrics, ['accuracy']);
});

test('readCustom: whole numbers are class numbers, a fraction makes a regression', async (t) => {
  const classes = await folderOf(t, { train: [{ text: 'a', label: 0 }], dev: [{ text: 'b', label: 1 }] });
  const values = await folderOf(t, { train: [{ text: 'a', label: 2 }], dev: [{ text: 'b', label: -1.5 }] });
  const [a, b] = await Promise.all([readCustom(classes), readCustom(values)]);
  t.deepEqual(
    [a.kind, a.labels, a.metrics, a.notes],
    ['classification', ['0', '1'], ['accuracy', 'f1', 'matthews'], ['there is no test.jsonl']],
  );
  t.deepEqual(
    [b.kind, b.labels, b.metrics, b.dev],
    ['regression', [], ['pearson', 'spearman'], [{ text: 'b', label: -1.5 }]],
  );
});

const good = { text: 'a', label: 0 };
const faults: readonly [string, readonly unknown[], string][] = [
  ['other text', [good, 'text'], ':2: must be one JSON object, got other text; mend or remove the line'],
  [
    'no text',
    [{ label: 0 }],
    ':1: must have "text" (and "pair") as strings, got {"label":0}; mend the line, or see --columns',
  ],
  [
    'no label',
    [{ text: 'a' }],
    ':1: must have a "label" that is a string or a number, got none; mend the line',
  ],
  [
    'a label of another form',
    [good, { text: 'b', label: 'x' }],
    ':2: labels must be all strings or all numbers, got "x" after 0; use one form',
  ],
  [
    'a negative class',
    [good, { text: 'b', label: -1 }],
    ':2: a label that is a whole number is a class number from 0, got -1; name classes by strings',
  ],
];

for (const [name, train, message] of faults) {
  test(`readCustom: names file and line of ${name}`, async (t) => {
    const folder = await folderOf(t, { train, dev: [good] });
    await t.throwsAsync(readCustom(folder), {
      instanceOf: BadFileError,
      message: `${join(folder, 'train.jsonl')}${message}`,
    });
  });
}

test('readCustom: refuses a folder without dev.jsonl', async (t) => {
  const folder = await folderOf(t, { train: [good] });
  await t.throwsAsync(readCustom(folder), {
    instanceOf: UsageError,
    message: `${folder}: must hold train.jsonl and dev.jsonl (or .tsv, .csv), got no dev.jsonl; write it`,
  });
});

test('readCustom: a test without labels is left out', async (t) => {
  for (const test of [
    [{ text: 'c' }, { text: 'd' }],
    [
      { text: 'c', label: -1 },
      { text: 'd', label: -1 },
    ],
  ]) {
    const task = await readCustom(await folderOf(t, { train: [good], dev: [good], test }));
    t.deepEqual([task.test, task.notes], [[], ['test has no labels']]);
  }
});

/** A folder of files as they stand. */
async function textsOf(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderOf(t, {});
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('readCustom: TSV has quotes as text, CSV has them as quotes, and columns go by name', async (t) => {
  const folder = await textsOf(t, {
    'train.tsv': '\ufeffid\tsentence\tgood\r\n1\t"so it goes\tyes\r\n',
    'dev.csv': 'good,sentence\nno,"one, ""two""\nlines"\nyes,plain\n',
  });
  const task = await readCustom(folder, { text: 'sentence', label: 'good' });
  t.deepEqual(task.train, [{ text: '"so it goes', label: 1 }]);
  t.deepEqual(task.dev, [
    { text: 'one, "two"\nlines', label: 0 },
    { text: 'plain', label: 1 },
  ]);
  t.deepEqual(task.labels, ['no', 'yes']);
});

test('readCustom: labels of a table are numbers if all are, and fields of JSON lines go by name too', async (t) => {
  const scores = await textsOf(t, {
    'train.tsv': 'text\tlabel\na\t0.5\n',
    'dev.tsv': 'text\tlabel\nb\t-2\n',
  });
  const regression = await readCustom(scores);
  t.deepEqual([regression.kind, regression.dev[0]?.label], ['regression', -2]);
  const words = await textsOf(t, {
    'train.tsv': 'text\tlabel\na\t0\n',
    'dev.tsv': 'text\tlabel\nb\tother\n',
  });
  t.deepEqual((await readCustom(words)).labels, ['0', 'other']);
  const fields = await folderOf(t, { train: [{ q: 'a', a: 'b', y: 1 }], dev: [{ q: 'c', a: 'd', y: 0 }] });
  const named = await readCustom(fields, { text: 'q', pair: 'a', label: 'y' });
  t.deepEqual(named.train, [{ text: 'a', pair: 'b', label: 1 }]);
});

const TABLES: readonly [string, Readonly<Record<string, string>>, string][] = [
  [
    'a row of the wrong width',
    { 'train.tsv': 'text\tlabel\na\n' },
    'train.tsv:2: must have 2 columns as the first line, got 1; mend or remove the row',
  ],
  [
    'a column named twice',
    { 'train.csv': 'text,label,text\na,1,b\n' },
    'train.csv:1: must name each column once, got "text" twice; rename one',
  ],
  [
    'open quotes',
    { 'train.csv': 'text,label\n"a,1\n' },
    'train.csv:2: must be comma-separated values, got CSV_QUOTE_NOT_CLOSED; mend the quotes there',
  ],
  [
    'a label beyond all numbers',
    { 'train.tsv': 'text\tlabel\na\t1e400\n' },
    'train.tsv:2: a label that is a number must be finite, got 1e400; mend the line',
  ],
  [
    'a label beyond all numbers in JSON',
    { 'train.jsonl': '{"text":"a","label":-1e400}\n' },
    'train.jsonl:1: a label that is a number must be finite, got -Infinity; mend the line',
  ],
  [
    'no label column',
    { 'train.tsv': 'text\tgold\na\t1\n' },
    'train.tsv:2: must have a "label" that is a string or a number, got none; mend the line',
  ],
];

for (const [name, files, message] of TABLES) {
  test(`readCustom: names file and line of ${name}`, async (t) => {
    const folder = await textsOf(t, { ...files, 'dev.tsv': 'text\tlabel\na\t1\n' });
    await t.throwsAsync(readCustom(folder), { instanceOf: BadFileError, message: `${folder}/${message}` });
  });
}

test('readCustom: a split in two formats and a pair that is not there are refused', async (t) => {
  const table = 'text\tlabel\na\t1\n';
  const folder = await textsOf(t, { 'train.tsv': table, 'train.csv': 'text,label\na,1\n', 'dev.tsv': table });
  await t.throwsAsync(readCustom(folder), {
    instanceOf: UsageError,
    message: `${folder}: must hold train once, got train.tsv and train.csv; remove one`,
  });
  const single = await textsOf(t, { 'train.tsv': table, 'dev.tsv': table });
  await t.throwsAsync(readCustom(single, { text: 'text', pair: 'other', label: 'label' }), {
    instanceOf: BadFileError,
    message: `${single}/train.tsv:2: must have "text" and "other" as strings, got a 1; mend the line, or see --columns`,
  });
});
