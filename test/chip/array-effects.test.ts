import test from 'ava';
import { arrayEffects } from '../../src/chip/array-effects.ts';
import { presentConductances } from '../../src/chip/conductances.ts';
import { type ChipState, createChipWriter } from '../../src/chip/writer.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { targetWeights } from '../../src/compile/program.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';
import { withTargets } from '../support/cells.ts';
import { constantLaw, oneLayer, toyProfile } from '../support/toy.ts';

const DAY = 86_400;
const STATE = { chip: 3, seconds: DAY, noise: 1, read: 0, source: 'all', compensate: 'none' } as const;
const FAULTS = {
  cells: { stuckLow: '2 %', stuckHigh: '1 %', stuckRandom: '1 %' },
  rows: { stuckLow: '1 %' },
};
const VARIATION = { chip: '5 %', column: '3 %', cell: '2 %' };
const PHYSICS = {
  writing: { std: constantLaw(1, 'uS') },
  drift: { exponentMean: constantLaw(0.05, '1'), exponentStd: constantLaw(0.01, '1') },
  readNoise: { std: constantLaw(1, '%') },
  array: { rows: 16, columns: 10 },
};

const programOf = (profile: DeviceProfile) => oneLayer(profile, 40, 30);

function weights(profile: DeviceProfile, state: Partial<ChipState>): Float32Array {
  const program = programOf(profile);
  const all = createChipWriter(program).weights({ ...STATE, ...state });
  return Float32Array.from(
    program.layers[0]!.strips.flatMap((_, strip) => [
      ...(all[stripInput('layer', strip)]!.data as Float32Array),
    ]),
  );
}

test('createChipWriter: stuck cells stay the same through ages, reads, repeats and noise scales', async (t) => {
  const profile = await toyProfile({ ...PHYSICS, readNoise: { std: constantLaw(0, '%') }, faults: FAULTS });
  const program = programOf(profile);
  const effectsOf = arrayEffects(program);
  const [layer] = program.layers;
  const stuck = effectsOf(STATE, layer!, layer!.cells[0]!, 0)!.stuck!;
  t.true(stuck.positions.length > 20);
  for (const [seconds, noise] of [
    [0, 1],
    [DAY, 1],
    [1e8, 3],
    [DAY, 0],
  ] as const) {
    const cells = presentConductances(program, { chip: 3, seconds, noise }, () => undefined);
    const plus = cells.get('layer.plus')!.data as Float32Array;
    t.deepEqual(
      [...stuck.positions].map((at) => plus[at]),
      [...stuck.conductances],
      `${seconds} s`,
    );
  }
  t.deepEqual(effectsOf({ ...STATE, noise: 0 }, layer!, layer!.cells[0]!, 2)!.stuck, stuck);
  effectsOf({ ...STATE, chip: 4 }, layer!, layer!.cells[0]!, 0);
  t.deepEqual(effectsOf(STATE, layer!, layer!.cells[0]!, 0)!.stuck, stuck);
});

test('createChipWriter: weights with every effect are the differences of presentConductances times the scale', async (t) => {
  const profile = await toyProfile({
    ...PHYSICS,
    readNoise: { std: constantLaw(0, '%') },
    faults: FAULTS,
    variation: VARIATION,
  });
  const program = programOf(profile);
  const cells = presentConductances(program, STATE, () => undefined);
  const of = (name: string) => cells.get(`layer.${name}`)!.data as Float32Array;
  const layer = {
    ...program.layers[0]!,
    ...withTargets(program.layers[0]!, { plus: of('plus'), minus: of('minus') }),
  };
  const expected = Float32Array.from(layer.strips.flatMap((_, strip) => [...targetWeights(layer, strip)]));
  t.deepEqual(weights(profile, {}), expected);
});

test('createChipWriter: --ablate leaves faults or variation alone on, and others without them', async (t) => {
  const all = await toyProfile({ ...PHYSICS, faults: FAULTS, variation: VARIATION });
  const only = (sections: object) => toyProfile({ array: PHYSICS.array, ...sections });
  t.deepEqual(weights(all, { source: 'faults' }), weights(await only({ faults: FAULTS }), {}));
  t.deepEqual(weights(all, { source: 'variation' }), weights(await only({ variation: VARIATION }), {}));
  t.deepEqual(weights(all, { source: 'writing' }), weights(await only({ writing: PHYSICS.writing }), {}));
  const telegraph = { amplitude: constantLaw(0.2, '1'), probability: constantLaw(0.3, '1') };
  const read = { readNoise: PHYSICS.readNoise, telegraph };
  t.deepEqual(
    weights(await toyProfile({ ...PHYSICS, ...read }), { source: 'read' }),
    weights(await only(read), {}),
  );
});

test('createChipWriter: the noise scale scales variation and leaves faults alone', async (t) => {
  const array = PHYSICS.array;
  const varied = await toyProfile({ array, variation: VARIATION });
  const ideal = await toyProfile({ array });
  t.deepEqual(weights(varied, { noise: 0 }), weights(ideal, {}));
  const [none, one, two] = [0, 1, 2].map((noise) => weights(varied, { noise })) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < one.length; i++) {
    t.true(Math.abs(two[i]! - none[i]! - 2 * (one[i]! - none[i]!)) < 1e-6);
  }
  const broken = await toyProfile({ array, faults: FAULTS });
  t.deepEqual(weights(broken, { noise: 0 }), weights(broken, { noise: 3 }));
  t.notDeepEqual(weights(broken, { noise: 0 }), weights(ideal, {}));
});

test('createChipWriter: a chip that varies alone is off by one factor, a column by one each tile', async (t) => {
  const array = PHYSICS.array;
  const ideal = weights(await toyProfile({ array }), {});
  const ratios = async (variation: object) => {
    const varied = weights(await toyProfile({ array, variation }), {});
    return [...varied].map((w, i) => (ideal[i] === 0 ? Number.NaN : Math.round((1e5 * w) / ideal[i]!)));
  };
  t.true(new Set(await ratios({ chip: '5 %' })).size <= 3, 'but for rounding');
  const columns = await ratios({ column: '5 %' });
  // Strips of 14, 13 and 13 rows: the sign tells which cell of the pair, plus or minus, carries the weight.
  const seen = new Map<string, Set<number>>();
  columns.forEach((ratio, i) => {
    const row = Math.floor(i / 30);
    const strip = row < 14 ? 0 : row < 27 ? 1 : 2;
    const key = `${strip} ${i % 30} ${Math.sign(ideal[i]!)}`;
    seen.set(key, (seen.get(key) ?? new Set()).add(ratio));
  });
  for (const [key, set] of seen) t.true(Math.max(...set) - Math.min(...set) <= 2, key);
  t.true(seen.size > 150);
});

test('createChipWriter: live reads scatter about the varied and stuck cells, by read and telegraph noise', async (t) => {
  const telegraph = { amplitude: constantLaw(0.2, '1'), probability: constantLaw(0.3, '1') };
  const sections = { ...PHYSICS, faults: FAULTS, variation: VARIATION };
  const profile = await toyProfile({ ...sections, telegraph });
  const program = programOf(profile);
  const { weights: means, variances } = createChipWriter(program).live(STATE);
  const quiet = weights(await toyProfile({ ...sections, readNoise: undefined }), {});
  const columns = 30;
  const seen = program.layers[0]!.strips.flatMap((_, strip) => [
    ...(means[stripInput('layer', strip)]!.data as Float32Array),
  ]);
  // Reads are lower by 0.3 x 0.2 of each cell on average; clipping at 0 shifts nothing that can be seen.
  seen.forEach((w, i) => {
    t.true(Math.abs(w - 0.94 * quiet[i]!) < 2e-5, `${i % columns}: ${w}, ${quiet[i]}`);
  });
  t.truthy(variances);
});
