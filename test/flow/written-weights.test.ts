import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { loadAdapter } from '../../src/adapter/file.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { compile } from '../../src/flow/compile.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';
import { writtenWeights } from '../../src/flow/written-weights.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import { loadModel } from '../../src/model/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesOf, folderOf, interrupted, jobIn } from '../support/train-job.ts';

const CHIPS: Partial<TrainJob> = { writeNoise: 'pcm-nandakumar-2019', writeNoiseScale: 2, method: 'lora' };

test('train: on freshly written chips, in parts and with draws, resumed it gives the same bytes', async (t) => {
  const folder = await folderOf(t);
  const options = { ...CHIPS, draws: true, targetStd: 0.1, batch: 4, accumulate: 2, clipNorm: 0.5, steps: 4 };
  const whole = await train(jobIn(folder, 'whole', options));
  const job = jobIn(folder, 'broken', options);
  await interrupted(t, job, 2);
  await train({ ...job, resume: true });
  const files = await filesOf(job.out);
  t.deepEqual(files, await filesOf(whole.out));
  const { file } = await loadAdapter(job.out);
  t.like(file.training, {
    options: { accumulate: 2, clipNorm: 0.5 },
    written: { writeNoise: 'pcm-nandakumar-2019', noise: 2, seconds: 0, compensate: 'none' },
  });
  // Noise scale 0 is another run, and neither of them is the one on the model's own weights.
  await t.throwsAsync(train({ ...job, writeNoiseScale: 0, resume: true }), { message: /got another plan/ });
  const { writeNoise: _, writeNoiseScale: __, ...bare } = options;
  await train(jobIn(folder, 'bare', bare));
  const silent = await train(jobIn(folder, 'silent', { ...options, writeNoiseScale: 0 }));
  const losses = async (out: string) =>
    (await readFile(join(out, 'training.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss);
  const [noisy, noiseless, clean] = [
    await losses(whole.out),
    await losses(silent.out),
    await losses(join(folder, 'bare')),
  ];
  t.true(Math.abs(noiseless[0]! - clean[0]!) < 1e-5);
  t.true(Math.abs(noisy[0]! - clean[0]!) > 1e-4);
});

test('train: adapts to one die, whose metrics stand beside the clean ones; a bundle that does not fit is refused', async (t) => {
  const folder = await folderOf(t);
  const bundle = join(folder, 'bundle');
  const compiled = { model: 'use-lite', profile: 'pcm-nandakumar-2019', calibrateOn: 'reviews', seed: 1 };
  await compile({ ...compiled, out: bundle, deploy: 'digital', force: false, progress: silentProgress });
  const onDie: Partial<TrainJob> = {
    chip: { bundle, seed: 7 },
    writeNoiseAt: 86_400,
    compensate: 'global',
    steps: 2,
    selectOn: 0.5,
  };
  const job = jobIn(folder, 'die', onDie);
  const result = await train(job);
  t.deepEqual(Object.keys(result.dieMetrics!), Object.keys(result.metrics));
  const metrics = JSON.parse(await readFile(join(job.out, 'metrics.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  t.deepEqual(metrics.dieMetrics, result.dieMetrics);
  const { file } = await loadAdapter(job.out);
  t.like(file.training, { written: { chip: 7, seconds: 86_400, noise: 1, compensate: 'global' } });

  const refused: readonly [Partial<TrainJob>, string][] = [
    [{ writeNoise: 'ideal' }, '--chip: must stand without --write-noise, got both; leave one out'],
    [
      { writeNoiseAt: 1e11 },
      'pcm-nandakumar-2019: must be asked for an age from 0s to 10y, got 100000000000s; choose one within, or widen "validity" in a copy of the profile if your data support it',
    ],
  ];
  for (const [more, message] of refused) {
    await t.throwsAsync(train({ ...jobIn(folder, 'no', onDie), ...more }), {
      instanceOf: UsageError,
      message,
    });
  }
  await t.throwsAsync(train(jobIn(folder, 'no', { writeNoiseScale: 2 })), {
    message:
      '--write-noise-scale: must go with --write-noise or --chip, got neither; say which chips are trained on',
  });
  const folded = join(folder, 'folded');
  await compile({
    ...compiled,
    adapter: job.out,
    out: folded,
    deploy: 'folded',
    force: false,
    progress: silentProgress,
  });
  await t.throwsAsync(train(jobIn(folder, 'no', { chip: { bundle: folded, seed: 1 } })), {
    instanceOf: BadFileError,
    message: `${folded}: must hold the model's own weights in its cells, got an adapter folded into them; compile it with --deploy digital`,
  });
});

test('writtenWeights: each step has a chip of its own, each seed others, and a step always the same', async (t) => {
  const model = await loadModel('use-lite');
  const job = { writeNoise: 'pcm-nandakumar-2019' };
  const [one, two] = [await writtenWeights(job, model, 1), await writtenWeights(job, model, 2)];
  const layer = one!.weights.layers[0]!;
  const first = (written: typeof one, step: number) =>
    Float32Array.from(written!.weights.at(step)[layer]!.data.subarray(0, 64) as Float32Array);
  const zero = first(one, 0);
  t.notDeepEqual(first(one, 1), zero);
  t.notDeepEqual(first(two, 0), zero);
  t.deepEqual(first(one, 0), zero);
  t.is(await writtenWeights({}, model, 1), null);
});

/** Ideal cells of which a tenth are stuck at gMin after a million write cycles, as a file. */
async function wearingProfile(folder: string, sections: object = {}): Promise<string> {
  const path = join(folder, 'wearing.json');
  const stuckLow = { form: 'table', cycles: [1e3, 1e6], y: [0, 10], unit: '%' };
  const endurance = { ratedCycles: 1e6, stuckLow, source: 'none' };
  const profile = { schemaVersion: 1, name: 'wearing', extends: 'ideal', endurance, ...sections };
  await writeFile(path, JSON.stringify(profile));
  return path;
}

/** The share of a layer's weights that are lost: 0 where the model has another value. */
function lostShare(model: Awaited<ReturnType<typeof loadModel>>, data: ArrayLike<number>): number {
  const own = model.graph.initializers.get(linearLayers(model.graph)[0]!.weight)!.data;
  // Both have as many zeros, whatever their order.
  const zeros = (values: ArrayLike<number>) =>
    Array.from(values, Number).filter((value) => value === 0).length;
  return (zeros(data) - zeros(own as Float32Array)) / data.length;
}

test('writtenWeights: with --cycles each chip is one of worn cells; so is a die, read anew where only telegraph noise is', async (t) => {
  const folder = await temporaryFolder(t);
  const writeNoise = await wearingProfile(folder);
  const model = await loadModel('use-lite');
  const [fresh, worn] = await Promise.all(
    [{ writeNoise }, { writeNoise, cycles: 1e6 }].map((job) => writtenWeights(job, model, 1)),
  );
  const name = fresh!.weights.layers[0]!;
  const share = (written: typeof worn, step: number) =>
    lostShare(model, written!.weights.at(step)[name]!.data as Float32Array);
  t.is(share(fresh!, 0), 0);
  t.is(fresh!.record.cycles, undefined);
  t.is(worn!.record.cycles, 1e6);
  const shares = [share(worn!, 0), share(worn!, 1)];
  const cells = fresh!.weights.at(0)[name]!.data.length;
  // A weight is lost with the one cell of its pair that holds it: five standard errors are 5 sqrt(0.1 0.9 / n).
  for (const lost of shares) t.true(Math.abs(lost - 0.1) < 5 * Math.sqrt(0.09 / cells), `${lost}`);
  t.not(shares[0], shares[1]);

  const half = { form: 'constant', value: 0.5, unit: '1' };
  const profile = await wearingProfile(folder, { telegraph: { amplitude: half, probability: half } });
  const bundle = join(folder, 'bundle');
  const common = {
    model: 'use-lite',
    seed: 1,
    force: false,
    progress: silentProgress,
    calibrateOn: 'reviews',
  };
  await compile({ ...common, profile, out: bundle, deploy: 'digital' });
  const die = await writtenWeights({ chip: { bundle, seed: 7 }, cycles: 1e6 }, model, 1);
  const values = (step: number) => Float32Array.from(die!.weights.at(step)[name]!.data as Float32Array);
  t.notDeepEqual(values(0), values(1));
  const onDie = lostShare(model, die!.die!()[name]!.data as Float32Array);
  t.true(Math.abs(onDie - 0.1) < 5 * Math.sqrt(0.09 / cells), `${onDie}`);
  t.is(die!.record.cycles, 1e6);
});

test('train: --cycles is another run, and is refused where no chip or no wear is', async (t) => {
  const folder = await folderOf(t);
  const writeNoise = await wearingProfile(folder);
  const options = { writeNoise, cycles: 1e6, steps: 2, method: 'head' as const };
  const job = jobIn(folder, 'worn', options);
  await train(job);
  const { file } = await loadAdapter(job.out);
  t.like(file.training, { written: { writeNoise: 'wearing', cycles: 1e6 } });
  await t.throwsAsync(train({ ...job, cycles: 1e5, resume: true }), { message: /got another plan/ });
  for (const [more, message] of [
    [
      { writeNoise, cycles: 1e7 },
      '--cycles: must be within 1 to 1000000 for wearing, got 10000000; choose fewer',
    ],
    [
      { writeNoise: 'ideal', cycles: 10 },
      '--cycles: must be absent for ideal, which does not model write cycles, got 10; leave it out, or give the profile an "endurance" if your data support one',
    ],
    [
      { cycles: 10 },
      '--cycles: must go with --write-noise or --chip, got neither; say which chips are trained on',
    ],
  ] as const) {
    await t.throwsAsync(train(jobIn(folder, 'no', more)), { instanceOf: UsageError, message });
  }
});
