import test from 'ava';
import { createEvaluator } from '../../src/evaluate/evaluator.ts';
import type { Job } from '../../src/evaluate/plan.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { toyProfile } from '../support/toy.ts';
import { toyAdapter, toyData, toyModelBundle } from '../support/toy-model.ts';

const OPTIONS = { compensate: 'none', readMode: 'frozen', threads: 1 } as const;

const JOB: Job = { chip: 5, seconds: 3600, noise: 2, read: 0, source: 'all', arms: ['a', 'b'] };

async function evaluatorOf(profileName: string, readMode: 'frozen' | 'live' = 'frozen', tokens = 48) {
  const [engine, profile] = [await openEngine('onnxruntime'), await loadProfile(profileName)];
  const bundle = (seed: number) => toyModelBundle(engine, profile, toyAdapter(seed));
  const arms = [
    { arm: 'a', bundle: await bundle(1), classes: null },
    { arm: 'b', bundle: await bundle(2), classes: null },
  ];
  return createEvaluator(engine, arms, { ...toyData(), tokens }, { ...OPTIONS, readMode });
}

test('createEvaluator: a row for each arm that is wanted, the same in any order and however often', async (t) => {
  const evaluator = await evaluatorOf('pcm-nandakumar-2019');
  const both = await evaluator.run(JOB);
  t.deepEqual(
    both.map(({ arm, chip, seconds, noise, read, source, examples }) => ({
      arm,
      chip,
      seconds,
      noise,
      read,
      source,
      examples,
    })),
    ['a', 'b'].map((arm) => ({
      arm,
      chip: 5,
      seconds: 3600,
      noise: 2,
      read: 0,
      source: 'all',
      examples: 20,
    })),
  );
  await evaluator.run({ ...JOB, chip: 6 });
  t.deepEqual(await evaluator.run({ ...JOB, arms: ['b'] }), [both[1]!]);
  t.deepEqual(await evaluator.run(JOB), both);
  for (const { saturatedConversions, clippedInputs } of both) {
    t.true(saturatedConversions! >= 0 && saturatedConversions! < 0.5);
    t.true(clippedInputs! >= 0 && clippedInputs! < 0.5);
  }
  await evaluator.release();
});

test('createEvaluator: converters are off for the clean model and where another source is left on alone', async (t) => {
  const evaluator = await evaluatorOf('pcm-nandakumar-2019');
  const counts = async (job: Partial<Job>) => {
    const [sample] = await evaluator.run({ ...JOB, ...job });
    return [sample!.clippedInputs === null, sample!.saturatedConversions === null];
  };
  t.deepEqual(await counts({ chip: null }), [true, true]);
  t.deepEqual(await counts({ source: 'writing' }), [true, true]);
  t.deepEqual(await counts({ source: 'converters' }), [false, false]);
  await evaluator.release();
});

test('createEvaluator: a chip of ideal cells is the clean model', async (t) => {
  const evaluator = await evaluatorOf('ideal');
  const clean = await evaluator.run({ ...JOB, chip: null });
  const ideal = await evaluator.run(JOB);
  t.deepEqual(
    ideal.map(({ metrics, outcomes }) => ({ metrics, outcomes })),
    clean.map(({ metrics, outcomes }) => ({ metrics, outcomes })),
  );
  t.deepEqual([ideal[0]!.clippedInputs, ideal[0]!.saturatedConversions], [null, null]);
  await evaluator.release();
});

test('createEvaluator, live: reads do not depend on batches or order; another read number is another draw', async (t) => {
  const evaluator = await evaluatorOf('pcm-nandakumar-2019', 'live');
  const both = await evaluator.run(JOB);
  const loud = { ...JOB, noise: 8 };
  t.notDeepEqual(
    (await evaluator.run({ ...loud, read: 1 })).map(({ outcomes }) => outcomes),
    (await evaluator.run(loud)).map(({ outcomes }) => outcomes),
  );
  t.deepEqual(await evaluator.run({ ...JOB, arms: ['b'] }), [both[1]!]);
  t.deepEqual(await evaluator.run(JOB), both);
  await evaluator.release();
  for (const tokens of [1, 7, 1000]) {
    const rebatched = await evaluatorOf('pcm-nandakumar-2019', 'live', tokens);
    t.deepEqual(await rebatched.run(JOB), both, `${tokens} tokens a batch`);
    await rebatched.release();
  }
});

test('createEvaluator, live: another run than frozen with read noise, the same without', async (t) => {
  const [live, frozen] = [
    await evaluatorOf('pcm-nandakumar-2019', 'live'),
    await evaluatorOf('pcm-nandakumar-2019'),
  ];
  for (const source of ['writing', 'drift', 'converters']) {
    t.deepEqual(await live.run({ ...JOB, source }), await frozen.run({ ...JOB, source }), source);
  }
  t.deepEqual(await live.run({ ...JOB, chip: null }), await frozen.run({ ...JOB, chip: null }));
  t.notDeepEqual(await live.run({ ...JOB, noise: 6 }), await frozen.run({ ...JOB, noise: 6 }));
  await live.release();
  await frozen.release();
});

/** A profile of ideal cells whose converters err. */
async function erringProfile(errors: object) {
  const adc = { bits: 8, ...errors };
  return toyProfile({ array: { rows: 8, columns: 10 }, converters: { dac: { bits: 8 }, adc } });
}

async function oneArm(errors: object, tokens = 48, readMode: 'frozen' | 'live' = 'frozen') {
  const engine = await openEngine('onnxruntime');
  const bundle = await toyModelBundle(engine, await erringProfile(errors), toyAdapter(1));
  const arms = [{ arm: 'a', bundle, classes: null }];
  return createEvaluator(engine, arms, { ...toyData(), tokens }, { ...OPTIONS, readMode });
}

test('createEvaluator: errors of converters stay with a chip, and are none at noise scale 0', async (t) => {
  const job = { ...JOB, noise: 1 };
  const plain = await oneArm({});
  const erring = await oneArm({ gainStd: '10 %', offsetStd: 20 });
  const [expected] = await plain.run({ ...job, noise: 0 });
  t.deepEqual(await erring.run({ ...job, noise: 0 }), [expected!]);
  const [first] = await erring.run(job);
  t.notDeepEqual(first!.outcomes, expected!.outcomes);
  t.deepEqual(await erring.run({ ...job, seconds: 7 }), [{ ...first!, seconds: 7 }]);
  t.notDeepEqual((await erring.run({ ...job, chip: 6 }))[0]!.outcomes, first!.outcomes);
  // The clean model has no converters, and none err where another source is left on alone.
  for (const change of [{ chip: null }, { source: 'writing' }]) {
    t.deepEqual(await erring.run({ ...job, ...change }), await plain.run({ ...job, ...change }));
  }
  t.deepEqual(await erring.run({ ...job, source: 'converters' }), [{ ...first!, source: 'converters' }]);
  await plain.release();
  await erring.release();
});

test('createEvaluator: thermal noise is new at each conversion, frozen reads or live, whatever the batches', async (t) => {
  const job = { ...JOB, noise: 1 };
  const noisy = await oneArm({ noiseStd: 25 });
  const [first] = await noisy.run(job);
  const [again] = await noisy.run({ ...job, read: 1 });
  t.notDeepEqual(again!.outcomes, first!.outcomes);
  await noisy.release();
  for (const [tokens, mode] of [
    [5, 'frozen'],
    [48, 'live'],
  ] as const) {
    const other = await oneArm({ noiseStd: 25 }, tokens, mode);
    t.deepEqual(await other.run(job), [first!]);
    await other.release();
  }
});

test('createEvaluator: arms of equal targets share a chip only where tiles and scales are equal too', async (t) => {
  const [engine, profile] = [await openEngine('onnxruntime'), await loadProfile('pcm-nandakumar-2019')];
  const bundle = await toyModelBundle(engine, profile, toyAdapter(1));
  const { program } = bundle;
  // The targets of a weight are those of its double, with another scale.
  const layers = program.layers.map((layer) => ({ ...layer, scale: layer.scale.map((unit) => -2 * unit) }));
  const doubled = { ...bundle, program: { ...program, layers } };
  const data = toyData();
  const arm = (name: string, of: typeof bundle) => ({ arm: name, bundle: of, classes: null });
  const both = createEvaluator(engine, [arm('a', bundle), arm('b', doubled)], data, OPTIONS);
  const alone = createEvaluator(engine, [arm('b', doubled)], data, OPTIONS);
  const [, beside] = await both.run(JOB);
  t.deepEqual([beside!], await alone.run({ ...JOB, arms: ['b'] }));
  await both.release();
  await alone.release();
});

test('createEvaluator: logits that stand for other classes than those of their numbers are scored as these', async (t) => {
  const [engine, profile] = [await openEngine('onnxruntime'), await loadProfile('ideal')];
  const bundle = await toyModelBundle(engine, profile, toyAdapter(1));
  const arms = [
    { arm: 'a', bundle, classes: null },
    { arm: 'b', bundle, classes: [1, 0] },
  ];
  const evaluator = createEvaluator(engine, arms, toyData(), OPTIONS);
  const [a, b] = await evaluator.run(JOB);
  t.true(a!.metrics.accuracy! > 0);
  t.is(20 * b!.metrics.accuracy!, 20 - Math.round(20 * a!.metrics.accuracy!));
  await evaluator.release();
});
