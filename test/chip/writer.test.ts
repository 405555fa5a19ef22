import test from 'ava';
import { presentConductances } from '../../src/chip/conductances.ts';
import { type ChipState, createChipWriter } from '../../src/chip/writer.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions, type Program, targetWeights } from '../../src/compile/program.ts';
import { UsageError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { withTargets } from '../support/cells.ts';
import { constantLaw, oneLayer, TOY_LAYERS, toyGraph, toyProfile } from '../support/toy.ts';

const DAY = 86_400;
const YEAR = 365 * DAY;

const STATE: ChipState = { chip: 7, seconds: 0, noise: 1, read: 0, source: 'all', compensate: 'none' };

/** Weights of a state, copied: the writer uses its arrays again. */
function weightsOf(
  program: Program,
  state: Partial<ChipState>,
  writer = createChipWriter(program),
): Record<string, Float32Array> {
  return copied(writer.weights({ ...STATE, ...state }));
}

function copied(feeds: Readonly<Record<string, Tensor>>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)]),
  );
}

async function toy(profile = 'pcm-nandakumar-2019'): Promise<Program> {
  const loaded = await loadProfile(profile);
  return compileProgram(
    toyGraph(),
    TOY_LAYERS,
    loaded,
    { ...defaultOptions(loaded), tile: { rows: 3, columns: 4 } },
    null,
  );
}

test('createChipWriter: the same chip whatever was asked for before', async (t) => {
  const program = await toy();
  const writer = createChipWriter(program);
  const asked = { chip: 3, seconds: DAY, compensate: 'global' } as const;
  const first = weightsOf(program, asked, writer);
  const others = [
    { chip: 4 },
    { seconds: YEAR, noise: 2 },
    { read: 1 },
    { source: 'drift' },
    { compensate: 'column' },
  ] as const;
  for (const other of others) t.notDeepEqual(weightsOf(program, { ...asked, ...other }, writer), first);
  t.deepEqual(weightsOf(program, asked, writer), first);
  t.deepEqual(weightsOf(program, asked), first);
});

test('createChipWriter: without a read the weights are the differences of presentConductances times the scale', async (t) => {
  const program = await toy();
  const cells = presentConductances(program, { chip: 7, seconds: DAY, noise: 1 }, () => undefined);
  const withoutRead = { ...program, profile: { ...program.profile, readNoise: null } };
  const weights = weightsOf(withoutRead, { seconds: DAY });
  for (const layer of program.layers) {
    const plus = cells.get(`${layer.name}.plus`)!.data as Float32Array;
    const minus = cells.get(`${layer.name}.minus`)!.data as Float32Array;
    layer.strips.forEach((_, strip) => {
      t.deepEqual(
        weights[stripInput(layer.name, strip)],
        targetWeights({ ...layer, ...withTargets(layer, { plus, minus }) }, strip),
      );
    });
  }
});

test('createChipWriter: an ideal chip has the weights of its targets, bit for bit, at any age and noise', async (t) => {
  const program = await toy('ideal');
  const targets = copied(createChipWriter(program).targets());
  t.deepEqual(Object.keys(targets).length, 5);
  for (const seconds of [0, YEAR]) {
    for (const compensate of ['none', 'global', 'column'] as const) {
      t.deepEqual(weightsOf(program, { seconds, noise: 3, compensate }), targets);
    }
  }
});

test('createChipWriter: noise scale 0 leaves a profile of writing noise at its targets', async (t) => {
  const profile = await toyProfile({ writing: { std: constantLaw(1, 'uS') } });
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  const targets = copied(createChipWriter(program).targets());
  t.deepEqual(weightsOf(program, { noise: 0 }), targets);
  t.notDeepEqual(weightsOf(program, { noise: 1 }), targets);
});

test('createChipWriter: programs with equal layers have equal chips, whatever tiles they stand on', async (t) => {
  const profile = await loadProfile('pcm-nandakumar-2019');
  const of = (rows: number) =>
    compileProgram(
      toyGraph(),
      TOY_LAYERS,
      profile,
      {
        ...defaultOptions(profile),
        mapping: { ...profile.mapping, scale: 'column' },
        tile: { rows, columns: 4 },
      },
      null,
    );
  t.deepEqual(weightsOf(of(7), {}), weightsOf(of(9), {}));
  // The draws do not depend on tiles: with targets of one strip, cells of two strips are the same.
  const [whole, cut] = [of(7), of(4)];
  const same = {
    ...cut,
    layers: cut.layers.map((layer, i) => ({
      ...layer,
      cells: whole.layers[i]!.cells,
    })),
  };
  const state = { chip: 7, seconds: DAY, noise: 1 };
  t.deepEqual(
    presentConductances(whole, state, () => undefined),
    presentConductances(same, state, () => undefined),
  );
});

test('createChipWriter: two adapters on one model meet the same weights', async (t) => {
  // Adapters in the digital periphery leave the layers alone: a second program of the same layers is the same chip.
  const [a, b] = [await toy(), await toy()];
  t.deepEqual(weightsOf(a, { seconds: DAY, read: 2 }), weightsOf(b, { seconds: DAY, read: 2 }));
});

test('createChipWriter: every read, age, cell and layer has draws of its own', async (t) => {
  const profile = await toyProfile({
    readNoise: { std: constantLaw(1, '%') },
    array: { rows: 64, columns: 64 },
  });
  const program = oneLayer(profile, 64, 64);
  const target = targetWeights(program.layers[0]!, 0);
  const errors = (state: Partial<ChipState>) =>
    weightsOf(program, state)['layer.weight.0']!.map((w, i) => (w - target[i]!) / target[i]!);
  const sets = [errors({}), errors({ read: 1 }), errors({ seconds: 60 }), errors({ chip: 8 })];
  const n = target.length;
  for (let a = 0; a < sets.length; a++) {
    for (let b = 0; b < a; b++) {
      const product = sets[a]!.reduce((sum, value, i) => sum + value * sets[b]![i]!, 0) / (0.01 * 0.01);
      // A product of independent standard normals has variance 1: five standard errors are 5 sqrt(n).
      t.true(Math.abs(product) < 5 * Math.sqrt(n), `${a}, ${b}: ${product}`);
    }
  }
});

test('createChipWriter: compensation brings the mean weight at 1 y back to that of the fresh chip within 1 %', async (t) => {
  const program = oneLayer(await loadProfile('pcm-nandakumar-2019'), 256, 256);
  const target = targetWeights(program.layers[0]!, 0);
  const sum = (state: Partial<ChipState>): number =>
    weightsOf(program, state)['layer.weight.0']!.reduce(
      (total, w, i) => total + w * Math.sign(target[i]!),
      0,
    );
  const fresh = sum({});
  const ratio = (compensate: ChipState['compensate']): number => sum({ seconds: YEAR, compensate }) / fresh;
  t.true(ratio('none') < 0.6, `${ratio('none')}`);
  for (const how of ['global', 'layer', 'column'] as const) {
    t.true(Math.abs(ratio(how) - 1) < 0.01, `${how}: ${ratio(how)}`);
  }
});

test('createChipWriter: compensation sees cells relax whose mean shifts', async (t) => {
  const profile = await loadProfile('sonos-agrawal-2022');
  const program = oneLayer(profile, 128, 64);
  const sum = (state: Partial<ChipState>): number =>
    weightsOf(program, state)['layer.weight.0']!.reduce((total, w) => total + Math.abs(w), 0);
  const fresh = sum({});
  const ratio = (compensate: ChipState['compensate']): number =>
    sum({ seconds: 5 * DAY, compensate }) / fresh;
  // Weights spread over the range lose about 1 % in five days; compensation leaves the spreads' part.
  t.true(Math.abs(ratio('global') - 1) < Math.abs(ratio('none') - 1));
  t.not(ratio('global'), ratio('none'));
});

test('createChipWriter: a cell of a pair rests at gMin, and weights come back without noise', async (t) => {
  for (const name of ['reram-milo-2021', 'reram-wan-2022', 'pcm-joshi-2020']) {
    const program = oneLayer(await loadProfile(name), 64, 64);
    const { gMinMicrosiemens: gMin } = program.profile;
    t.true(gMin > 0);
    const [plus, minus] = program.layers[0]!.cells.map(({ targets }) => targets);
    t.true(plus!.every((g, i) => g === Math.fround(gMin) || minus![i] === Math.fround(gMin)));
    const targets = copied(createChipWriter(program).targets());
    t.deepEqual(weightsOf(program, { noise: 0 }), targets);
  }
});

test('createChipWriter: a profile whose source begins later is compensated to its first age', async (t) => {
  const pcm = await loadProfile('pcm-nandakumar-2019');
  const late = { ...pcm, validity: { ...pcm.validity, fromSeconds: 60 } };
  const program = oneLayer(late, 64, 64);
  const sum = (state: Partial<ChipState>): number =>
    weightsOf(program, state)['layer.weight.0']!.reduce((total, w) => total + Math.abs(w), 0);
  t.true(Math.abs(sum({ seconds: YEAR, compensate: 'global' }) / sum({ seconds: 60 }) - 1) < 0.05);
  t.is(sum({ seconds: 60, compensate: 'global' }), sum({ seconds: 60 }));
});

test('createChipWriter: refuses an age without support', async (t) => {
  const program = await toy();
  t.throws(() => createChipWriter(program).weights({ ...STATE, seconds: 11 * YEAR }), {
    instanceOf: UsageError,
    message:
      'pcm-nandakumar-2019: must be asked for an age from 0s to 10y, got 11y; choose one within, or widen "validity" in a copy of the profile if your data support it',
  });
});

test('createChipWriter: two layers of equal weights have cells of their own', async (t) => {
  const program = oneLayer(await loadProfile('pcm-joshi-2020'), 32, 16);
  const [layer] = program.layers;
  const twin = { ...program, layers: [layer!, { ...layer!, name: 'twin' }] };
  const weights = weightsOf(twin, {});
  const [a, b] = [weights['layer.weight.0']!, weights['twin.weight.0']!];
  t.is(b.length, a.length);
  // A chance in millions for a few equal ones: cells that stay at 0 apart, all differ.
  t.true(a.filter((value, i) => value !== 0 && value === b[i]).length < 3);
  t.deepEqual(a, weightsOf(program, {})['layer.weight.0']!);
});
