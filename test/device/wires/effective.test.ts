import test from 'ava';
import { effectiveConductances } from '../../../src/device/wires/effective.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';
import { NO_WIRES, volts, wiredArray } from '../../support/wired-array.ts';

const solver = createWireSolver({ rows: 64, columns: 64 });

for (const [rows, columns] of [
  [12, 20],
  [20, 12],
] as const) {
  test(`effectiveConductances: ${rows} x ${columns}: any product is that of a solve, from as many solves as the shorter side`, (t) => {
    const base = wiredArray(rows, columns, 8e-3);
    const array = { ...base, wires: { ...base.wires, rowTerminalOhm: 30, columnTerminalOhm: 10 } };
    const { conductances, effort } = effectiveConductances(solver, array);
    t.is(effort.solves, 12);
    const voltages = volts(rows);
    const currents = new Float64Array(columns);
    solver.solve({ array, side: 'rows', voltages, currents });
    const largest = currents.reduce((most, current) => Math.max(most, Math.abs(current)), 0);
    currents.forEach((current, j) => {
      const product = voltages.reduce((sum, volt, i) => sum + volt * conductances[i * columns + j]!, 0);
      t.true(Math.abs(product - current) < 1e-8 * largest);
    });
  });
}

test('effectiveConductances: those far from driver and ground lose most', (t) => {
  const array = { ...wiredArray(16, 16, 5e-3), cells: new Float64Array(256).fill(500) };
  const { conductances: g } = effectiveConductances(solver, array);
  // Row 15 is next to the grounds, column 0 next to the drivers.
  t.true(g[15 * 16]! > g[15 * 16 + 15]! && g[15 * 16]! > g[0]!);
  t.true(g[15]! < g[15 * 16 + 15]! && g[15]! < g[0]!);
  t.true(g.every((value) => value > 0 && value < 500));
});

test('effectiveConductances: without resistance the cells themselves, without a solve', (t) => {
  const array = { ...wiredArray(3, 4, 0), wires: NO_WIRES };
  const { conductances, effort } = effectiveConductances(solver, array);
  t.deepEqual(conductances, array.cells);
  t.is(effort.solves, 0);
});
