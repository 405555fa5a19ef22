import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadAdapter, saveAdapter } from '../../src/adapter/file.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { stableJson } from '../../src/core/files.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { compare } from '../../src/flow/compare.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';
import { trainSeeds } from '../../src/flow/train-seeds.ts';
import { syntheticRun } from '../support/run-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyGraph, tinyModel, untrained } from '../support/tiny-model.ts';
import { folderOf, jobIn, sentences } from '../support/train-job.ts';

interface Trained {
  readonly method: 'grasp' | 'lora';
  readonly seed: number;
  readonly accuracy: number | null;
  readonly seconds?: number;
  readonly rate?: number;
}

/** What `train` leaves behind, as far as `compare` reads it. */
async function trained(
  folder: string,
  { method, seed, accuracy, seconds, rate = 1 }: Trained,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const plain = untrained(tinyGraph(), method, 5);
  const adapter = { ...plain, options: { ...plain.options, seed } };
  await saveAdapter(folder, adapter, tinyModel(), { task: 'toy', seed, options: { rate, seed } });
  const metrics = { accuracy, f1: 0.5 };
  const scored = { task: 'toy', split: 'dev', examples: 8, mainMetric: 'accuracy', metrics };
  await writeFile(join(folder, 'metrics.json'), stableJson(scored));
  if (seconds !== undefined) {
    await writeFile(join(folder, 'cost.json'), stableJson({ seconds, peakMemoryBytes: seconds * 1e6 }));
  }
  return folder;
}

async function seedsOf(t: ExecutionContext): Promise<string> {
  const folder = join(await temporaryFolder(t), 'lora-runs');
  await trained(join(folder, 'seed-1'), { method: 'lora', seed: 1, accuracy: 0.75, seconds: 60 });
  await trained(join(folder, 'seed-2'), { method: 'lora', seed: 2, accuracy: 0.85, seconds: 120 });
  await writeFile(join(folder, 'seeds.json'), stableJson({ seeds: [1, 2] }));
  return folder;
}

test('compare: runs that differ in the seed alone are one row, with interval, counts, time and memory', async (t) => {
  const seeds = await seedsOf(t);
  const root = await temporaryFolder(t);
  const runs = [
    await trained(join(root, 'a'), { method: 'grasp', seed: 1, accuracy: 0.5 }),
    seeds,
    await trained(join(root, 'b'), { method: 'grasp', seed: 2, accuracy: 0.6 }),
    await trained(join(root, 'c'), { method: 'grasp', seed: 3, accuracy: 0.7, rate: 2 }),
    await trained(join(root, 'd'), { method: 'grasp', seed: 1, accuracy: null, rate: 3 }),
  ];
  const out = join(root, 'table.md');
  const { rows, table } = await compare({ runs, out, force: false });
  t.deepEqual(
    rows.map(({ run, method, count, mean }) => [run, method, count, mean]),
    [
      ['a, b', 'grasp', 2, 0.55],
      ['lora-runs', 'lora', 2, 0.8],
      ['c', 'grasp', 1, 0.7],
      ['d', 'grasp', 1, null],
    ],
  );
  const lora = rows[1]!;
  // Student's t of one degree of freedom at 97.5 %, times the standard error 0.05.
  t.true(Math.abs(lora.high! - (0.8 + 12.706204736 * 0.05)) < 1e-8);
  t.is(lora.trainingSeconds, 90);
  t.is(lora.peakMemoryBytes, 120e6);
  t.is(lora.trainableParametersWithHead, lora.trainableParameters! + 5 * 3 + 3);
  t.is(rows[0]!.trainingSeconds, null);
  t.deepEqual(table.rows[1]!.slice(0, 6), [
    'lora-runs',
    'LoRA',
    'toy dev',
    'clean',
    'accuracy',
    '80.0\u202f%',
  ]);
  t.true((await readFile(out, 'utf8')).includes('| lora-runs | LoRA | toy dev | clean | accuracy |'));
});

test('compare: seeds of one experiment are one row; other data, length, selection or start are other experiments', async (t) => {
  const folder = await folderOf(t);
  const model = join(packageRoot(), 'test/fixtures/hf/bert');
  const job = (out: string, more: Partial<TrainJob> = {}): TrainJob =>
    jobIn(folder, out, { model, method: 'head', steps: 1, ...more });
  const other = join(folder, 'other-data');
  await mkdir(other);
  await writeFile(join(other, 'train.jsonl'), sentences(1, 40));
  await writeFile(join(other, 'dev.jsonl'), sentences(3, 20));
  const dev = join(folder, 'other-dev');
  await mkdir(dev);
  await writeFile(join(dev, 'train.jsonl'), sentences(0, 40));
  await writeFile(join(dev, 'dev.jsonl'), sentences(4, 20));
  await trainSeeds({ ...job('half', { selectOn: 0.5 }), seeds: 2 });
  await trainSeeds({ ...job('plain'), seeds: 2 });
  const from = join(folder, 'plain', 'seed-1');
  await trainSeeds({ ...job('further', { adapter: from }), seeds: 2 });
  const single: Readonly<Record<string, Partial<TrainJob>>> = {
    'other-train': { data: other },
    'other-scored': { data: dev },
    short: { maxLength: 8 },
    third: { selectOn: 0.25 },
    'from-another': { adapter: join(folder, 'plain', 'seed-2') },
  };
  for (const [name, more] of Object.entries(single)) await train(job(name, more));
  // What the model takes at most is the length without --max-length.
  await train(job('same', { seed: 3, maxLength: 24 }));
  const names = ['half', 'plain', 'further', ...Object.keys(single), 'same'];
  const { rows } = await compare({ runs: names.map((name) => join(folder, name)), force: false });
  t.deepEqual(
    rows.map(({ run, count }) => [run, count]),
    [
      ['half', 2],
      ['plain, same', 3],
      ['further', 2],
      ['other-train', 1],
      ['other-scored', 1],
      ['short', 1],
      ['third', 1],
      ['from-another', 1],
    ],
  );
  const { sha256 } = await loadAdapter(from);
  const { file } = await loadAdapter(join(folder, 'further', 'seed-2'));
  t.like(file.training, {
    startedFrom: sha256,
    selectOn: null,
    maxLength: 24,
    engine: 'onnxruntime',
    seed: 2,
  });
});

test('compare: an evaluation run has a row an arm and condition, over chips', async (t) => {
  const folder = await temporaryFolder(t);
  const { run, samples } = syntheticRun({
    chips: 5,
    conditions: [
      { seconds: 0, noise: 1 },
      { seconds: 0, noise: 2 },
    ],
  });
  await writeFile(join(folder, 'run.json'), stableJson(run));
  await writeFile(
    join(folder, 'samples.jsonl'),
    samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
  );
  const { rows } = await compare({ runs: [folder], force: false });
  t.deepEqual(
    rows.map(({ method, noise, over, count }) => [method, noise, over, count]),
    [
      ['grasp', 1, 'chips', 5],
      ['grasp', 2, 'chips', 5],
      ['stochgrasp', 1, 'chips', 5],
      ['stochgrasp', 2, 'chips', 5],
    ],
  );
  t.true(rows.every(({ low, mean, high }) => low! < mean! && mean! < high!));
  t.is(rows[0]!.trainableParameters, run.arms[0]!.adapter!.trainableParameters);
});

test('compare: what is no run, not finished, named twice or without the metric is refused', async (t) => {
  const seeds = await seedsOf(t);
  const root = await temporaryFolder(t);
  const a = await trained(join(root, 'a'), { method: 'grasp', seed: 1, accuracy: 0.5 });
  const again = await trained(join(root, 'again'), { method: 'grasp', seed: 1, accuracy: 0.5 });
  const refused = async (runs: readonly string[], message: string, metric?: string) => {
    const job = { runs, force: false, ...(metric === undefined ? {} : { metric }) };
    await t.throwsAsync(compare(job), { instanceOf: UsageError, message });
  };
  await refused([a, `${a}/`], `${a}/: must be named once, got it twice; leave one out`);
  await refused(
    [root],
    `${root}: must be a folder of "holdfast train" (with adapter.json or seeds.json) or "holdfast evaluate" (with run.json), got neither; check the path`,
  );
  await refused(
    [a, again],
    'a: must have another seed than each run that is trained alike, got seed 1 twice; leave one out',
  );
  await refused(
    [a],
    '--metric: must be a metric of a (accuracy, f1), got "bleu"; choose one that all runs have',
    'bleu',
  );
  await writeFile(join(seeds, 'seeds.json'), stableJson({ seeds: [1, 2, 3] }));
  await refused(
    [seeds],
    `${join(seeds, 'seed-3')}: must be a finished training run (with metrics.json), got none there; go on with --resume`,
  );
  await writeFile(join(a, 'metrics.json'), '{}');
  await t.throwsAsync(compare({ runs: [a], force: false }), {
    instanceOf: BadFileError,
    message: `${join(a, 'metrics.json')}: must hold "task", "split", "examples", "mainMetric" and "metrics" as "holdfast train" writes them, got other text; train again`,
  });
});
