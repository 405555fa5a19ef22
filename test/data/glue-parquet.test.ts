import { cp, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { loadTask } from '../../src/data/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Made by `glue-parquet.py` beside it. */
const FIXTURES = join(packageRoot(), 'test', 'fixtures', 'glue-parquet');

const load = (name: string, folder = FIXTURES) => loadTask(name, { folder, seed: 1 });

test('loadTask: reads SST-2 in Parquet, in parts and by any compression; a test without labels is left out', async (t) => {
  for (const folder of [FIXTURES, join(FIXTURES, 'sst2')]) {
    const task = await load('SST-2', folder);
    t.deepEqual(task.train, [
      { text: 'a "fine" film', label: 1 },
      { text: 'naïve 電影', label: 0 },
      { text: 'dull ', label: 0 },
    ]);
    t.deepEqual(task.dev, [
      { text: 'it works', label: 1 },
      { text: 'it does not', label: 0 },
    ]);
    t.deepEqual(task.test, []);
    t.deepEqual(task.notes, ['test has no labels (-1)']);
  }
});

test('loadTask: a Parquet test with labels is read; scores come back as they were written', async (t) => {
  const mrpc = await load('MRPC');
  t.deepEqual(mrpc.test, [
    { text: 'a', pair: 'c', label: 1 },
    { text: 'b', pair: 'd', label: 0 },
  ]);
  t.deepEqual(mrpc.notes, ['there is no train', 'there is no validation']);
  t.deepEqual(
    (await load('STS-B')).dev.map(({ label }) => label),
    [3.8, 0.333],
  );
});

test('loadTask: MNLI has the matched dev set and MNLI-mm the mismatched, in either layout', async (t) => {
  t.deepEqual(
    (await load('MNLI')).dev.map(({ label }) => label),
    [0, 2],
  );
  const mismatched = await load('mnli-mm');
  t.is(mismatched.name, 'MNLI-mm');
  t.deepEqual(mismatched.dev[0], { text: 'a', pair: 'c', label: 1 });
});

test('loadTask: a Parquet row, column, part or file that is not as it must be is named', async (t) => {
  const bad = join(FIXTURES, 'bad');
  const refused: readonly [string, string][] = [
    [
      'RTE',
      `${join(bad, 'rte', 'validation-00000-of-00001.parquet')}: row 2: the label must be a class number from 0 to 1, got 2; mend or remove the row`,
    ],
    [
      'WNLI',
      `${join(bad, 'wnli', 'validation-00000-of-00001.parquet')}: must have a column "sentence2", got "sentence1", "other", "label"; check that it is of this task`,
    ],
    [
      'QNLI',
      `${join(bad, 'qnli')}: must hold all 2 parts of "validation", got validation-00000-of-00002.parquet; download the others`,
    ],
  ];
  for (const [name, message] of refused) {
    await t.throwsAsync(load(name, bad), { instanceOf: BadFileError, message });
  }
  const folder = join(await temporaryFolder(t), 'sst2');
  await cp(join(FIXTURES, 'sst2'), folder, { recursive: true });
  await truncate(join(folder, 'validation-00000-of-00001.parquet'), 100);
  await t.throwsAsync(load('SST-2', folder), {
    instanceOf: BadFileError,
    message:
      /validation-00000-of-00001\.parquet: must be a whole Parquet file, got a fault \(.+\); download it again$/,
  });
  await rm(folder, { recursive: true });
});
