import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { loadTask, taskName } from '../../src/data/load.ts';
import { splitOf } from '../../src/data/task.ts';

/** A folder of these files, removed when the test ends. */
async function folderOf(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-glue-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const HEADER = 'index\tsentence1\tsentence2\tlabel\n';

test('loadTask: SST-2 by any spelling of its name, quotes kept as text', async (t) => {
  const folder = await folderOf(t, {
    'train.tsv': 'sentence\tlabel\n"a fine film\t1\n',
    'dev.tsv': 'sentence\tlabel\ndull \t0',
  });
  const task = await loadTask('sst2', { folder, seed: 1 });
  t.is(task.name, 'SST-2');
  t.deepEqual(task.train, [{ text: '"a fine film', label: 1 }]);
  t.deepEqual(task.dev, [{ text: 'dull ', label: 0 }]);
  t.deepEqual(task.test, []);
});

test('loadTask: CoLA has no header', async (t) => {
  const folder = await folderOf(t, { 'dev.tsv': 'gj04\t1\t\tHe ran.\ngj04\t0\t*\tRan he.' });
  const task = await loadTask('CoLA', { folder, seed: 1 });
  t.deepEqual(task.dev, [
    { text: 'He ran.', label: 1 },
    { text: 'Ran he.', label: 0 },
  ]);
  t.deepEqual(task.notes, ["GLUE's test labels are not public", 'there is no train.tsv']);
});

test('loadTask: MRPC drops the byte order mark and takes CRLF', async (t) => {
  const text = '\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t1\t2\tone\ttwo\r\n';
  const folder = await folderOf(t, { 'train.tsv': text });
  const task = await loadTask('mrpc', { folder, seed: 1 });
  t.deepEqual(task.train, [{ text: 'one', pair: 'two', label: 1 }]);
});

test('loadTask: RTE numbers entailment 0, WNLI takes its own numbers, STS-B is a regression', async (t) => {
  const folder = await folderOf(t, {
    'RTE/dev.tsv': `${HEADER}0\ta\tb\tnot_entailment\n1\ta\tc\tentailment\n`,
    'WNLI/dev.tsv': `${HEADER}0\ta\tb\t1\n`,
    'STS-B/dev.tsv': 'index\tsentence1\tsentence2\tscore\n0\ta\tb\t3.800\n',
  });
  const labels = async (name: string) =>
    (await loadTask(name, { folder, seed: 1 })).dev.map(({ label }) => label);
  t.deepEqual(await labels('RTE'), [1, 0]);
  t.deepEqual(await labels('WNLI'), [1]);
  t.deepEqual(await labels('STS-B'), [3.8]);
  t.is((await loadTask('STS-B', { folder, seed: 1 })).kind, 'regression');
});

test('loadTask: QNLI, QQP and MNLI by the columns of their headers', async (t) => {
  const folder = await folderOf(t, {
    'QNLI/dev.tsv': 'index\tquestion\tsentence\tlabel\n0\tq\ts\tentailment\n',
    'QQP/dev.tsv': 'id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\ta\tb\t1\n',
    'MNLI/dev_matched.tsv':
      'index\tsentence1\tsentence2\tlabel1\tgold_label\n0\ta\tb\tneutral\tcontradiction\n',
  });
  const first = async (name: string) => (await loadTask(name, { folder, seed: 1 })).dev[0];
  t.deepEqual(await first('QNLI'), { text: 'q', pair: 's', label: 0 });
  t.deepEqual(await first('QQP'), { text: 'a', pair: 'b', label: 1 });
  t.deepEqual(await first('MNLI'), { text: 'a', pair: 'b', label: 2 });
});

const faults: readonly [string, string, string, (folder: string) => string][] = [
  [
    'a row of the wrong width',
    'SST-2',
    'sentence\tlabel\ngood\t1\nbad\n',
    (folder) =>
      `${join(folder, 'dev.tsv')}:3: must have 2 columns between tabs, got 1; mend or remove the row`,
  ],
  [
    'an unknown label',
    'RTE',
    `${HEADER}0\ta\tb\tmaybe\n`,
    (folder) =>
      `${join(folder, 'dev.tsv')}:2: the label must be one of entailment, not_entailment, got "maybe"; mend or remove the row`,
  ],
  [
    'a score out of range',
    'STS-B',
    'index\tsentence1\tsentence2\tscore\n0\ta\tb\t5.5\n',
    (folder) =>
      `${join(folder, 'dev.tsv')}:2: the label must be a number from 0 to 5, got "5.5"; mend the row`,
  ],
  [
    'a file without rows',
    'SST-2',
    'sentence\tlabel\n',
    (folder) => `${join(folder, 'dev.tsv')}: must hold at least one example, got none; check the file`,
  ],
  [
    'an empty file',
    'SST-2',
    '',
    (folder) =>
      `${join(folder, 'dev.tsv')}:1: must have a column "sentence", got none; see GLUE's own layout`,
  ],
  [
    'a label that is not public',
    'SST-2',
    'sentence\tlabel\ngood\t-1\n',
    (folder) =>
      `${join(folder, 'dev.tsv')}:2: the label must be one of 0, 1, got "-1"; mend or remove the row`,
  ],
  [
    'a column named twice',
    'SST-2',
    'sentence\tlabel\tlabel\ngood\t1\t0\n',
    (folder) => `${join(folder, 'dev.tsv')}:1: must name each column once, got "label" twice; rename one`,
  ],
  [
    'a header without its columns',
    'SST-2',
    'text\tlabel\ngood\t1\n',
    (folder) =>
      `${join(folder, 'dev.tsv')}:1: must have a column "sentence", got "text", "label"; see GLUE's own layout`,
  ],
];

for (const [name, task, text, message] of faults) {
  test(`loadTask: names file and place of ${name}`, async (t) => {
    const folder = await folderOf(t, { 'dev.tsv': text });
    await t.throwsAsync(loadTask(task, { folder, seed: 1 }), {
      instanceOf: BadFileError,
      message: message(folder),
    });
  });
}

test('loadTask: a folder without the files, a missing and an unwanted --data, an unknown task', async (t) => {
  const folder = await folderOf(t, {});
  await t.throwsAsync(loadTask('SST-2', { folder, seed: 1 }), {
    instanceOf: UsageError,
    message: `${folder}: must hold train.tsv or dev.tsv of SST-2, or its Parquet files (validation-00000-of-00001.parquet), got neither; pass --data with the task's folder`,
  });
  await t.throwsAsync(loadTask('CoLA', { seed: 1 }), {
    instanceOf: UsageError,
    message: '--data: must name the folder of CoLA, got nothing; pass --data DIR',
  });
  await t.throwsAsync(loadTask('reviews', { folder, seed: 1 }), {
    instanceOf: UsageError,
    message: `--data: must be left out for reviews, got ${folder}; use --task custom for own data`,
  });
  t.throws(() => taskName('imdb'), {
    instanceOf: UsageError,
    message:
      '--task: must be one of reviews, SST-2, CoLA, MRPC, RTE, STS-B, WNLI, QNLI, QQP, MNLI, MNLI-mm, custom, got "imdb"; choose one of them',
  });
});

test('splitOf: refuses an empty split with the reason', async (t) => {
  const folder = await folderOf(t, { 'dev.tsv': 'sentence\tlabel\ngood\t1\n' });
  const task = await loadTask('SST-2', { folder, seed: 1 });
  t.is(splitOf(task, 'dev').length, 1);
  t.throws(() => splitOf(task, 'train'), {
    instanceOf: UsageError,
    message:
      "SST-2: the task must have labelled train examples, got none (GLUE's test labels are not public; there is no train.tsv); choose another task or --data",
  });
});
