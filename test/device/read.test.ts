import test from 'ava';
import { constantTable, tabulate } from '../../src/core/table.ts';
import { readCell, readIsRandom } from '../../src/device/read.ts';
import { IDEAL } from '../support/cell-laws.ts';

const laws = { ...IDEAL, readStd: constantTable(0.125) };

test('readCell is g + s g std z', (t) => {
  t.is(readCell(8, 1, laws, 1), 9);
  t.is(readCell(8, -1, laws, 2), 6);
});

test('readCell takes the spread at the present conductance', (t) => {
  t.is(readCell(6.25, 1, { ...IDEAL, readStd: tabulate((x) => Math.sqrt(x)) }, 1), 6.25 * 1.5);
});

test('readCell never falls below zero, and leaves an empty cell empty', (t) => {
  t.is(readCell(8, -6, laws, 2), 0);
  t.is(readCell(0, 3, laws, 1), 0);
});

test('readCell with noise scale 0, or without a law, is the cell', (t) => {
  t.is(readCell(8, 3, laws, 0), 8);
  t.is(readCell(8, 3, IDEAL, 1), 8);
  t.deepEqual([readIsRandom(laws, 1), readIsRandom(laws, 0), readIsRandom(IDEAL, 1)], [true, false, false]);
});
