import test from 'ava';
import { wiredProducts } from '../../../src/device/wires/products.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';
import { volts, wiredArray } from '../../support/wired-array.ts';

const solver = createWireSolver({ rows: 32, columns: 32 });
const array = wiredArray(32, 24, 2e-3);

test('wiredProducts: few products are solved for, many go through the effective matrix, to the same currents', (t) => {
  const voltages = volts(3 * 32);
  const few = wiredProducts(solver, array, voltages);
  t.is(few.how, 'each-product');
  t.is(few.effort.solves, 3);
  const many = wiredProducts(solver, array, voltages, 25);
  t.is(many.how, 'effective-matrix');
  t.is(many.effort.solves, 24);
  const largest = few.currents.reduce((most, current) => Math.max(most, Math.abs(current)), 0);
  few.currents.forEach((current, i) => {
    t.true(Math.abs(current - many.currents[i]!) < 1e-8 * largest);
  });
});

test('wiredProducts: says the operations done, 24 + 25 an iteration for each cell and solve, and those of the other way', (t) => {
  const few = wiredProducts(solver, array, volts(2 * 32));
  t.is(few.flops, 32 * 24 * (2 * 24 + 25 * few.effort.iterations));
  t.true(few.otherFlops > 10 * few.flops);
  const many = wiredProducts(solver, array, volts(32), 1000);
  t.true(many.otherFlops > 30 * many.flops);
});

test('wiredProducts: says what it must have', (t) => {
  t.throws(() => wiredProducts(solver, array, volts(33)), {
    instanceOf: RangeError,
    message: 'wiredProducts: voltages must be [B, 32], got 33 numbers; give one a row',
  });
  t.throws(() => wiredProducts(solver, array, volts(64), 1), {
    instanceOf: RangeError,
    message: 'wiredProducts: products must be at least the 2 of this call, got 1; count them all',
  });
});
