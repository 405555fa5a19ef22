import test from 'ava';
import { EngineError } from '../../../src/core/errors.ts';
import type { WiredArray, WireResistances } from '../../../src/device/wires/circuit.ts';
import { plainWires } from '../../../src/device/wires/plain.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';
import { denseNodal } from '../../support/dense-nodal.ts';
import { NO_WIRES, volts, wiredArray } from '../../support/wired-array.ts';

const kernel = createWireSolver({ rows: 512, columns: 512 });

function currentsOf(
  solver: typeof kernel,
  array: WiredArray,
  voltages: Float64Array,
  side: 'rows' | 'columns' = 'rows',
  tolerance = 1e-10,
) {
  const { rows, columns } = array;
  const batch = voltages.length / (side === 'rows' ? rows : columns);
  const currents = new Float64Array(batch * (side === 'rows' ? columns : rows));
  const effort = solver.solve({ array, side, voltages, currents, tolerance });
  return { currents, effort };
}

/** The largest difference, relative to the largest value. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return most / largest;
}

/** Name, what is changed of wires of one resistance. */
const TOPOLOGIES: readonly [string, Partial<WireResistances>][] = [
  ['driven at one end', {}],
  ['driven at both ends', { driver: 'both-ends' }],
  ['with terminals', { rowTerminalOhm: 80, columnTerminalOhm: 35 }],
  ['with terminals at both ends', { rowTerminalOhm: 80, columnTerminalOhm: 35, driver: 'both-ends' }],
  ['of unlike segments', { rowSegmentOhm: 0.7, columnSegmentOhm: 6 }],
];

for (const [name, change] of TOPOLOGIES) {
  for (const [rows, columns] of [
    [16, 16],
    [64, 64],
    [5, 9],
    [1, 1],
  ] as const) {
    test(`solve: ${rows} x ${columns} ${name}: the currents of a direct nodal solve within 1e-8`, (t) => {
      const plain = wiredArray(rows, columns, 2e-3);
      const array = { ...plain, wires: { ...plain.wires, ...change } };
      const drivers = volts(rows);
      const grounds = volts(columns, 3);
      const forward = denseNodal(array, [...drivers], new Array<number>(columns).fill(0));
      const back = denseNodal(array, new Array<number>(rows).fill(0), [...grounds]);
      t.true(apart(currentsOf(kernel, array, drivers).currents, forward.out) < 1e-8);
      t.true(apart(currentsOf(kernel, array, grounds, 'columns').currents, back.into) < 1e-8);
    });
  }
}

test('solve: a 2 x 2 array by hand: the terminal stands once in front of every row', (t) => {
  // Each row: 400 + 100 ohm to the first cell (1100 ohm), 100 ohm on to the second (1000 ohm): 500 + 1100/2 = 1050 ohm.
  // 1.05 V drive 1 mA into it, half through each cell; 2.1 V on the other row twice as much.
  const cells = Float64Array.of(1e6 / 1100, 1000, 1e6 / 1100, 1000);
  const wires = { ...NO_WIRES, rowSegmentOhm: 100, rowTerminalOhm: 400 };
  const array = { rows: 2, columns: 2, cells, wires };
  const voltages = Float64Array.of(1.05, 0, 0, 1.05, 1.05, 2.1);
  const expected = [500, 500, 500, 500, 1500, 1500];
  t.true(apart(currentsOf(kernel, array, voltages).currents, expected) < 1e-14);
});

test('solve: a 2 x 2 array by hand: the terminal stands once at the end of every column', (t) => {
  // The same on its side: from the ground, 400 + 100 ohm to the last cell, 100 ohm on to the first. With both rows
  // at 1.05 V each column takes 1 mA.
  const cells = Float64Array.of(1000, 1000, 1e6 / 1100, 1e6 / 1100);
  const wires = { ...NO_WIRES, columnSegmentOhm: 100, columnTerminalOhm: 400 };
  const { currents } = currentsOf(kernel, { rows: 2, columns: 2, cells, wires }, Float64Array.of(1.05, 1.05));
  t.true(apart(currents, [1000, 1000]) < 1e-14);
});

test('solve: a row driven at both ends takes its current from both', (t) => {
  // Two equal cells of 1000 ohm between two drivers of 1 V behind 100 ohm: by symmetry nothing flows between them.
  const wires = { ...NO_WIRES, rowSegmentOhm: 100, driver: 'both-ends' } as const;
  const array = { rows: 1, columns: 2, cells: Float64Array.of(1000, 1000), wires };
  t.true(apart(currentsOf(kernel, array, Float64Array.of(1)).currents, [1e6 / 1100, 1e6 / 1100]) < 1e-14);
});

test('solve: without resistance the plain product, whatever the driver', (t) => {
  for (const driver of ['one-end', 'both-ends'] as const) {
    const array = { ...wiredArray(20, 30, 0), wires: { ...NO_WIRES, driver } };
    const voltages = volts(20);
    const expected = Array.from({ length: 30 }, (_, j) =>
      voltages.reduce((sum, volt, i) => sum + volt * array.cells[i * 30 + j]!, 0),
    );
    const { currents, effort } = currentsOf(kernel, array, voltages);
    t.true(apart(currents, expected) < 1e-15);
    t.is(effort.iterations, 0);
  }
});

test('solve: wires that vanish bring the plain product, in proportion', (t) => {
  const exact = currentsOf(kernel, wiredArray(20, 30, 0), volts(20)).currents;
  const off = (ratio: number) =>
    apart(currentsOf(kernel, wiredArray(20, 30, ratio), volts(20)).currents, exact);
  t.true(off(1e-9) < 1e-6);
  t.true(Math.abs(off(1e-7) / off(1e-9) / 100 - 1) < 0.01);
});

test('solve: superposition to 1e-12', (t) => {
  const array = wiredArray(40, 24, 3e-3);
  const [a, b] = [volts(40, 5), volts(40, 6)];
  const sum = a.map((volt, i) => 2 * volt - 0.5 * b[i]!);
  const of = (voltages: Float64Array) => currentsOf(kernel, array, voltages, 'rows', 1e-14).currents;
  const [fromA, fromB] = [of(a), of(b)];
  t.true(
    apart(
      of(sum),
      fromA.map((current, j) => 2 * current - 0.5 * fromB[j]!),
    ) < 1e-12,
  );
});

test('solve: columns drive what rows measure: the transposed product', (t) => {
  const array = { ...wiredArray(9, 14, 5e-3) };
  const x = volts(9);
  const y = volts(14, 8);
  const forward = currentsOf(kernel, array, x, 'rows', 1e-13).currents;
  const back = currentsOf(kernel, array, y, 'columns', 1e-13).currents;
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  t.true(Math.abs(dot(forward, y) / dot(x, back) - 1) < 1e-11);
});

for (const [rows, columns] of [
  [1, 1],
  [7, 5],
  [6, 11],
  [64, 33],
] as const) {
  test(`solve: ${rows} x ${columns}: the kernel gives the bits of its plain twin, in any batch`, (t) => {
    for (const driver of ['one-end', 'both-ends'] as const) {
      const base = wiredArray(rows, columns, 4e-3);
      const array = { ...base, wires: { ...base.wires, rowTerminalOhm: 12, columnTerminalOhm: 7, driver } };
      for (const [side, count] of [
        ['rows', rows],
        ['columns', columns],
      ] as const) {
        const voltages = volts(3 * count);
        // The second of the three converges at once, the others do not.
        voltages.fill(0, count, 2 * count);
        const plain = currentsOf(plainWires, array, voltages, side);
        t.deepEqual(currentsOf(kernel, array, voltages, side), plain);
        const alone = currentsOf(kernel, array, voltages.slice(2 * count), side).currents;
        t.deepEqual(alone, plain.currents.slice(plain.currents.length * (2 / 3)));
      }
    }
  });
}

// Half of what conjugate gradients take on all nodes with the same ladders as preconditioner: 5, 9, 18 for 64 x 64, 6, 12, 28
// for 128 x 128, 8, 17, 48 for 256 x 256 at Rp/Rmin of 1e-4, 1e-3, 1e-2 and a residual of 1e-8.
for (const [size, counts] of [
  [64, [5, 9, 18]],
  [128, [6, 12, 28]],
  [256, [8, 17, 48]],
] as const) {
  test(`solve: ${size} x ${size} takes few iterations`, (t) => {
    [1e-4, 1e-3, 1e-2].forEach((ratio, at) => {
      const { effort } = currentsOf(kernel, wiredArray(size, size, ratio), volts(size), 'rows', 1e-8);
      t.true(effort.iterations >= counts[at]! / 2 - 1, `${effort.iterations} at ${ratio}`);
      t.true(effort.iterations <= counts[at]!, `${effort.iterations} at ${ratio}`);
    });
  });
}

test('solve: never diverges: Rp/Rmin of 1e-6 to 1, cells of 0, up to 512 x 512', (t) => {
  for (const [size, ratio, most] of [
    [16, 1e-6, 3],
    [64, 1, 100],
    [256, 0.1, 120],
    [512, 1e-6, 4],
    [512, 1e-2, 80],
  ] as const) {
    const array = wiredArray(size, size, ratio);
    array.cells.fill(0, 0, 3 * size);
    const { currents, effort } = currentsOf(kernel, array, volts(size).map(Math.abs));
    t.true(effort.iterations <= most, `${size}, ${ratio}: ${effort.iterations}`);
    t.true(currents.every((current) => current > 0 && Number.isFinite(current)));
  }
});

test('solve: cells of 0, voltages of 0: no current', (t) => {
  const array = wiredArray(4, 4, 1e-2);
  t.deepEqual(currentsOf(kernel, array, new Float64Array(4)).currents, new Float64Array(4));
  const empty = { ...array, cells: new Float64Array(16) };
  t.deepEqual(currentsOf(kernel, empty, volts(4)).currents, new Float64Array(4));
});

test('solve: says what it must have', (t) => {
  const array = wiredArray(2, 3, 1e-2);
  const says = (change: Partial<WiredArray>, message: string, voltages = volts(2)) => {
    for (const solver of [kernel, plainWires]) {
      const job = { array: { ...array, ...change }, side: 'rows', voltages } as const;
      t.throws(() => solver.solve({ ...job, currents: new Float64Array(3) }), {
        instanceOf: RangeError,
        message,
      });
    }
  };
  says({ rows: 0 }, 'solve: the rows must be an integer >= 1, got 0; count the wires');
  says({ cells: new Float64Array(5) }, 'solve: cells must be [2, 3], got 5 numbers; cut it to fit');
  says(
    { cells: Float64Array.of(1, 1, 1, 1, -2, 1) },
    'solve: a cell must be a finite conductance >= 0, got -2 uS at row 1, column 1; mend it',
  );
  says(
    { wires: { ...NO_WIRES, columnTerminalOhm: -1 } },
    'solve: columnTerminalOhm must be a finite resistance >= 0, got -1; 0 is no wire',
  );
  says({}, 'solve: voltages must be [B, 2], got 3 numbers; give one a row', volts(3));
  says({}, 'solve: currents must be [2, 3], got 3 numbers; cut it to fit', volts(4));
  says({}, 'solve: voltages must be finite, got NaN at 1; mend it', Float64Array.of(1, Number.NaN));
  const job = { array, side: 'rows', voltages: volts(2), currents: new Float64Array(3) } as const;
  t.throws(() => kernel.solve({ ...job, tolerance: 0 }), {
    message: 'solve: the tolerance must be from 1e-14 to less than 1, got 0; try 1e-8',
  });
  t.throws(
    () => createWireSolver({ rows: 2, columns: 2 }).solve({ ...job, array: wiredArray(900, 900, 0) }),
    {
      instanceOf: RangeError,
    },
  );
});

test('solve: what leaves the numbers is an error, never a wrong answer', (t) => {
  const array = wiredArray(8, 8, 1e-2);
  for (const solver of [kernel, plainWires]) {
    const job = { array, side: 'rows', voltages: new Float64Array(8).fill(1e200) } as const;
    t.throws(() => solver.solve({ ...job, currents: new Float64Array(8) }), {
      instanceOf: EngineError,
      message:
        'solve: the currents through an array of 8 x 8 cells must be found to the tolerance, got a relative residual of Infinity after 0 iterations; ask for less or check the resistances',
    });
  }
});

/** Cells of 2 kohm and more behind rows of 10 kohm a segment; columns without segments above a terminal of 10 kohm. */
function farFromIdeal(columnSegmentOhm: number): WiredArray {
  const cells = Float64Array.from({ length: 12 * 80 }, (_, k) => 0.5 + 499.5 * ((k * 0.6180339887) % 1) ** 4);
  const wires = { ...NO_WIRES, rowSegmentOhm: 10_000, columnSegmentOhm, columnTerminalOhm: 10_000 };
  return { rows: 12, columns: 80, cells, wires };
}

test('solve: columns without segments are the limit of short ones, however much the wires take', (t) => {
  for (const [side, count] of [
    ['rows', 12],
    ['columns', 80],
  ] as const) {
    const voltages = volts(2 * count);
    const plain = currentsOf(plainWires, farFromIdeal(0), voltages, side);
    t.deepEqual(currentsOf(kernel, farFromIdeal(0), voltages, side), plain);
    const limit = currentsOf(kernel, farFromIdeal(1e-6), voltages, side).currents;
    t.true(apart(plain.currents, limit) < 1e-8, `${side}: ${apart(plain.currents, limit)}`);
    t.true(plain.effort.mostIterations <= 80, `${side}: ${plain.effort.mostIterations}`);
  }
});

test('solve: wires that take all but nothing: where the tolerance is not met, both twins say so', (t) => {
  const plain = wiredArray(33, 40, 1e6);
  const array = { ...plain, wires: { ...plain.wires, columnTerminalOhm: 10_000 } };
  const voltages = new Float64Array(33);
  voltages[12] = 1;
  for (const solver of [kernel, plainWires]) {
    t.throws(() => currentsOf(solver, array, voltages, 'rows', 1e-14), {
      instanceOf: EngineError,
      message: /must be found to the tolerance, got a relative residual of \d/,
    });
  }
});
