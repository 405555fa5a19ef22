import test from 'ava';
import { constantTable, tabulate } from '../../src/core/table.ts';
import { writeIsRandom, writtenCell } from '../../src/device/write.ts';
import { IDEAL } from '../support/cell-laws.ts';

const half = { ...IDEAL, writeStd: constantTable(0.5) };

test('writtenCell is target + s std z', (t) => {
  t.is(writtenCell(10, 2, half, 1), 11);
  t.is(writtenCell(10, -2, half, 3), 7);
});

test('writtenCell takes std and shift at the target', (t) => {
  const laws = {
    ...IDEAL,
    writeStd: tabulate((x) => Math.sqrt(x)),
    writeMeanShift: tabulate((x) => -Math.sqrt(x)),
  };
  t.is(writtenCell(6.25, 2, laws, 1), 6.25 - 0.5 + 0.5 * 2);
});

test('writtenCell never falls below zero', (t) => {
  t.is(writtenCell(0.25, -1, half, 1), 0);
  t.is(writtenCell(0.25, 0, { ...IDEAL, writeMeanShift: constantTable(-1) }, 1), 0);
});

test('writtenCell with noise scale 0, or without laws, is the target', (t) => {
  t.is(writtenCell(Math.fround(0.1), 3, half, 0), Math.fround(0.1));
  t.is(writtenCell(Math.fround(0.1), 3, IDEAL, 1), Math.fround(0.1));
  t.deepEqual(
    [writeIsRandom(half, 1), writeIsRandom(half, 0), writeIsRandom(IDEAL, 1)],
    [true, false, false],
  );
});
