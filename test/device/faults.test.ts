import test from 'ava';
import {
  type CellGrid,
  lowerBound,
  singleCellFaults,
  stickCells,
  stuckCells,
} from '../../src/device/faults.ts';
import type { FaultRates, Faults } from '../../src/profile/profile.ts';

const NONE: FaultRates = { stuckLow: 0, stuckHigh: 0, stuckRandom: 0 };
const LIMITS = { gMinMicrosiemens: 2, gMaxMicrosiemens: 26 };

function faults(some: Partial<Faults>): Faults {
  const clusters = { ...NONE, rows: 1, columns: 1 };
  return { failures: null, cells: NONE, clusters, columns: NONE, rows: NONE, ...some };
}

/** 1000 x 500 cells on tiles of 250 x 125. */
const GRID: CellGrid = {
  rows: 1000,
  columns: 500,
  rowRanges: [0, 250, 500, 750].map((from) => [from, from + 250] as const),
  columnRanges: [0, 125, 250, 375].map((from) => [from, from + 125] as const),
};
const CELLS = GRID.rows * GRID.columns;

const draw = (some: Partial<Faults>, seed = 1, cell = 'plus', grid = GRID) =>
  stuckCells(faults(some), LIMITS, seed, 'layer', cell, grid);

/** A count of n draws at rate p lies within five standard errors, sqrt(n p (1 - p)). */
function near(count: number, n: number, p: number): boolean {
  return Math.abs(count - n * p) <= 5 * Math.sqrt(n * p * (1 - p));
}

test('stuckCells: a rate that float64 cannot tell from none sticks no cell', (t) => {
  t.is(draw({ cells: { ...NONE, stuckLow: 1e-300 }, columns: { ...NONE, stuckHigh: 1e-17 } }), null);
});

test('stuckCells: each kind has its rate, within binomial bounds, also where one or both are zero', (t) => {
  for (const [stuckLow, stuckHigh, stuckRandom] of [
    [0.01, 0.01, 0.01],
    [0.09, 0.0175, 0],
    [0.01, 0, 0],
    [0, 0.001, 0],
    [0, 0, 0.2],
    [0.5, 0.3, 0.2],
  ] as const) {
    const stuck = draw({ cells: { stuckLow, stuckHigh, stuckRandom } })!;
    const held = [...stuck.conductances];
    const low = held.filter((g) => g === 2).length;
    const high = held.filter((g) => g === 26).length;
    t.true(near(low, CELLS, stuckLow), `low ${low}`);
    t.true(near(high, CELLS, stuckHigh), `high ${high}`);
    t.true(near(held.length - low - high, CELLS, stuckRandom), `random ${held.length - low - high}`);
    t.true(stuck.positions.every((at, i) => i === 0 || at > stuck.positions[i - 1]!));
    t.true(stuck.positions.at(-1)! < CELLS);
  }
});

test('stuckCells: positions are uniform, distances geometric', (t) => {
  const { positions } = draw({ cells: { ...NONE, stuckLow: 0.02 } })!;
  const n = positions.length;
  // A mean position has standard error cells/sqrt(12 n).
  const mean = positions.reduce((sum, at) => sum + at, 0) / n;
  t.true(Math.abs(mean - CELLS / 2) < (5 * CELLS) / Math.sqrt(12 * n));
  // P(distance = 1) = p.
  const neighbours = positions.filter((at, i) => i > 0 && at === positions[i - 1]! + 1).length;
  t.true(near(neighbours, n, 0.02), `${neighbours}`);
});

test('stuckCells: conductances stuck at random are uniform from gMin to gMax', (t) => {
  const { conductances } = draw({ cells: { ...NONE, stuckRandom: 0.1 } })!;
  const n = conductances.length;
  const mean = conductances.reduce((sum, g) => sum + g, 0) / n;
  // A uniform's variance is 24^2/12; the variance of its square deviation is 24^4/180.
  t.true(Math.abs(mean - 14) < (5 * 24) / Math.sqrt(12 * n));
  const variance = conductances.reduce((sum, g) => sum + (g - 14) ** 2, 0) / n;
  t.true(Math.abs(variance - 48) < (5 * 576) / Math.sqrt(180 * n));
  t.true(conductances.every((g) => g >= 2 && g <= 26));
});

test('stuckCells: a row is that of one tile, a column too, and all their cells are stuck alike', (t) => {
  const rows = draw({ rows: { ...NONE, stuckLow: 0.05 } })!;
  const starts = [...rows.positions].filter((at) => at % 125 === 0);
  t.is(rows.positions.length, 125 * starts.length);
  t.true(near(starts.length, 4000, 0.05), `${starts.length} of 4000 rows`);
  const inRows = new Set(rows.positions);
  for (const at of starts) for (let i = 0; i < 125; i++) t.true(inRows.has(at + i));
  const columns = draw({ columns: { ...NONE, stuckHigh: 0.05 } })!;
  const tops = [...columns.positions].filter((at) => Math.floor(at / 500) % 250 === 0);
  t.is(columns.positions.length, 250 * tops.length);
  t.true(near(tops.length, 2000, 0.05), `${tops.length} of 2000 columns`);
  const inColumns = new Set(columns.positions);
  for (const at of tops) for (let i = 0; i < 250; i++) t.true(inColumns.has(at + 500 * i));
});

test('stuckCells: clusters are blocks of a tile, cut at its last rows and columns', (t) => {
  const clusters = { ...NONE, stuckLow: 0.1, rows: 4, columns: 8 };
  const stuck = draw({ clusters })!;
  const blocks = new Map<string, number>();
  for (const at of stuck.positions) {
    const [row, column] = [Math.floor(at / 500), at % 500];
    const key = [row - (row % 250), column - (column % 125), (row % 250) >> 2, (column % 125) >> 3].join();
    blocks.set(key, (blocks.get(key) ?? 0) + 1);
  }
  // 63 x 16 blocks a tile: the last has 2 rows, the last in a row 5 columns.
  t.true(near(blocks.size, 16 * 63 * 16, 0.1), `${blocks.size}`);
  for (const [key, count] of blocks) {
    const [, , down, across] = key.split(',').map(Number);
    t.is(count, (down === 62 ? 2 : 4) * (across === 15 ? 5 : 8), key);
  }
});

test('stuckCells: where patterns meet, rows rule over columns, clusters and cells', (t) => {
  const all = { ...NONE, stuckHigh: 1 };
  const some = { ...NONE, stuckLow: 0.1 };
  const { positions, conductances } = draw({ cells: all, rows: some })!;
  t.is(positions.length, CELLS);
  const low = draw({ rows: some })!;
  const inRows = new Set(low.positions);
  positions.forEach((at, i) => {
    if (conductances[i] !== (inRows.has(at) ? 2 : 26)) t.fail(`cell ${at}`);
  });
  const last = (patterns: Partial<Faults>) => new Set(draw(patterns)!.conductances);
  t.deepEqual(last({ cells: all, clusters: { ...NONE, stuckLow: 1, rows: 3, columns: 3 } }), new Set([2]));
  t.deepEqual(last({ columns: all, clusters: { ...NONE, stuckLow: 1, rows: 3, columns: 3 } }), new Set([26]));
  t.deepEqual(last({ columns: all, rows: { ...NONE, stuckLow: 1 } }), new Set([2]));
});

test('stuckCells: of cells that fail in use the share by now has failed, and they stay so', (t) => {
  const at = (stuckLow: number, stuckHigh: number, some: Partial<Faults> = {}) =>
    draw({ failures: { stuckLow, stuckHigh, stuckRandom: 0, most: 0.4 }, ...some });
  t.is(at(0, 0), null);
  const ages = [0.001, 0.03, 0.2, 0.4].map((share) => at(0.75 * share, 0.25 * share)!);
  ages.forEach(({ positions, conductances }, age) => {
    const share = [0.001, 0.03, 0.2, 0.4][age]!;
    t.true(near(positions.length, CELLS, share), `${positions.length} at ${share}`);
    const high = conductances.filter((g) => g === 26).length;
    t.true(near(high, positions.length, 0.25), `${high} of ${positions.length} at ${share}`);
    // Where the kinds keep their proportion each cell keeps what it is stuck at.
    const before = ages[age - 1];
    const held = new Map([...positions].map((position, i) => [position, conductances[i]]));
    before?.positions.forEach((position, i) => {
      if (held.get(position) !== before.conductances[i]) t.fail(`cell ${position} at ${share}`);
    });
  });
  // Cells that were stuck from the start do not fail again.
  const { conductances } = at(0.4, 0, { cells: { ...NONE, stuckHigh: 1 } })!;
  t.true(conductances.every((g) => g === 26));
});

test('stuckCells: the same chip has the same cells; chips, layers and kinds have their own', (t) => {
  const cells = { ...NONE, stuckLow: 0.01, stuckRandom: 0.01 };
  t.deepEqual(draw({ cells }), draw({ cells }));
  t.notDeepEqual(draw({ cells })!.positions, draw({ cells }, 2)!.positions);
  t.notDeepEqual(draw({ cells })!.positions, draw({ cells }, 1, 'minus')!.positions);
  // Single cells do not depend on tiles.
  const whole = { ...GRID, rowRanges: [[0, 1000]] as const, columnRanges: [[0, 500]] as const };
  t.deepEqual(draw({ cells }, 1, 'plus', whole), draw({ cells }));
});

test('stuckCells: null where nothing is stuck; too large a layer is refused', (t) => {
  t.is(draw({}), null);
  t.throws(() => draw({}, 1, 'plus', { ...GRID, rows: 2 ** 31 }), {
    message: `stuckCells: a layer must have at most 2^32 cells, got ${2 ** 31 * 500}; split it`,
  });
});

test('stickCells(cells, stuck, first) sets those within a part of the layer', (t) => {
  const stuck = { positions: Uint32Array.of(1, 4, 9), conductances: Float32Array.of(10, 40, 90) };
  const part = new Float32Array(5);
  stickCells(part, stuck, 4);
  t.deepEqual([...part], [40, 0, 0, 0, 0]);
  stickCells(part, stuck, 5);
  t.deepEqual([...part], [40, 0, 0, 0, 90]);
  t.deepEqual(
    [0, 1, 2, 4, 9, 10].map((at) => lowerBound(stuck.positions, at)),
    [0, 0, 1, 1, 2, 3],
  );
});

test('singleCellFaults: the share of cells in arrays, whatever the patterns', (t) => {
  const some = {
    cells: { stuckLow: 0.1, stuckHigh: 0.05, stuckRandom: 0.02 },
    columns: { stuckLow: 0.2, stuckHigh: 0.1, stuckRandom: 0 },
    rows: { ...NONE, stuckRandom: 0.25 },
  };
  const { cells, columns, rows } = singleCellFaults(faults(some));
  t.true(Math.abs(cells.stuckLow - (0.1 * 0.7 + 0.2) * 0.75) < 1e-15);
  t.true(Math.abs(cells.stuckHigh - (0.05 * 0.7 + 0.1) * 0.75) < 1e-15);
  t.true(Math.abs(cells.stuckRandom - (0.02 * 0.7 * 0.75 + 0.25)) < 1e-15);
  t.deepEqual([columns, rows], [NONE, NONE]);
});
