import test from 'ava';
import { fillNormals } from '../../src/core/normals.ts';
import { stream } from '../../src/core/stream.ts';
import { checkProfileJson } from '../../src/profile/check.ts';
import { profileFacts } from '../../src/profile/facts.ts';
import { faultLine } from '../../src/profile/fault.ts';
import { verifiedState } from '../../src/profile/verified-writing.ts';
import { constantLaw, toyProfile } from '../support/toy.ts';

/** Cells written pulse by pulse, until one is within the tolerance or all are spent. */
function pulsed(mean: number, std: number, tolerance: number, pulses: number, cells: number) {
  const z = new Float32Array(cells * pulses);
  fillNormals(stream(1, 'pulses', mean, tolerance, pulses), z);
  const errors = new Float64Array(cells);
  let [spent, missed] = [0, 0];
  for (let i = 0; i < cells; i++) {
    for (let k = 0; k < pulses; k++) {
      errors[i] = mean + std * z[i * pulses + k]!;
      spent += 1;
      if (Math.abs(errors[i]!) <= tolerance) break;
      if (k === pulses - 1) missed += 1;
    }
  }
  const average = errors.reduce((sum, e) => sum + e, 0) / cells;
  const square = errors.reduce((sum, e) => sum + (e - average) ** 2, 0) / (cells - 1);
  const fourth = errors.reduce((sum, e) => sum + (e - average) ** 4, 0) / cells;
  return { mean: average, variance: square, fourth, pulses: spent / cells, missed: missed / cells };
}

test('verifiedState(mean, std, tolerance, pulses) has the moments of cells written pulse by pulse, within five standard errors', (t) => {
  const cells = 100_000;
  for (const [mean, std, tolerance, pulses] of [
    [0, 1, 1, 5],
    [0, 2, 0.5, 3],
    [0.7, 1, 0.4, 8],
    [-2, 1, 0.5, 4],
  ] as const) {
    const found = verifiedState(mean, std, tolerance, pulses);
    const seen = pulsed(mean, std, tolerance, pulses, cells);
    const root = Math.sqrt(cells);
    t.true(Math.abs(found.mean - seen.mean) < (5 * found.std) / root, `mean of ${mean}, ${tolerance}`);
    // Standard error of a variance: sqrt((fourth moment - variance^2)/n).
    const error = Math.sqrt(seen.fourth - seen.variance ** 2) / root;
    t.true(Math.abs(found.std ** 2 - seen.variance) < 5 * error, `variance of ${mean}, ${tolerance}`);
    t.true(Math.abs(found.pulses - seen.pulses) < (5 * pulses) / root);
    t.true(Math.abs(found.missed - seen.missed) < (5 * Math.sqrt(found.missed * (1 - found.missed))) / root);
  }
});

test('verifiedState: one pulse, or a window without an end, changes nothing', (t) => {
  const near = (a: number, b: number) => t.true(Math.abs(a - b) < 1e-12, `${a} and ${b}`);
  for (const [tolerance, pulses] of [
    [0.5, 1],
    [1e6, 7],
  ] as const) {
    const { mean, std } = verifiedState(0.3, 2, tolerance, pulses);
    near(mean, 0.3);
    near(std, 2);
  }
  t.deepEqual(verifiedState(0.3, 0, 0.5, 9), { mean: 0.3, std: 0, pulses: 1, missed: 0 });
  t.deepEqual(verifiedState(0.3, 0, 0.2, 9), { mean: 0.3, std: 0, pulses: 9, missed: 1 });
});

test('verifiedState: a narrow window leaves an even spread, one out of reach what the pulses leave', (t) => {
  const narrow = verifiedState(0, 1, 1e-6, 1e6);
  // p = 2e-6 phi(0) = 7.979e-7: (1 - p)^1e6 = 0.4503 of the cells are missed.
  t.true(Math.abs(narrow.missed - Math.exp(-1e6 * 2e-6 * 0.3989422804)) < 1e-6);
  t.true(Math.abs(narrow.std ** 2 - narrow.missed) < 1e-5);
  const far = verifiedState(100, 1, 1, 10);
  t.deepEqual([far.mean, far.std, far.missed], [100, 1, 1]);
  t.true(Math.abs(far.pulses - 10) < 1e-9);
});

const verify = { tolerance: '0.5 uS', maxPulses: 20, source: 'own' };

test('parseProfile(writing with verify) has what it leaves as its laws, and adds what relaxes later', async (t) => {
  const std = {
    form: 'ages',
    at: ['0 s', '1 d'],
    laws: [constantLaw(1, 'uS'), constantLaw(1.25, 'uS')],
  };
  const validity = { from: '0 s', to: '1 d', source: 'none' };
  const profile = await toyProfile({ validity, writing: { std, verify } });
  const left = verifiedState(0, 1, 0.5, 20);
  t.true(left.std < 0.3 && left.missed < 1e-4);
  t.is(profile.writing?.std.at(0.5, 0), left.std);
  t.true(Math.abs(profile.writing!.std.at(0.5, 86_400) - Math.hypot(left.std, 0.75)) < 1e-12);
  t.is(profile.writing?.meanShift, null);
  const fact = profileFacts(profile).facts.find(({ name }) => name === 'write-verify');
  t.is(
    fact?.value,
    'within 0.5 uS by at most 20 pulses; 2.61 pulses a cell, by its state; at most 0.00641 % of cells not brought within (own)',
  );
});

test('checkProfileJson tells what is wrong with write-verify', async (t) => {
  const { source } = await toyProfile();
  const lines = async (over: object) => {
    const writing = { std: constantLaw(1, 'uS'), verify: { ...verify, ...over } };
    const { faults } = await checkProfileJson({ ...source, writing }, 'toy');
    return faults.map(faultLine);
  };
  t.deepEqual(await lines({}), []);
  t.deepEqual(await lines({ tolerance: '0 uS' }), [
    '/writing/verify/tolerance: must be more than 0 uS, got "0 uS"; give how far from its target a cell may be read',
  ]);
  t.regex((await lines({ tolerance: '1 V' }))[0]!, /must be a conductance .*, got "1 V", a voltage/u);
  t.regex((await lines({ maxPulses: 0 }))[0]!, /maxPulses: must be >= 1, got 0/u);
  t.deepEqual(await lines({ maxPulses: 2 }), [
    '/writing/verify: should bring at least 90 % of the cells within the tolerance, got 61.9 % at x = 0; allow more pulses or a wider tolerance; "std" is the spread of one pulse',
  ]);
});
