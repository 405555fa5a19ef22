import test from 'ava';
import { binomialCdf } from '../../../src/core/beta.ts';
import { fillNormals } from '../../../src/core/normals.ts';
import { stream } from '../../../src/core/stream.ts';
import { type DeviceFit, fitDevice } from '../../../src/profile/fit/fit.ts';
import { lawJson, lawRecord } from '../../../src/profile/fit/law-json.ts';
import { parseMeasurements } from '../../../src/profile/fit/measurements.ts';
import { dataOf } from '../../../src/profile/fit/series.ts';
import {
  GROWING,
  NOISY,
  type Plan,
  SINGLE_READS,
  simulatedCsv,
  TRUTH,
} from '../../support/simulated-cells.ts';

const JOB = { gMaxMicrosiemens: 25, referenceSeconds: 20, seed: 1, form: 'polynomial', order: 2 } as const;

function fitOf(csv: string, job: Partial<Parameters<typeof fitDevice>[0]> = {}): DeviceFit {
  return fitDevice({ ...JOB, data: dataOf(parseMeasurements(csv, 'cells.csv'), 'cells.csv'), ...job });
}

/** How many of the laws' values at their states lie within their intervals, and how many there are. */
function covered(fit: DeviceFit, confidence: number): readonly [inside: number, all: number] {
  const states = fit.laws.flatMap((law) =>
    lawRecord(law, confidence).states.map(({ x, low, high }) => {
      const truth = TRUTH[law.name](x);
      return truth >= low && truth <= high;
    }),
  );
  return [states.filter(Boolean).length, states.length];
}

test('fitDevice(5,000 cells) recovers each law within five standard errors, and chooses its order', (t) => {
  const fit = fitOf(simulatedCsv(5000, 7), { order: null });
  t.deepEqual(
    fit.laws.map(({ name }) => name),
    ['writing.std', 'writing.meanShift', 'drift.exponentMean', 'drift.exponentStd', 'readNoise.std'],
  );
  t.deepEqual(fit.refusals, []);
  for (const law of fit.laws) {
    for (const { x, value, standardError } of lawRecord(law, 0.95).states) {
      const off = (value - TRUTH[law.name](x)) / standardError;
      t.true(Math.abs(off) < 5, `${law.name} at x = ${x}: ${off} standard errors`);
    }
  }
  // A parabola was put in: a straight line must not be found.
  t.true(fit.laws[0]!.basis.size >= 3);
  for (const { p, of } of fit.goodness) t.true(p > 1e-4, `${of}: ${p}`);
});

test('fitDevice(cells) states intervals that cover as often as they say', (t) => {
  // 12 seeds of 400 cells, one value a law in the middle of its states: 5 laws, independent but for the read noise that is taken
  // off. The whole study, 200 seeds of 5,000 cells, is scripts/fit-coverage.mjs.
  const seeds = 12;
  let inside = 0;
  let all = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    for (const law of fitOf(simulatedCsv(400, seed), { order: 1 }).laws) {
      if (law.name === 'writing.std' || law.name === 'writing.meanShift') continue;
      const { x, low, high } = lawRecord(law, 0.9).states[2]!;
      all += 1;
      if (TRUTH[law.name](x) >= low && TRUTH[law.name](x) <= high) inside += 1;
    }
  }
  t.is(all, 3 * seeds);
  // Binomial: at 90 % coverage fewer than this happens once in 10,000 times.
  t.true(binomialCdf(inside, all, 0.9) > 1e-4, `${inside} of ${all}`);
});

test('fitDevice(cells) gives 50 % intervals that leave out many true values', (t) => {
  const [inside, all] = covered(fitOf(simulatedCsv(1000, 4)), 0.5);
  t.true(all >= 20 && inside > 3 && inside < all - 2, `${inside} of ${all}`);
});

/** A seed at which the likelihood of the cells that all drift alike is largest at a spread of 0. */
const FLAT_SEED = 3;

const once: Plan = [[0, 1]];

test('fitDevice(one read, one age) fits writing alone and says what to measure for the others', (t) => {
  const fit = fitOf(simulatedCsv(400, 1, once));
  t.true(fit.laws.every(({ name }) => name.startsWith('writing')));
  t.is(fit.laws[0]!.note, 'the noise of one read is part of it: no read noise is known to take off');
  t.deepEqual(fit.refusals, [
    {
      parameter: 'drift.exponentMean',
      why: 'all reads are of one age (0 s)',
      measure: 'read the same cells at a second, later age too',
    },
    {
      parameter: 'drift.exponentStd',
      why: 'all reads are of one age (0 s)',
      measure: 'read the same cells at a second, later age too',
    },
    {
      parameter: 'readNoise.std',
      why: 'no cell is read twice at one age',
      measure: 'read each cell at least twice at each age',
    },
  ]);
});

test('fitDevice(one read at two ages) refuses the spread of exponents, which read noise looks like', (t) => {
  const plan: Plan = [
    [0, 1],
    [86_400, 1],
  ];
  const { laws, refusals } = fitOf(simulatedCsv(400, 1, plan));
  t.regex(
    laws.find(({ name }) => name === 'drift.exponentMean')!.note!,
    /^off by at most 0\.00\d+ where read noise changes with age, which one read an age does not tell$/u,
  );
  t.is(
    refusals.find(({ parameter }) => parameter === 'drift.exponentStd')?.why,
    'with two ages and one read at each, spread of exponents and read noise cannot be told apart',
  );
});

test('fitDevice(one read at three ages) tells the spread of exponents by the scatter about each power law', (t) => {
  const plan: Plan = [
    [0, 1],
    [3600, 1],
    [86_400, 1],
  ];
  const { laws } = fitOf(simulatedCsv(1000, 2, plan));
  const std = laws.find(({ name }) => name === 'drift.exponentStd')!;
  const { value, standardError, x } = lawRecord(std, 0.95).states[2]!;
  t.true(Math.abs(value - TRUTH['drift.exponentStd'](x)) < 5 * standardError);
});

test('fitDevice(single reads whose noise depends on the state) leaves the noise out of the exponents', (t) => {
  const { laws, refusals, goodness } = fitOf(simulatedCsv(2000, 3, SINGLE_READS, true, NOISY), { order: 1 });
  for (const name of ['drift.exponentMean', 'drift.exponentStd'] as const) {
    const law = laws.find((each) => each.name === name)!;
    t.is(law.note, null);
    for (const { x, value, standardError } of lawRecord(law, 0.95).states) {
      const off = (value - NOISY[name](x)) / standardError;
      t.true(Math.abs(off) < 5, `${name} at x = ${x}: ${off} standard errors`);
      t.true(standardError < 0.2 * value, `${name} at x = ${x}: +- ${standardError}`);
    }
  }
  t.false(refusals.some(({ parameter }) => parameter.startsWith('drift')));
  for (const { of, p } of goodness) t.true(p > 1e-4, `${of}: ${p}`);
});

test('fitDevice(single reads) does not write a spread of exponents where cells do not look like its model', (t) => {
  // One scatter for all states is asked for: between the two it is wrong by half at either end.
  const { laws, refusals } = fitOf(simulatedCsv(2000, 3, SINGLE_READS, true, NOISY), { order: 0 });
  t.deepEqual(
    laws.map(({ name }) => name).filter((name) => name.startsWith('drift')),
    ['drift.exponentMean'],
  );
  const { why, measure } = refusals.find(({ parameter }) => parameter === 'drift.exponentStd')!;
  t.regex(
    why,
    /^(exponents of cells|reads about the power law of their cell) do not look like a power law with the scatter that is told from its reads \(p = [^)]*\), so spread of exponents and read noise cannot be told apart$/u,
  );
  t.is(measure, 'read each cell at least twice at each age');
});

test('fitDevice(single reads that scatter by more than a quarter) leaves their targets out of drift, and says so', (t) => {
  // Cells of 2.5 uS are that noisy, and those of 5 uS (x = 0.2) drift to where they are.
  const laws = { ...NOISY, 'readNoise.std': (x: number) => (x < 0.12 ? 0.5 : 0.05) };
  const plan = SINGLE_READS.slice(0, 3);
  const fit = fitOf(simulatedCsv(400, 1, plan, true, laws), { order: 1 });
  const mean = fit.laws.find(({ name }) => name === 'drift.exponentMean')!;
  t.is(mean.note, 'targets 2.5 uS, 5 uS left out: single reads scatter by more than 25 % or reach 0');
  t.true(mean.basis.knots[0]! > 0.29);
  const all = fitOf(simulatedCsv(400, 1, plan, true, { ...laws, 'readNoise.std': () => 0.5 }), { order: 0 });
  t.regex(
    all.refusals.find(({ parameter }) => parameter === 'drift.exponentMean')!.why,
    /^0 cells above 0 uS are followed over two ages or more, fewer than 20 \(targets 2\.5 uS, .* left out: single reads scatter by more than 25 % or reach 0\)$/u,
  );
});

test('fitDevice(cells read twice at the first age alone) does not take that read noise for the noise at later ages', (t) => {
  const plan: Plan = [
    [0, 2],
    [3600, 1],
    [86_400, 1],
  ];
  const { laws, refusals } = fitOf(simulatedCsv(2000, 3, plan, true, GROWING), { order: 2 });
  t.deepEqual(refusals, []);
  for (const law of laws) {
    for (const { x, value, standardError } of lawRecord(law, 0.95).states) {
      const off = (value - GROWING[law.name](x)) / standardError;
      t.true(Math.abs(off) < 5, `${law.name} at x = ${x}: ${off} standard errors`);
    }
  }
  const read = laws.find(({ name }) => name === 'readNoise.std')!;
  t.deepEqual([read.ages, read.heldAt], [[0], [3600, 86_400]]);
  t.is(
    read.note,
    'of cells read twice or more at 0s; held at 1h, 1d, where fewer than 20 cells are read twice',
  );
});

test('fitDevice(a few cells read at a further age) keeps the read noise that is known at the ages of the others', (t) => {
  const csv = simulatedCsv(
    1000,
    3,
    [
      [0, 2],
      [86_400, 2],
    ],
    true,
    GROWING,
  );
  const plain = fitOf(csv, { order: 0 });
  const strays = csv
    .split('\n')
    .filter((line) => /,86400,.*,c\d$/u.test(line))
    .map((line) => line.replace(',86400,', ',172800,'));
  const fit = fitOf(`${csv}${strays.join('\n')}\n`, { order: 0 });
  const std = ({ laws }: DeviceFit) => laws.find(({ name }) => name === 'drift.exponentStd')!;
  t.true(strays.length > 5 && strays.length < 40);
  t.true(Math.abs(std(fit).theta[0]! / std(plain).theta[0]! - 1) < 0.05);
  t.deepEqual(fit.laws.find(({ name }) => name === 'readNoise.std')!.heldAt, [172_800]);
});

test('fitDevice(two ages, cells read twice at the first alone) refuses the spread of exponents', (t) => {
  const plan: Plan = [
    [0, 2],
    [86_400, 1],
  ];
  const { laws, refusals } = fitOf(simulatedCsv(400, 1, plan, true, GROWING));
  t.regex(laws.find(({ name }) => name === 'drift.exponentMean')!.note!, /^off by at most 0\.00\d+ where/u);
  t.deepEqual(refusals, [
    {
      parameter: 'drift.exponentStd',
      why: 'with two ages and two reads of a cell only at 0s, spread of exponents and read noise cannot be told apart',
      measure: 'read each cell twice at each age, or at three ages',
    },
  ]);
});

test('fitDevice(cells read twice at the last age alone) leaves the noise of one read in the spread of writing, and says so', (t) => {
  const plan: Plan = [
    [0, 1],
    [3600, 1],
    [86_400, 2],
  ];
  const { laws } = fitOf(simulatedCsv(2000, 3, plan, true, GROWING), { order: null });
  const std = laws.find(({ name }) => name === 'writing.std')!;
  t.is(std.note, 'the noise of one read is part of it: no read noise is known at 0s to take off');
  for (const { x, value, standardError } of lawRecord(std, 0.95).states) {
    const truth = Math.hypot(GROWING['writing.std'](x), 0.02 * 25 * x);
    t.true(Math.abs(value - truth) < 5 * standardError, `x = ${x}: ${value} +- ${standardError}`);
  }
});

test('lawJson(read noise by age that is not known at the last one) is held there', (t) => {
  const plan: Plan = [
    [0, 3],
    [3600, 3],
    [86_400, 1],
  ];
  const { laws } = fitOf(simulatedCsv(2000, 3, plan, true, GROWING), { order: 0 });
  const read = laws.find(({ name }) => name === 'readNoise.std')!;
  const law = lawJson(read);
  if (law.form !== 'ages') return t.fail(law.form);
  t.deepEqual(law.at, ['0 s', '3600 s', '86400 s']);
  t.deepEqual(law.laws[2], law.laws[1]);
  t.notDeepEqual(law.laws[1], law.laws[0]);
});

test('fitDevice(form table) states a level without spread of exponents, with its bound, and fits the others', (t) => {
  // The cells of 12.5 uS all drift alike.
  const laws = { ...TRUTH, 'drift.exponentStd': (x: number) => (x === 0.5 ? 0 : 0.015) };
  const plan: Plan = [
    [0, 2],
    [86_400, 2],
  ];
  const fit = fitOf(simulatedCsv(2000, FLAT_SEED, plan, true, laws), { form: 'table', order: null });
  const std = fit.laws.find(({ name }) => name === 'drift.exponentStd')!;
  t.is(std.basis.form, 'table');
  const [, most] =
    /^0, no spread beyond the noise of reads, at x = 0\.5 \(at most (0\.\d+), 95 %\)$/u.exec(std.note!) ?? [];
  t.true(Number(most) > 0 && Number(most) < 0.005, std.note!);
  std.basis.knots.forEach((x, j) => {
    const [value, error] = [std.theta[j]!, Math.sqrt(std.covariance[j]![j]!)];
    if (x === 0.5) {
      t.is(value, 0);
      t.true(Math.abs((1.96 * error) / Number(most) - 1) < 0.05);
      return;
    }
    t.true(Math.abs(value - 0.015) < 5 * error && error < 0.002, `x = ${x}: ${value} +- ${error}`);
  });
  t.deepEqual(fit.refusals, []);
});

test('fitDevice(no device) fits mean drift, and refuses what cannot be told apart', (t) => {
  const { laws, refusals } = fitOf(
    simulatedCsv(
      900,
      1,
      [
        [0, 1],
        [86_400, 1],
      ],
      false,
    ),
    { order: 1 },
  );
  const mean = laws.find(({ name }) => name === 'drift.exponentMean')!;
  const { value, standardError, x } = lawRecord(mean, 0.95).states[2]!;
  t.true(Math.abs(value - TRUTH['drift.exponentMean'](x)) < 5 * standardError);
  t.deepEqual(
    refusals.map(({ parameter, why }) => `${parameter}: ${why}`),
    [
      'drift.exponentStd: without a column "device" the spread of exponents and read noise that grows cannot be told apart',
      'readNoise.std: without a column "device" read noise and writing spread cannot be told apart',
    ],
  );
});

test('fitDevice(cells that read 0) takes them for censored: the spread at 0 uS is not halved', (t) => {
  // 4,000 cells written to 0 uS and to 10 uS with std 1: half of the former read 0.
  const lines = ['target_uS,seconds,measured_uS'];
  const z = new Float32Array(4000);
  fillNormals(stream(5, 'censored'), z);
  z.forEach((value, i) => {
    const target = i % 2 === 0 ? 0 : 10;
    lines.push(`${target},0,${Math.max(0, target + value)}`);
  });
  const fit = fitOf(lines.join('\n'), { gMaxMicrosiemens: 10, order: null });
  t.true(fit.writing.censored > 900);
  const { value, standardError } = lawRecord(fit.laws[0]!, 0.95).states[0]!;
  t.true(Math.abs(value - 1) < 5 * standardError && standardError < 0.05, `${value} +- ${standardError}`);
});

test('fitDevice(a level whose cells all read 0) leaves it out of writing, and says so', (t) => {
  const lines = simulatedCsv(600, 1, [[0, 1]], false)
    .split('\n')
    .slice(0, -1);
  const zeros = Array.from({ length: 60 }, () => '0,0,0');
  const unnamed = fitOf([...lines, ...zeros].join('\n'), { order: null });
  t.regex(unnamed.laws[0]!.note!, /; targets 0 uS left out: all of their cells read 0$/u);
  const named = [lines[0]!, ...lines.slice(1), ...zeros].map((line, i) =>
    i === 0 ? `${line},device` : `${line},${i}`,
  );
  for (const form of ['auto', 'table'] as const) {
    const { laws, writing } = fitOf(named.join('\n'), { form, order: null });
    const std = laws.find(({ name }) => name === 'writing.std')!;
    t.regex(std.note!, /; targets 0 uS left out: all of their cells read 0$/u);
    t.is(writing.censored, 0);
    for (const { x, value, standardError } of lawRecord(std, 0.95).states) {
      t.true(x >= 0.1 && standardError < 0.5 * value, `${form} at x = ${x}: ${value} +- ${standardError}`);
    }
  }
});

test('fitDevice(cells that gain conductance) refuses drift, whose exponent is a magnitude', (t) => {
  const laws = { ...TRUTH, 'drift.exponentMean': (x: number) => (x < 0.25 ? 0.03 : 0.06) };
  const grown = simulatedCsv(600, 1, [[0, 2]], true, laws)
    .split('\n')
    .slice(0, -1);
  const later = grown.slice(1).map((line) => {
    const [target, , measured, device] = line.split(',');
    const factor = Number(target) < 6 ? 1.3 : 0.7;
    return `${target},3600,${Number(measured) * factor},${device}`;
  });
  const { refusals } = fitOf([...grown, ...later].join('\n'), { order: 0 });
  t.deepEqual(
    refusals.map(({ parameter, why }) => [parameter, why]),
    ['drift.exponentMean', 'drift.exponentStd'].map((parameter) => [
      parameter,
      'cells of 2.5 uS, 5 uS gain conductance with age, and a power law of drift only loses it',
    ]),
  );
});

test('fitDevice(reads that are all alike) says that there is no read noise, and no spread of writing, to be seen', (t) => {
  const still = {
    ...TRUTH,
    'readNoise.std': () => 0,
    'drift.exponentMean': () => 0,
    'drift.exponentStd': () => 0,
  };
  const noiseless = fitOf(simulatedCsv(200, 1, [[0, 2]], true, still), { order: 0 });
  t.is(
    noiseless.refusals.find(({ parameter }) => parameter === 'readNoise.std')!.why,
    'the reads of one cell at one age are all alike',
  );
  const exact = { ...still, 'writing.std': () => 0, 'writing.meanShift': () => 0 };
  t.is(
    fitOf(simulatedCsv(200, 1, [[0, 1]], true, exact), { order: 0 }).refusals[0]!.why,
    'cells read their targets to the last digit',
  );
});

test('fitDevice(few cells) refuses all', (t) => {
  const { laws, refusals } = fitOf(simulatedCsv(9, 1), { order: null });
  t.deepEqual(laws, []);
  t.is(refusals[0]?.why, '9 cells are read at the first age (0 s), fewer than 20');
});

test('fitDevice(order) says where states or cells are too few for it', (t) => {
  const two = simulatedCsv(400, 1)
    .split('\n')
    .filter((line, i) => i === 0 || line.startsWith('5,') || line.startsWith('10,'))
    .join('\n');
  t.is(
    t.throws(() => fitOf(two, { order: 3 }))?.message,
    '--order: must be at most 1 for readNoise.std (2 targets and 160 cells), got 3; measure more states or cells',
  );
});
