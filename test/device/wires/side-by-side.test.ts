import test from 'ava';
import { createArrayReducer } from '../../../src/device/wires/effective.ts';
import { effectiveCells } from '../../../src/device/wires/side-by-side.ts';
import { spread } from '../../support/operator-case.ts';
import { NO_WIRES } from '../../support/wired-array.ts';

const reducer = createArrayReducer();
const wires = { ...NO_WIRES, rowSegmentOhm: 5, columnSegmentOhm: 3 };
const [plus, minus, zero] = [spread(40, 1, 0, 900), spread(40, 2, 0, 900), spread(8, 3, 0, 900)];
const own = (cells: Float32Array) => ({ cells, isShared: false });
const shape = { rows: 8, columns: 5, wires };

test('effectiveCells: one kind alone is an array of its own', (t) => {
  const { seen, flops } = effectiveCells(reducer, { ...shape, kinds: [own(minus)] });
  const alone = reducer.reduce({ rows: 8, columns: 5, cells: minus, wires });
  t.deepEqual(seen[0], alone.conductances);
  t.is(flops, alone.flops);
});

test('effectiveCells: the cells of a weight lie side by side, zero-point cells in a last column', (t) => {
  const kinds = [own(plus), { cells: zero, isShared: true }, own(minus)];
  const { seen } = effectiveCells(reducer, { ...shape, kinds });
  const cells = Float32Array.from({ length: 88 }, (_, at) => {
    const [row, column] = [Math.floor(at / 11), at % 11];
    return column === 10 ? zero[row]! : (column % 2 === 0 ? plus : minus)[row * 5 + (column >> 1)]!;
  });
  const { conductances } = reducer.reduce({ rows: 8, columns: 11, cells, wires });
  const column = (at: number) => at % 11;
  t.deepEqual(
    seen[0],
    conductances.filter((_, at) => column(at) < 10 && column(at) % 2 === 0),
  );
  t.deepEqual(
    seen[1],
    conductances.filter((_, at) => column(at) === 10),
  );
  t.deepEqual(
    seen[2],
    conductances.filter((_, at) => column(at) % 2 === 1),
  );
});

test('effectiveCells: refuses kinds of unlike size', (t) => {
  const kinds = [own(plus), own(minus.slice(1))];
  t.throws(() => effectiveCells(reducer, { ...shape, kinds }), {
    instanceOf: RangeError,
    message: 'effectiveCells: cells must be [8, 5], got 39 numbers; cut it to fit',
  });
});
