import test from 'ava';
import { constantTable, lookup, TABLE_POINTS, tabulate } from '../../src/core/table.ts';

const f = Math.fround;

test('tabulate(f) takes f at x = (i/1024)^2', (t) => {
  const { values } = tabulate((x) => x);
  t.is(values.length, TABLE_POINTS);
  t.is(values[0], 0);
  t.is(values[1024], 1);
  t.is(values[2048], 4);
  t.is(values[3], f((3 / 1024) ** 2));
});

test('lookup(table, x) is exact where f is linear in sqrt(x), and close elsewhere', (t) => {
  const root = tabulate((x) => Math.sqrt(x));
  const square = tabulate((x) => x * x);
  for (let x = 0; x <= 4; x += 0.0137) {
    t.true(Math.abs(lookup(root, f(x)) - Math.sqrt(x)) < 3e-7);
    // Interpolation error: h^2/8 max|d2(u^4)/du2| = (1/1024)^2/8 x 12 u^2, at most 6e-6; and rounding.
    t.true(Math.abs(lookup(square, f(x)) - x * x) < 1e-5);
  }
});

test('lookup(table, x) of a constant is the constant, and beyond x = 4 the last value', (t) => {
  const constant = constantTable(0.1);
  for (const x of [0, 1e-30, 0.3, 1, 3.999, 4, 5, 1e30]) t.is(lookup(constant, f(x)), f(0.1));
  t.is(
    lookup(
      tabulate((x) => x),
      1e6,
    ),
    4,
  );
  t.is(lookup(constant, NaN), NaN);
});

test('tabulate refuses a law that is not finite', (t) => {
  t.throws(() => tabulate((x) => 1 / x), {
    instanceOf: RangeError,
    message: 'tabulate: the law must be finite for x from 0 to 4, got Infinity at x = 0; mend it there',
  });
  t.throws(() => tabulate(() => 1e39), {
    instanceOf: RangeError,
    message: 'tabulate: the law must be finite for x from 0 to 4, got 1e+39 at x = 0; mend it there',
  });
});
