import test from 'ava';
import { createChipWriter } from '../../src/chip/writer.ts';
import { simulateProfile } from '../../src/device/simulate-profile.ts';
import { checkProfileJson } from '../../src/profile/check.ts';
import { profileFacts } from '../../src/profile/facts.ts';
import { faultLine } from '../../src/profile/fault.ts';
import { profileAt } from '../../src/profile/temperature.ts';
import { oneLayer, toyProfile } from '../support/toy.ts';

const ENDURANCE = {
  ratedCycles: 1e6,
  gMin: { form: 'table', cycles: [1e2, 1e6], y: [0, 4], unit: 'uS' },
  gMax: { form: 'table', cycles: [1e4, 1e6], y: [25, 15], unit: 'uS' },
  stuckLow: { form: 'expression', expression: '1 - exp(-n / n0)', unit: '1', constants: { n0: 1e7 } },
  stuckHigh: { form: 'table', cycles: [1e4, 1e6], y: [0, 4], unit: '%' },
  source: 'none',
};

test('profileAt(profile, null, n) has the window and the failures of n write cycles', async (t) => {
  const profile = await toyProfile({ endurance: ENDURANCE });
  t.is(profile.endurance?.presentCycles, null);
  t.is(profile.endurance?.window, null);
  t.is(profile.faults, null);
  const worn = await profileAt(profile, null, 1e5);
  const near = (a: number, b: number) => t.true(Math.abs(a - b) < 1e-9, `${a} ${b}`);
  // Halfway in ln n from 1e4 to 1e6, three quarters from 1e2.
  near(worn.endurance!.window!.gMaxMicrosiemens, 20);
  near(worn.endurance!.window!.gMinMicrosiemens, 3);
  const failures = worn.faults!.failures!;
  near(failures.stuckLow, 1 - Math.exp(-0.01));
  near(failures.stuckHigh, 0.02);
  t.is(failures.stuckRandom, 0);
  near(failures.most, 1 - Math.exp(-0.1) + 0.04);
  t.deepEqual(worn.faults!.cells, { stuckLow: 0, stuckHigh: 0, stuckRandom: 0 });
  t.is(worn.sha256, profile.sha256);
  // Before a table's first point its value is held.
  const young = await profileAt(profile, null, 1);
  near(young.endurance!.window!.gMaxMicrosiemens, 25);
  near(young.endurance!.window!.gMinMicrosiemens, 0);
  const fact = profileFacts(worn).facts.find(({ name }) => name === 'endurance');
  t.is(
    fact?.value,
    'rated 1e6 write cycles, here after 1e5; gMin by table of 2 points uS, gMax by table of 2 points uS, stuckLow by 1 - exp(-n / n0), stuckHigh by table of 2 points % (none)',
  );
});

test('profileAt(profile, null, n): failures stand beside the cells that are stuck from the start', async (t) => {
  const faults = { cells: { stuckLow: '10 %', stuckHigh: '5 %' }, rows: { stuckLow: '1 %' } };
  const worn = await profileAt(await toyProfile({ endurance: ENDURANCE, faults }), null, 1e6);
  t.deepEqual(worn.faults!.cells, { stuckLow: 0.1, stuckHigh: 0.05, stuckRandom: 0 });
  t.is(worn.faults!.rows.stuckLow, 0.01);
  const fact = profileFacts(worn).facts.find(({ name }) => name === 'faults');
  t.is(
    fact?.value,
    'cells stuck 10 % low, 5 % high; rows stuck 1 % low; cells failed in use and stuck 9.516 % low, 4 % high',
  );
});

test('profileAt(profile, T, n) takes both', async (t) => {
  const temperature = { reference: '300 K', from: '280 K', to: '360 K', source: 'none' };
  const std = { form: 'expression', expression: '0.5 + (T - 300) / 100', unit: 'uS' };
  const profile = await toyProfile({ endurance: ENDURANCE, temperature, writing: { std } });
  const both = await profileAt(profile, 350, 1e6);
  t.is(both.writing!.std.at(0.5, 0), 1);
  t.true(Math.abs(both.endurance!.window!.gMaxMicrosiemens - 15) < 1e-9);
  t.is((await profileAt(profile, null, 1e6)).writing!.std.at(0.5, 0), 0.5);
});

test('profileAt(profile, null, n) refuses what the source does not support', async (t) => {
  const refused = async (of: Readonly<Record<string, unknown>>, n: number) =>
    (await t.throwsAsync(profileAt(await toyProfile(of), null, n)))?.message;
  t.is(
    await refused({}, 10),
    '--cycles: must be absent for toy, which does not model write cycles, got 10; leave it out, or give the profile an "endurance" if your data support one',
  );
  t.is(
    await refused({ endurance: ENDURANCE }, 2e6),
    '--cycles: must be within 1 to 1000000 for toy, got 2000000; choose fewer',
  );
  t.is(
    await refused({ endurance: { ...ENDURANCE, to: 1e5 } }, 2e5),
    '--cycles: must be within 1 to 100000 for toy, got 200000; choose fewer',
  );
});

test('cells after write cycles: targets beyond the window end there, with the spread of its end; others are as they were', async (t) => {
  const { stuckLow: _, stuckHigh: __, ...window } = ENDURANCE;
  // The spread is 2 % of the target.
  const writing = { std: { form: 'polynomial', coefficients: [0, 0.5], unit: 'uS' } };
  const worn = await profileAt(await toyProfile({ endurance: window, writing }), null, 1e6);
  const cells = 40_000;
  const { rows } = simulateProfile({
    profile: worn,
    targetsMicrosiemens: [0, 4, 10, 15, 20, 25],
    seconds: [0],
    cells,
    seed: 3,
    noiseScale: 1,
  });
  const written = rows.filter(({ stage }) => stage === 'written');
  for (const [i, reached] of [4, 4, 10, 15, 15, 15].entries()) {
    const { mean, std } = written[i]!;
    const expected = 0.02 * reached;
    // Five standard errors; the table bends over a thousandth of gMax at an edge of the window.
    t.true(Math.abs(mean - reached) < (5 * expected) / Math.sqrt(cells) + 0.013, `${mean} ${reached}`);
    t.true(Math.abs(std / expected - 1) < 5 / Math.sqrt(2 * cells) + 0.002, `${std} ${expected}`);
  }
});

test('createChipWriter: worn cells pull large weights in, the targets stay those of the program; --ablate parts window and failures', async (t) => {
  const profile = await toyProfile({ endurance: ENDURANCE, array: { rows: 64, columns: 64 } });
  const fresh = oneLayer(profile, 40, 30);
  const program = { ...fresh, profile: await profileAt(profile, null, 1e6) };
  const state = { chip: 1, seconds: 0, noise: 1, read: 0, compensate: 'none' } as const;
  const writer = createChipWriter(program);
  const of = (feeds: ReturnType<typeof writer.weights>) =>
    Float32Array.from(Object.values(feeds)[0]!.data as Float32Array);
  const targets = of(writer.targets());
  t.deepEqual(targets, of(createChipWriter(fresh).targets()));
  const most = targets.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
  const windowed = of(writer.weights({ ...state, source: 'writing' }));
  windowed.forEach((w, i) => {
    // A pair of 4 to 15 uS in place of 0 to 25: its difference g becomes min(g, 15) - 4, for differences above 4.
    const g = (25 * Math.abs(targets[i]!)) / most;
    const expected = (Math.sign(targets[i]!) * (Math.min(Math.max(g, 4), 15) - 4) * most) / 25;
    t.true(Math.abs(w - expected) < 0.002 * most, `${w} ${expected}`);
  });
  const failed = of(writer.weights({ ...state, source: 'faults' }));
  const changed = failed.filter((w, i) => Math.abs(w - targets[i]!) > 1e-6 * most).length;
  // Of 1200 weights: a cell of 9.5 % + 4 % fails; a low one that fails low shows nothing.
  t.true(changed > 1200 * 0.05 && changed < 1200 * 0.25, `${changed}`);
  t.deepEqual(of(writer.weights({ ...state, source: 'drift' })), targets);
});

test('checkProfileJson tells what is wrong with endurance', async (t) => {
  const { source } = await toyProfile();
  const faults = async (change: object) => {
    const checked = await checkProfileJson({ ...source, endurance: { ...ENDURANCE, ...change } }, 'p');
    return checked.faults.map((fault) => `${fault.severity} ${faultLine(fault)}`);
  };
  t.deepEqual(await faults({}), []);
  t.deepEqual(await faults({ gMax: { form: 'table', cycles: [1, 1e6], y: [25, 30], unit: 'uS' } }), [
    "error /endurance/gMax: must be at most the cell's gMax (25 uS), got 25.025 uS, at 1.07152 cycles; a worn cell reaches a part of a fresh one's range: mend the law or the cell",
  ]);
  t.deepEqual(await faults({ gMax: { form: 'table', cycles: [1, 1e6], y: [25, 3], unit: 'uS' } }), [
    'error /endurance/gMax: must leave at least a thousandth of the cell\'s range, got 3.79 to 3.77 uS, at 616595 cycles; end the section with "to" before',
  ]);
  t.deepEqual(await faults({ gMax: { form: 'table', cycles: [1, 1e5], y: [25, 20], unit: 'uS' } }), [
    'error /endurance/gMax/cycles: must go on to the 1000000 cycles that the section is for, got 100000 at last; add points, or end the section with "to" before',
  ]);
  t.deepEqual(await faults({ gMax: { form: 'table', cycles: [1, 1e6, 1e6], y: [25, 20], unit: 'V' } }), [
    'error /endurance/gMax/unit: must be a conductance (S, mS, uS, nS or pS), got "V", a voltage; write it in one of those units',
    'error /endurance/gMax/y: must have as many values as "cycles" has (3), got 2; give one for each',
    'error /endurance/gMax/cycles/2: must be more than the cycles before (1000000), got 1000000; put the points in ascending order, each once',
  ]);
  t.deepEqual(await faults({ stuckLow: { form: 'expression', expression: 'n / 1e5', unit: '1' } }), [
    'error /endurance/stuckLow: must be a share from 0 to 1 (100 %), got 1.02329, at 102329 cycles; mend the law',
  ]);
  t.deepEqual(await faults({ stuckLow: { form: 'expression', expression: 'x + n', unit: '1' } }), [
    'error /endurance/stuckLow/expression: must use only the names n, got "x" at character 1; declare it in "constants"',
  ]);
  t.deepEqual(
    await faults({ to: 1e7, gMin: constant(1), gMax: constant(20), stuckHigh: constant(0.1, '1') }),
    [
      'warning /endurance/to: should be at most the rated 1000000 cycles, got 10000000; check it: beyond its rating a cell is not said to work',
    ],
  );
  const alone = { ...source, endurance: { ratedCycles: 1e6, source: 'none' } };
  t.deepEqual(
    (await checkProfileJson(alone, 'p')).faults.map((fault) => `${fault.severity} ${faultLine(fault)}`),
    [
      'warning /endurance: should say what cycles do (gMin, gMax, stuckLow, stuckHigh or stuckRandom), got the rating alone; give one, or leave it: --cycles then changes nothing',
    ],
  );
});

function constant(value: number, unit = 'uS'): object {
  return { form: 'expression', expression: String(value), unit };
}
