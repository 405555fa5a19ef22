import test from 'ava';
import type { WiredArray, WireResistances } from '../../../src/device/wires/circuit.ts';
import { createArrayReducer } from '../../../src/device/wires/effective.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';
import { denseNodal } from '../../support/dense-nodal.ts';
import { starMesh } from '../../support/star-mesh.ts';
import { NO_WIRES, volts, wiredArray } from '../../support/wired-array.ts';

const reducer = createArrayReducer();

/** The largest difference, relative to the largest value. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, largest] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return most / largest;
}

/** The largest difference of a number, relative to itself. */
function apartEach(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(b, (value, at) => Math.abs(a[at]! - value) / value).reduce((x, y) => Math.max(x, y), 0);
}

/** v G. */
function product(voltages: Float64Array, g: Float64Array, columns: number): Float64Array {
  const out = new Float64Array(columns);
  g.forEach((value, at) => {
    out[at % columns]! += voltages[Math.floor(at / columns)]! * value;
  });
  return out;
}

const withWires = (array: WiredArray, change: Partial<WireResistances>): WiredArray => ({
  ...array,
  wires: { ...array.wires, ...change },
});

/** What is changed of wires of one resistance. */
const TOPOLOGIES: Readonly<Record<string, Partial<WireResistances>>> = {
  'driven at one end': {},
  'driven at both ends': { driver: 'both-ends' },
  'with terminals': { rowTerminalOhm: 80, columnTerminalOhm: 35 },
  'with terminals at both ends': { rowTerminalOhm: 80, columnTerminalOhm: 35, driver: 'both-ends' },
  'of unlike segments': { rowSegmentOhm: 0.7, columnSegmentOhm: 6 },
};

for (const [name, change] of Object.entries(TOPOLOGIES)) {
  test(`reduce: ${name}: each conductance is that of the star-mesh transform within 1e-13 of itself`, (t) => {
    for (const [rows, columns] of [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [3, 5],
      [5, 3],
      [9, 14],
      [16, 7],
      [1, 33],
      [33, 1],
    ] as const) {
      const array = withWires(wiredArray(rows, columns, 2e-3), change);
      const { conductances } = reducer.reduce(array);
      t.true(apartEach(conductances, starMesh(array)) < 1e-13, `${rows} x ${columns}`);
    }
  });

  test(`reduce: ${name}, 64 x 64: the currents of a direct nodal solve within 1e-8`, (t) => {
    const array = withWires(wiredArray(64, 64, 2e-3), change);
    const drivers = volts(64);
    const { out } = denseNodal(array, [...drivers], new Array<number>(64).fill(0));
    t.true(apart(product(drivers, reducer.reduce(array).conductances, 64), out) < 1e-8);
  });
}

test('reduce: digits are kept whatever the resistances, cells of 0 included', (t) => {
  for (const ratio of [1e-12, 1e-6, 1, 1e3]) {
    const array = wiredArray(10, 12, ratio);
    array.cells.fill(0, 30, 44);
    const { conductances } = reducer.reduce(array);
    t.true(conductances.every((g) => g > 0));
    t.true(apartEach(conductances, starMesh(array)) < 1e-13, `${ratio}`);
  }
});

test('reduce: 512 x 512, Rp/Rmin of 1e-6 and 1: the currents of a solve within 1e-8', (t) => {
  const solver = createWireSolver({ rows: 512, columns: 512 });
  for (const ratio of [1e-6, 1]) {
    const array = wiredArray(512, 512, ratio);
    const voltages = volts(512).map(Math.abs);
    const currents = new Float64Array(512);
    solver.solve({ array, side: 'rows', voltages, currents });
    const { conductances } = reducer.reduce(array);
    t.true(apart(product(voltages, conductances, 512), currents) < 1e-8, `${ratio}`);
  }
});

for (const [name, wires] of Object.entries({
  'row wires without resistance': { rowSegmentOhm: 0 },
  'column wires without resistance': { columnSegmentOhm: 0 },
  'terminals alone': { rowSegmentOhm: 0, columnSegmentOhm: 0, rowTerminalOhm: 9, columnTerminalOhm: 4 },
  'one terminal alone, both ends': {
    rowSegmentOhm: 0,
    columnSegmentOhm: 0,
    columnTerminalOhm: 4,
    driver: 'both-ends',
  },
} as const)) {
  test(`reduce: ${name}: the currents of a solve, which takes 0 ohm as a number`, (t) => {
    const array = withWires(wiredArray(24, 17, 3e-3), wires);
    const voltages = volts(24);
    const currents = new Float64Array(17);
    const solver = createWireSolver({ rows: 24, columns: 17 });
    solver.solve({ array, side: 'rows', voltages, currents, tolerance: 1e-14 });
    t.true(apart(product(voltages, reducer.reduce(array).conductances, 17), currents) < 1e-12);
  });
}

test('reduce: a transposed array, driven at its columns, has the transposed conductances', (t) => {
  const array = withWires(wiredArray(11, 6, 5e-3), { rowTerminalOhm: 20 });
  // Rows are counted from the driver, columns from the far end: turned over, each wire keeps its place.
  const turned = {
    rows: 6,
    columns: 11,
    cells: Float64Array.from(
      { length: 66 },
      (_, at) => array.cells[(10 - (at % 11)) * 6 + (5 - Math.floor(at / 11))]!,
    ),
    wires: { ...array.wires, rowTerminalOhm: 0, columnTerminalOhm: 20 },
  };
  const [g, other] = [reducer.reduce(array).conductances, reducer.reduce(turned).conductances];
  const expected = Array.from(
    { length: 66 },
    (_, at) => g[(10 - (at % 11)) * 6 + (5 - Math.floor(at / 11))]!,
  );
  t.true(apartEach(other, expected) < 1e-13);
});

test('reduce: those far from driver and ground lose most', (t) => {
  const array = { ...wiredArray(16, 16, 5e-3), cells: new Float64Array(256).fill(500) };
  const { conductances: g } = reducer.reduce(array);
  // Row 15 is next to the grounds, column 0 next to the drivers.
  t.true(g[15 * 16]! > g[15 * 16 + 15]! && g[15 * 16]! > g[0]!);
  t.true(g[15]! < g[15 * 16 + 15]! && g[15]! < g[0]!);
  t.true(g.every((value) => value > 0 && value < 500));
});

test('reduce: the same bits whatever was asked for before', (t) => {
  const array = withWires(wiredArray(13, 21, 2e-3), { driver: 'both-ends' });
  const first = createArrayReducer().reduce(array);
  reducer.reduce(wiredArray(40, 30, 1));
  t.deepEqual(reducer.reduce(array), first);
  t.deepEqual(reducer.reduce({ ...array, cells: Float32Array.from(array.cells) }).flops, first.flops);
});

test('reduce: without resistance the cells themselves, without an operation; cells of 0 alone conduct nothing', (t) => {
  const array = { ...wiredArray(3, 4, 0), wires: NO_WIRES };
  t.deepEqual(reducer.reduce(array), { conductances: Float64Array.from(array.cells), flops: 0 });
  const empty = { ...wiredArray(3, 4, 1), cells: new Float64Array(12) };
  t.deepEqual(reducer.reduce(empty).conductances, new Float64Array(12));
});

test('reduce: numbers at the ends of float64 give no current rather than none at all', (t) => {
  for (const rowSegmentOhm of [1e-300, 1e308]) {
    const array = withWires(wiredArray(5, 6, 1e-3), { rowSegmentOhm });
    const large = { ...array, cells: array.cells.map((g) => g * 1e290) };
    for (const { cells, ...rest } of [array, large]) {
      const { conductances } = reducer.reduce({ ...rest, cells });
      t.true(
        conductances.every((g) => g >= 0 && Number.isFinite(g)),
        `${rowSegmentOhm}`,
      );
    }
  }
});

test('reduce: says what it must have', (t) => {
  const array = wiredArray(2, 3, 1e-2);
  t.throws(() => reducer.reduce({ ...array, cells: new Float64Array(5) }), {
    instanceOf: RangeError,
    message: 'reduce: cells must be [2, 3], got 5 numbers; cut it to fit',
  });
  t.throws(() => reducer.reduce(withWires(array, { rowTerminalOhm: Number.NaN })), {
    instanceOf: RangeError,
    message: 'reduce: rowTerminalOhm must be a finite resistance >= 0, got NaN; 0 is no wire',
  });
});
