import test from 'ava';
import { dissectionCost } from '../../../src/device/wires/dissection-cost.ts';
import { NO_WIRES } from '../../support/wired-array.ts';

const cost = (rows: number, columns: number) => dissectionCost({ rows, columns, wires: NO_WIRES });

test('dissectionCost: 31 to 33 n^3 operations for n x n cells, 120 bytes a cell', (t) => {
  for (const n of [16, 64, 256, 512]) {
    const { flops, bytes } = cost(n, n);
    t.true(flops > 31 * n ** 3 && flops < 33 * n ** 3, `${n}: ${flops / n ** 3}`);
    t.true(bytes > 100 * n ** 2 && bytes < 130 * n ** 2, `${n}: ${bytes / n ** 2}`);
  }
});

test('dissectionCost: R C min(R, C) times 31 to 60 of any shape, the same the other way round', (t) => {
  for (const [rows, columns] of [
    [64, 128],
    [64, 512],
    [100, 37],
  ] as const) {
    const { flops } = cost(rows, columns);
    const each = flops / (rows * columns * Math.min(rows, columns));
    t.true(each > 31 && each < 60, `${each}`);
    t.true(Math.abs(cost(columns, rows).flops / flops - 1) < 0.02);
  }
});

test('dissectionCost: one cell is two nodes', (t) => {
  // Two nodes and two ports, each padded to four: one tile of what drivers conduct to grounds, 2 x 2 x 4 x 4 operations.
  t.is(cost(1, 1).flops, 64);
});
