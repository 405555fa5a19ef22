import test from 'ava';
import { dissectionCost } from '../../../src/device/wires/dissection-cost.ts';
import { createArrayReducer } from '../../../src/device/wires/effective.ts';
import { wiredProducts } from '../../../src/device/wires/products.ts';
import { createWireSolver } from '../../../src/device/wires/solver.ts';
import { NO_WIRES, volts, wiredArray } from '../../support/wired-array.ts';

const ways = { solver: createWireSolver({ rows: 32, columns: 32 }), reducer: createArrayReducer() };
const array = wiredArray(32, 24, 2e-3);
/** Operations of the effective matrix, and of that many solves of so many iterations. */
const ofMatrix = dissectionCost(array).flops;
const ofSolves = (solves: number, iterations: number) => 32 * 24 * (24 * solves + 25 * iterations);

test('wiredProducts: few products are solved for, many go through the effective matrix, to the same currents', (t) => {
  const voltages = volts(3 * 32);
  const few = wiredProducts(ways, array, voltages);
  t.is(few.how, 'each-product');
  t.is(few.effort.solves, 3);
  const many = wiredProducts(ways, array, voltages, 25);
  t.is(many.how, 'effective-matrix');
  const largest = few.currents.reduce((most, current) => Math.max(most, Math.abs(current)), 0);
  few.currents.forEach((current, i) => {
    t.true(Math.abs(current - many.currents[i]!) < 1e-8 * largest);
  });
});

test('wiredProducts: says the operations of both ways: 24 + 25 an iteration for each cell and solve, those of the matrix and 2 a product', (t) => {
  const few = wiredProducts(ways, array, volts(2 * 32));
  t.is(few.flops, ofSolves(2, few.effort.iterations));
  t.is(few.otherFlops, ofMatrix + 2 * 2 * 32 * 24);
  const many = wiredProducts(ways, array, volts(32), 1000);
  t.is(many.flops, ofMatrix + 1000 * 2 * 32 * 24);
  t.is(many.otherFlops, ofSolves(1000, 1000));
  t.is(many.effort.solves, 0);
});

test('wiredProducts: where one iteration each would be cheaper than the matrix, the iterations of the first product decide', (t) => {
  const first = wiredProducts(ways, array, volts(32)).effort.iterations;
  const wanted = Math.ceil(ofMatrix / (ofSolves(1, first) - 2 * 32 * 24));
  t.true(ofSolves(wanted, wanted) < ofMatrix);
  const voltages = volts(32);
  const { how, effort, flops, otherFlops } = wiredProducts(ways, array, voltages, wanted);
  t.is(how, 'effective-matrix');
  t.deepEqual([effort.solves, effort.iterations], [1, first]);
  t.true(flops <= otherFlops);
  t.is(wiredProducts(ways, array, voltages, wanted - 1).how, 'each-product');
});

test('wiredProducts: no products are none, and without resistance the matrix is the cells', (t) => {
  t.deepEqual(wiredProducts(ways, array, new Float64Array(0)).currents, new Float64Array(0));
  const { how, flops } = wiredProducts(ways, { ...array, wires: NO_WIRES }, volts(32));
  t.is(how, 'effective-matrix');
  t.is(flops, 2 * 32 * 24);
});

test('wiredProducts: says what it must have', (t) => {
  t.throws(() => wiredProducts(ways, array, volts(33)), {
    instanceOf: RangeError,
    message: 'wiredProducts: voltages must be [B, 32], got 33 numbers; give one a row',
  });
  t.throws(() => wiredProducts(ways, array, volts(64), 1), {
    instanceOf: RangeError,
    message: 'wiredProducts: products must be at least the 2 of this call, got 1; count them all',
  });
});
