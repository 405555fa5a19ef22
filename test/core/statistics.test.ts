import test from 'ava';
import { ascending, mean, median, quantile, std, variance } from '../../src/core/statistics.ts';

test('mean(values) adds and divides, and refuses an empty list', (t) => {
  t.is(mean([1, 2, 6]), 3);
  t.throws(() => mean([]), { message: 'mean: needs at least one value, got none' });
});

test('std(values) divides by n - 1, and is null for one value', (t) => {
  t.is(variance([2, 4, 4, 4, 5, 5, 7, 9]), 32 / 7);
  t.is(std([1, 3]), Math.SQRT2);
  t.is(std([5]), null);
});

test('quantile(values, p) interpolates as NumPy does by default', (t) => {
  t.is(quantile([4, 1, 3, 2], 0), 1);
  t.is(quantile([4, 1, 3, 2], 1), 4);
  t.is(quantile([4, 1, 3, 2], 0.25), 1.75);
  t.is(median([9, 1, 5]), 5);
  t.throws(() => quantile([1], 1.5), { message: 'quantile: p must be from 0 to 1, got 1.5' });
  t.throws(() => quantile([], 0.5), { message: 'quantile: needs at least one value, got none' });
});

test('ascending(values) sorts by number and leaves the list alone', (t) => {
  const values = [10, 9, -1];
  t.deepEqual(ascending(values), [-1, 9, 10]);
  t.deepEqual(values, [10, 9, -1]);
});
