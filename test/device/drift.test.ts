import test from 'ava';
import { constantTable, tabulate } from '../../src/core/table.ts';
import { driftedCell, driftIsRandom } from '../../src/device/drift.ts';
import { IDEAL } from '../support/cell-laws.ts';

const mean = { ...IDEAL, driftLog: 2, driftExponentMean: constantTable(0.25) };
const both = { ...mean, driftExponentStd: constantTable(0.5) };

const near = (value: number, expected: number): boolean => Math.abs(value / expected - 1) < 3e-7;

test('driftedCell is g exp(-nu driftLog)', (t) => {
  t.true(near(driftedCell(10, 5, 0, mean, 1), 10 * Math.exp(-0.5)));
});

test('driftedCell: nu is |mean + s std z|', (t) => {
  t.true(near(driftedCell(10, 5, 1, both, 1), 10 * Math.exp(-2 * 0.75)));
  t.true(near(driftedCell(10, 5, 1, both, 2), 10 * Math.exp(-2 * 1.25)));
  t.true(near(driftedCell(10, 5, -1.5, both, 1), 10 * Math.exp(-2 * 0.5)));
});

test('driftedCell takes the exponent at the target, not at the cell', (t) => {
  const laws = { ...mean, driftExponentMean: tabulate((x) => Math.sqrt(x)) };
  t.true(near(driftedCell(10, 6.25, 0, laws, 1), 10 * Math.exp(-2 * 0.5)));
});

test('driftedCell at t = 0, or without laws, is the cell', (t) => {
  t.is(driftedCell(7, 5, 3, { ...both, driftLog: 0 }, 1), 7);
  t.is(driftedCell(7, 5, 3, { ...IDEAL, driftLog: 2 }, 1), 7);
  t.is(driftedCell(7, 5, 3, { ...both, driftExponentMean: null }, 0), 7);
  t.deepEqual([driftIsRandom(both, 1), driftIsRandom(both, 0), driftIsRandom(mean, 1)], [true, false, false]);
});
