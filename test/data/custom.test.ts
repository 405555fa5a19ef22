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
  ['no text', [{ label: 0 }], ':1: must have "text" (and "pair") as strings, got {"label":0}; mend the line'],
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
    message: `${folder}: must hold train.jsonl and dev.jsonl, got no dev.jsonl; write it`,
  });
});
