import test from 'ava';
import { simulateCells } from '../../src/device/simulate.ts';
import { IDEAL, lawsWith, pcmLaws } from '../support/cell-laws.ts';

const CELLS = 400_000;
const G_MAX = 25;

/**
 * Outside reference: aihwkit at 4545f11, PCMLikeNoiseModel with default arguments, g_max 25 uS: analytic, and confirmed
 * there by sampling 400,000 devices each. x, mean and std (uS) of the written conductance after its clamp at zero.
 */
const WRITTEN = [
  [0, 0.105113, 0.153825],
  [0.01, 0.279301, 0.238354],
  [0.02, 0.50618, 0.289446],
  [0.05, 1.250022, 0.358714],
  [0.1, 2.5, 0.448249],
  [0.2, 5, 0.609556],
  [0.25, 6.25, 0.681411],
  [0.5, 12.5, 0.952705],
  [0.75, 18.75, 1.077361],
  [1, 25, 1.05538],
] as const;

/** Seconds, mean and relative spread of the drift factor at g_max, relative std of a read at g_max. */
const AGED = [
  [0, 1, 0, 0.03682],
  [1, 0.99761, 0.00039, 0.03687],
  [60, 0.93438, 0.01109, 0.03825],
  [3600, 0.7758, 0.04161, 0.04193],
  [86_400, 0.66501, 0.06705, 0.04476],
  [604_800, 0.60524, 0.08268, 0.04642],
  [2_592_000, 0.56417, 0.09439, 0.04761],
  [31_536_000, 0.50019, 0.11454, 0.04961],
  [315_360_000, 0.44784, 0.13317, 0.05137],
] as const;

const seen = { cells: CELLS, seed: 1, noiseScale: 1 };

test("simulateCells writes cells with the mean and std of aihwkit's reference table", (t) => {
  const times = [{ seconds: 0, laws: pcmLaws(0) }];
  const { rows } = simulateCells({ ...seen, targetsMicrosiemens: WRITTEN.map(([x]) => x * G_MAX), times });
  const written = rows.filter(({ stage }) => stage === 'written');
  WRITTEN.forEach(([x, mean, std], i) => {
    const row = written[i]!;
    // Standard errors: std/sqrt(n) of a mean, std sqrt((kurtosis - 1)/(4 n)) of a std; the half normal's kurtosis of
    // the clamped cells is below 6. Plus half of the table's last digit.
    t.true(Math.abs(row.mean - mean) < (5 * std) / Math.sqrt(CELLS) + 1e-6, `mean at ${x}: ${row.mean}`);
    t.true(
      Math.abs(row.std - std) < 5 * std * Math.sqrt((6 - 1) / (4 * CELLS)) + 1e-6,
      `std at ${x}: ${row.std}`,
    );
  });
});

test("simulateCells ages cells by the drift factors of aihwkit's reference table", (t) => {
  const times = AGED.map(([seconds]) => ({
    seconds,
    laws: { ...pcmLaws(seconds), writeStd: null, readStd: null },
  }));
  const { rows } = simulateCells({ ...seen, targetsMicrosiemens: [G_MAX], times });
  AGED.forEach(([seconds, mean, spread]) => {
    const row = rows.find((other) => other.stage === 'aged' && other.seconds === seconds)!;
    const factor = row.mean / G_MAX;
    const relative = row.std / row.mean;
    // Standard errors: mean spread/sqrt(n) and spread sqrt((kurtosis - 1)/(4 n)), kurtosis of a log-normal < 3.4.
    t.true(
      Math.abs(factor - mean) < (5 * mean * spread) / Math.sqrt(CELLS) + 6e-6,
      `${seconds} s: ${factor}`,
    );
    t.true(
      Math.abs(relative - spread) < 5 * spread * Math.sqrt(2.4 / (4 * CELLS)) + 6e-6,
      `${seconds} s: ${relative}`,
    );
  });
});

test("simulateCells reads cells with the relative std of aihwkit's reference table", (t) => {
  const times = AGED.map(([seconds]) => ({ seconds, laws: { ...IDEAL, readStd: pcmLaws(seconds).readStd } }));
  const { rows } = simulateCells({ ...seen, targetsMicrosiemens: [G_MAX], times });
  AGED.forEach(([seconds, , , std]) => {
    const row = rows.find((other) => other.stage === 'read' && other.seconds === seconds)!;
    t.true(Math.abs(row.mean - G_MAX) < (5 * std * G_MAX) / Math.sqrt(CELLS), `${seconds} s: ${row.mean}`);
    // Standard error of a normal's std: std/sqrt(2 n).
    t.true(
      Math.abs(row.std / G_MAX - std) < (5 * std) / Math.sqrt(2 * CELLS) + 6e-6,
      `${seconds} s: ${row.std}`,
    );
  });
});

const small = { targetsMicrosiemens: [2, 20], cells: 1000, seed: 3, noiseScale: 1 };
const hourAndDay = [3600, 86_400].map((seconds) => ({ seconds, laws: pcmLaws(seconds) }));

test('simulateCells gives one row a target, time and stage, writing once', (t) => {
  const { rows, readCells } = simulateCells({ ...small, times: hourAndDay });
  t.deepEqual(
    rows.map(({ targetMicrosiemens, seconds, stage }) => [targetMicrosiemens, seconds, stage]),
    [2, 20].flatMap((target) => [
      [target, 0, 'written'],
      [target, 3600, 'aged'],
      [target, 3600, 'read'],
      [target, 86_400, 'aged'],
      [target, 86_400, 'read'],
    ]),
  );
  t.is(readCells.length, 2 * 2 * 1000);
  const last = readCells.subarray(3000);
  t.true(Math.abs(last.reduce((sum, g) => sum + g, 0) / 1000 - rows.at(-1)!.mean) < 1e-5);
});

test('simulateCells draws a target and a time the same, whatever else is asked for', (t) => {
  const all = simulateCells({ ...small, times: hourAndDay });
  const some = simulateCells({ ...small, targetsMicrosiemens: [20], times: hourAndDay.slice(1) });
  t.deepEqual(some.readCells, all.readCells.slice(3000));
  t.deepEqual(some.rows.at(-1), all.rows.at(-1));
});

test('simulateCells keeps each cell its own through time: aged cells keep their order of exponents', (t) => {
  const laws = (seconds: number) => ({ ...pcmLaws(seconds), writeStd: null, readStd: null });
  const times = [3600, 86_400].map((seconds) => ({ seconds, laws: laws(seconds) }));
  const { readCells } = simulateCells({ ...small, targetsMicrosiemens: [20], times });
  for (let i = 0; i < 1000; i++) {
    const exponents = times.map((time, k) => -Math.log(readCells[k * 1000 + i]! / 20) / time.laws.driftLog);
    t.true(Math.abs(exponents[0]! - exponents[1]!) < 1e-6);
  }
});

test('simulateCells without laws gives targets without spread', (t) => {
  const { rows } = simulateCells({ ...small, times: [{ seconds: 0, laws: IDEAL }] });
  for (const row of rows) {
    const { targetMicrosiemens: g } = row;
    t.deepEqual([row.mean, row.std, row.q05, row.q50, row.q95], [g, 0, g, g, g]);
  }
});

test('simulateCells: quantiles are those of a normal where the law is normal', (t) => {
  const times = [{ seconds: 0, laws: lawsWith(['writeStd']) }];
  const row = simulateCells({ ...seen, targetsMicrosiemens: [12.5], times }).rows[0]!;
  // Standard error of a quantile: sqrt(p (1 - p)/n)/density; 1.6449 and 0.1031 are the normal's at 0.95.
  const error = (5 * row.std * Math.sqrt(0.05 * 0.95)) / (0.1031 * Math.sqrt(CELLS));
  t.true(Math.abs(row.q95 - (12.5 + 1.6449 * 0.952705)) < error);
  t.true(Math.abs(row.q05 - (12.5 - 1.6449 * 0.952705)) < error);
  t.true(Math.abs(row.q50 - 12.5) < error);
});

test('simulateCells refuses jobs that it cannot do', (t) => {
  const times = [{ seconds: 0, laws: IDEAL }];
  const refused = [
    [{ ...small, times: [] }, 'simulateCells: there must be a target and a time, got 2 and 0; name one'],
    [
      { ...small, targetsMicrosiemens: [-1], times },
      'simulateCells: a target must lie within 0 to 100 uS (four times gMax), got -1; choose another',
    ],
    [
      { ...small, cells: 0, times },
      'simulateCells: cells must be an integer >= 1, at most 268435456 with all targets and times, got 0; choose another',
    ],
  ] as const;
  for (const [job, message] of refused)
    t.throws(() => simulateCells(job), { instanceOf: RangeError, message });
});

test('simulateCells sticks cells at the rates of all patterns together, and reads them', (t) => {
  const none = { stuckLow: 0, stuckHigh: 0, stuckRandom: 0 };
  const faults = {
    failures: null,
    cells: { ...none, stuckHigh: 0.1 },
    clusters: { ...none, rows: 2, columns: 2 },
    columns: none,
    rows: { ...none, stuckLow: 0.2 },
  };
  const times = [3600, 31_536_000].map((seconds) => ({ seconds, laws: pcmLaws(seconds) }));
  const job = { ...seen, targetsMicrosiemens: [12.5], times, faults };
  const { rows } = simulateCells(job);
  const [written, hour, , year] = rows;
  // Written cells are normal about 12.5 with std 0.95; a share of 0.2 holds 0 uS, 0.8 x 0.1 of them 25 uS.
  const mean = 0.72 * 12.5 + 0.08 * G_MAX;
  const variance = 0.72 * (12.5 ** 2 + 0.952705 ** 2) + 0.08 * G_MAX ** 2 - mean ** 2;
  t.true(Math.abs(written!.mean - mean) < 5 * Math.sqrt(variance / CELLS), `${written!.mean}`);
  t.is(written!.q05, 0);
  t.is(written!.q95, G_MAX);
  for (const aged of [hour!, year!]) {
    t.is(aged.stage, 'aged');
    t.is(aged.q95, G_MAX, 'stuck cells do not drift');
  }
  t.true(rows[2]!.q95 !== G_MAX, 'but are read');
});

test('simulateCells varies cells by all levels together', (t) => {
  const times = [{ seconds: 0, laws: IDEAL }];
  const variation = { wafer: 0, chip: 0.02, column: 0.03, cell: 0.06 };
  const { rows } = simulateCells({ ...seen, targetsMicrosiemens: [20], times, variation });
  // The spread is 20 uS sqrt(0.02^2 + 0.03^2 + 0.06^2) = 1.4 uS; standard errors std/sqrt(n) and std/sqrt(2 n).
  t.true(Math.abs(rows[0]!.mean - 20) < (5 * 1.4) / Math.sqrt(CELLS));
  t.true(Math.abs(rows[0]!.std - 1.4) < (5 * 1.4) / Math.sqrt(2 * CELLS), `${rows[0]!.std}`);
});
