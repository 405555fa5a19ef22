import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { score } from '../../src/flow/score.ts';

async function files(t: ExecutionContext, predicted: readonly unknown[], right: readonly unknown[]) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-score-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const [predictions, references] = [join(folder, 'p.txt'), join(folder, 'r.txt')];
  await writeFile(predictions, predicted.map((value) => `${value}\n`).join(''));
  await writeFile(references, right.map((value) => `${value}\n`).join(''));
  return { predictions, references };
}

test('score: classes by number or by name', async (t) => {
  const paths = await files(t, [1, 0, 'positive', 1], [1, 0, 0, 'positive']);
  const { lines, ...document } = await score({ task: 'sst-2', ...paths });
  t.deepEqual(document, { task: 'SST-2', examples: 4, accuracy: 0.75, f1: 0.8, matthews: 2 / Math.sqrt(12) });
  t.deepEqual(lines, ['SST-2, 4 examples', 'accuracy  0.750000', 'f1        0.800000', 'matthews  0.577350']);
});

test('score: more classes have no f1', async (t) => {
  const paths = await files(t, ['entailment', 'neutral'], ['entailment', 'contradiction']);
  const { lines, ...document } = await score({ task: 'MNLI', ...paths });
  t.deepEqual(document, { task: 'MNLI', examples: 2, accuracy: 0.5, matthews: 0.5 });
  t.is(lines.length, 3);
});

test('score: an undefined correlation is null', async (t) => {
  const paths = await files(t, [3, 3], [1, 2.5]);
  const { lines, ...document } = await score({ task: 'STS-B', ...paths });
  t.deepEqual(document, { task: 'STS-B', examples: 2, pearson: null, spearman: null });
  t.is(lines[1], 'pearson   not defined');
});

test('score: custom goes by what the files hold', async (t) => {
  const values = await score({ task: 'custom', ...(await files(t, [1, 2.5], [1, 2])) });
  t.deepEqual([values.pearson, values.accuracy], [1, undefined]);
  const names = await score({ task: 'custom', ...(await files(t, ['a', 'b', 'c'], ['a', 'b', 'a'])) });
  t.is(names.accuracy, 2 / 3);
});

test('score: files of different lengths, empty files, and a bad value with its line', async (t) => {
  const unequal = await files(t, [1], [1, 0]);
  await t.throwsAsync(score({ task: 'SST-2', ...unequal }), {
    instanceOf: UsageError,
    message: `${unequal.predictions}: must have as many lines as ${unequal.references} (2), got 1; give each example one line`,
  });
  const empty = await files(t, [], []);
  await t.throwsAsync(score({ task: 'SST-2', ...empty }), {
    instanceOf: UsageError,
    message: `${empty.references}: must hold at least one value, got an empty file; add some`,
  });
  const odd = await files(t, [1, 2], [1, 0]);
  await t.throwsAsync(score({ task: 'SST-2', ...odd }), {
    instanceOf: BadFileError,
    message: `${odd.predictions}:2: must be one of 0 (negative), 1 (positive), got "2"; write one label a line`,
  });
  const text = await files(t, ['x'], [1]);
  await t.throwsAsync(score({ task: 'STS-B', ...text }), {
    instanceOf: BadFileError,
    message: `${text.predictions}:1: must be a number, got "x"; write one value a line`,
  });
});
