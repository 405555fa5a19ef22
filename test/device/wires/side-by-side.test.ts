import test from 'ava';
import { effectiveConductances } from '../../../src/device/wires/effective.ts';
import { effectiveCells } from '../../../src/device/wires/side-by-side.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';
import { spread } from '../../support/operator-case.ts';
import { NO_WIRES } from '../../support/wired-array.ts';

const solver = createWireSolver({ rows: 8, columns: 24 });
const wires = { ...NO_WIRES, rowSegmentOhm: 5, columnSegmentOhm: 3 };
const cells = [spread(40, 1, 0, 900), spread(40, 2, 0, 900)];

test('effectiveCells: apart, each kind of cell is an array of its own', (t) => {
  const seen = effectiveCells(solver, { rows: 8, columns: 5, cells, wires, isInterleaved: false });
  const alone = { rows: 8, columns: 5, cells: cells[1]!, wires };
  t.deepEqual(seen[1], effectiveConductances(solver, alone).conductances);
});

test('effectiveCells: interleaved, plus and minus columns alternate on the same row wires', (t) => {
  const seen = effectiveCells(solver, { rows: 8, columns: 5, cells, wires, isInterleaved: true });
  const together = Float32Array.from({ length: 80 }, (_, at) => cells[at % 2]![at >> 1]!);
  const { conductances } = effectiveConductances(solver, { rows: 8, columns: 10, cells: together, wires });
  t.deepEqual(
    seen[0],
    conductances.filter((_, at) => at % 2 === 0),
  );
  t.deepEqual(
    seen[1],
    conductances.filter((_, at) => at % 2 === 1),
  );
  // A pair that shares its row wire sees nearly the same voltage in both cells; twice the current makes it lower.
  const apart = effectiveCells(solver, { rows: 8, columns: 5, cells, wires, isInterleaved: false });
  t.true(seen[0]!.reduce((a, b) => a + b, 0) < apart[0]!.reduce((a, b) => a + b, 0));
});

test('effectiveCells: refuses kinds of unlike size', (t) => {
  t.throws(
    () =>
      effectiveCells(solver, {
        rows: 8,
        columns: 5,
        cells: [cells[0]!, cells[1]!.slice(1)],
        wires,
        isInterleaved: true,
      }),
    {
      instanceOf: RangeError,
      message: 'effectiveCells: cells must be [8, 5], got 39 numbers; cut it to fit',
    },
  );
});
