import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/core/paths.ts';
import type { WireResistances } from '../../../src/device/wires/circuit.ts';
import { createArrayReducer } from '../../../src/device/wires/effective.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';

interface Fixture {
  readonly cases: readonly (WireResistances & {
    readonly rows: number;
    readonly columns: number;
    readonly currentsMicroamperes: readonly number[];
  })[];
}

/** Made by test/fixtures/wires-scipy.py with SciPy's sparse direct solver; versions and command in there. */
const { cases } = JSON.parse(
  readFileSync(join(packageRoot(), 'test', 'fixtures', 'wires-scipy.json'), 'utf8'),
) as Fixture;

const PHI = (Math.sqrt(5) - 1) / 2;
const solver = createWireSolver({ rows: 256, columns: 256 });
const reducer = createArrayReducer();

for (const { rows, columns, currentsMicroamperes, ...wires } of cases) {
  const { rowSegmentOhm: ohm, rowTerminalOhm: terminal, driver } = wires;
  test(`solve, reduce: ${rows} x ${columns}, ${ohm} ohm a cell, terminals of ${terminal}, ${driver}: SciPy's currents within 1e-8`, (t) => {
    const cells = Float64Array.from({ length: rows * columns }, (_, at) =>
      (at + 1) % 7 === 0 ? 0 : 1000 * (((at + 1) * PHI) % 1),
    );
    const voltages = Float64Array.from({ length: rows }, (_, row) => 2 * (((row + 1) * Math.SQRT2) % 1) - 1);
    const currents = new Float64Array(columns);
    const array = { rows, columns, cells, wires };
    solver.solve({ array, side: 'rows', voltages, currents });
    const { conductances } = reducer.reduce(array);
    const largest = currentsMicroamperes.reduce((most, current) => Math.max(most, Math.abs(current)), 0);
    currents.forEach((current, column) => {
      const expected = currentsMicroamperes[column]!;
      t.true(Math.abs(current - expected) < 1e-8 * largest);
      const ofMatrix = voltages.reduce(
        (sum, volt, row) => sum + volt * conductances[row * columns + column]!,
        0,
      );
      t.true(Math.abs(ofMatrix - expected) < 1e-8 * largest);
    });
  });
}
