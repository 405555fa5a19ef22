import test from 'ava';
import { parseDuration } from '../../src/core/duration.ts';
import { uniforms } from '../../src/core/philox.ts';
import { stream } from '../../src/core/stream.ts';
import { lookup, type Table } from '../../src/core/table.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';

const pcm = await loadProfile('pcm-nandakumar-2019');

/** Outside reference: aihwkit 1.1's PCMLikeNoiseModel with default arguments, evaluated analytically, to the digits shown. */
const STATES: readonly (readonly [x: number, writeStd: number, mean: number, std: number, read: number])[] = [
  [0, 0.26348, 0.1, 0.045, 0.2],
  [0.01, 0.283013, 0.09578, 0.045, 0.175583],
  [0.02, 0.302311, 0.085036, 0.043, 0.111896],
  [0.05, 0.358797, 0.070834, 0.031547, 0.061681],
  [0.1, 0.448249, 0.06009, 0.022882, 0.039308],
  [0.2, 0.609556, 0.049346, 0.014218, 0.02505],
  [0.25, 0.681411, 0.049, 0.011429, 0.021668],
  [0.5, 0.952705, 0.049, 0.008, 0.013809],
  [0.75, 1.077361, 0.049, 0.008, 0.010609],
  [1, 1.05538, 0.049, 0.008, 0.0088],
];
const TIMES: readonly (readonly [age: string, logRatio: number, root: number])[] = [
  ['0s', 0, 4.18382],
  ['1s', 0.04879, 4.18965],
  ['60s', 1.38629, 4.34634],
  ['1h', 5.1985, 4.76475],
  ['1d', 8.37124, 5.08681],
  ['7d', 10.31695, 5.27459],
  ['30d', 11.77222, 5.41079],
  ['1y', 14.27091, 5.63696],
  ['10y', 16.57349, 5.83763],
];

test('cellLaws(pcm, t) has the laws of aihwkit at each state, to the digits of its table', (t) => {
  const { writing, drift, readNoise } = pcm;
  for (const [x, writeStd, mean, std, read] of STATES) {
    t.true(Math.abs(writing!.std.at(x, 0) - writeStd) <= 0.6e-6, `write ${x}`);
    t.true(Math.abs(drift!.exponentMean.at(x, 0) - mean) <= 0.6e-6, `mean ${x}`);
    t.true(Math.abs(drift!.exponentStd!.at(x, 0) - std) <= 0.6e-6, `std ${x}`);
    const root = Math.sqrt(Math.log((20 + 250e-9) / 500e-9));
    t.true(Math.abs(readNoise!.std.at(x, 0) / root - read) <= 0.6e-6, `read ${x}`);
  }
});

test('cellLaws(pcm, t) has the time factors of aihwkit', (t) => {
  for (const [age, logRatio, root] of TIMES) {
    const laws = cellLaws(pcm, parseDuration(age));
    t.true(Math.abs(laws.driftLog - logRatio) <= 0.6e-5, age);
    t.true(Math.abs(lookup(laws.readStd!, 1) / 0.0088 - root) <= 1e-5, age);
  }
  t.is(cellLaws(pcm, 0).driftLog, 0);
});

/** Greatest error of a table over random states, relative to the law's value. */
function worst(table: Table, law: (x: number) => number, greatest: number): number {
  const draws = uniforms(stream(1, 'tabulation', greatest), 100_000);
  let error = 0;
  for (const draw of draws) {
    // Half of the states lie low, where the laws bend.
    const x = Math.fround(greatest * draw ** 2);
    error = Math.max(error, Math.abs(lookup(table, x) - law(x)) / Math.abs(law(x)));
  }
  return error;
}

test('cellLaws(pcm, t) interpolates within 3e-6 of a smooth law and 4e-3 of one with kinks, on 100,000 random states', (t) => {
  for (const age of ['0s', '1y']) {
    const seconds = parseDuration(age);
    const laws = cellLaws(pcm, seconds);
    // Writing is smooth: the error of linear interpolation in u is h^2/8 max|f''|, h = 1/1024, over the least value.
    t.true(worst(laws.writeStd!, (x) => pcm.writing!.std.at(x, 0), 1) < 3e-6);
    // At a kink between two points it is at most h/4 times the change of slope: 2.9/0.2/4096 = 3.5e-3 for the read noise at x = 0.0082.
    t.true(worst(laws.readStd!, (x) => pcm.readNoise!.std.at(x, seconds), 4) < 4e-3);
    t.true(worst(laws.driftExponentMean!, (x) => pcm.drift!.exponentMean.at(x, 0), 1) < 1e-3);
    t.true(worst(laws.driftExponentStd!, (x) => pcm.drift!.exponentStd!.at(x, 0), 1) < 1.5e-3);
  }
});

test('cellLaws(pcm, t) holds the laws of targets beyond x = 1 and carries on those of the present state', (t) => {
  const laws = cellLaws(pcm, 0);
  t.is(lookup(laws.writeStd!, 3), lookup(laws.writeStd!, 1));
  t.true(lookup(laws.readStd!, 3) < lookup(laws.readStd!, 1));
});

test('cellLaws(ideal, t) is all null: the identity', async (t) => {
  const laws = cellLaws(await loadProfile('ideal'), 1e12);
  t.deepEqual(laws, {
    gMinMicrosiemens: 0,
    gMaxMicrosiemens: 25,
    clamp: 'zero',
    writeStd: null,
    writeMeanShift: null,
    driftExponentMean: null,
    driftExponentStd: null,
    driftLog: 0,
    readStd: null,
    cellVariation: 0,
    telegraphProbability: null,
    telegraphAmplitude: null,
  });
});

test('cellLaws(profile, t) refuses ages that the source does not support', async (t) => {
  const cure = 'choose one within, or widen "validity" in a copy of the profile if your data support it';
  t.is(
    t.throws(() => cellLaws(pcm, parseDuration('20y')))?.message,
    `pcm-nandakumar-2019: must be asked for an age from 0s to 10y, got 20y; ${cure}`,
  );
  t.is(
    t.throws(() => cellLaws(pcm, -1))?.message,
    `pcm-nandakumar-2019: must be asked for an age from 0s to 10y, got -1 s; ${cure}`,
  );
  const ideal = await loadProfile('ideal');
  t.is(
    t.throws(() => cellLaws(ideal, Number.NaN))?.message,
    `ideal: must be asked for an age of at least 0s, got NaN s; ${cure}`,
  );
});
