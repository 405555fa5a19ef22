import test from 'ava';
import { accuracy, f1, matthews, metricValues, pearson, ranks, spearman } from '../../src/data/metrics.ts';

const close = (a: number | null, b: number) => a !== null && Math.abs(a - b) < 1e-12;

test('accuracy: three of four', (t) => {
  t.is(accuracy([1, 0, 1, 1], [1, 0, 0, 1]), 0.75);
});

test('f1: by hand from 2 hits, 1 false alarm, 1 miss', (t) => {
  t.is(f1([1, 1, 1, 0, 0], [1, 1, 0, 1, 0]), 4 / 6);
});

test('f1: null where class 1 is absent, or there are more classes than two', (t) => {
  t.is(f1([0, 0], [0, 0]), null);
  t.is(f1([0, 2], [0, 1]), null);
  t.is(f1([0, 0], [0, 1]), 0);
});

test('matthews: equals (TP TN - FP FN) / sqrt(product of the four sums) for two classes', (t) => {
  // TP 6, TN 3, FP 1, FN 2: (18 - 2) / sqrt(7 x 8 x 4 x 5).
  const predicted = [1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0];
  const actual = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1];
  t.true(close(matthews(predicted, actual), 16 / Math.sqrt(7 * 8 * 4 * 5)));
});

test('matthews: three classes by hand, 1 for all right, null for a constant side', (t) => {
  // s 4, c 3, p (1 1 2), t (1 2 1): (3x4 - 5) / sqrt((16 - 6)(16 - 6)).
  t.true(close(matthews([0, 1, 2, 2], [0, 1, 1, 2]), 0.7));
  t.true(close(matthews([0, 1, 2], [0, 1, 2]), 1));
  t.is(matthews([1, 1, 1], [1, 0, 1]), null);
});

test('pearson: by hand, and the limits', (t) => {
  // Deviations -1.5 -0.5 0.5 1.5 and -1 -2 1 2: product 6, squares 5 and 10.
  t.true(close(pearson([1, 2, 3, 4], [2, 1, 4, 5]), 6 / Math.sqrt(50)));
  t.true(close(pearson([1, 2, 3], [6, 4, 2]), -1));
  t.is(pearson([2, 2, 2], [1, 2, 3]), null);
  t.is(pearson([1], [1]), null);
  t.is(pearson([1, Number.NaN, 3], [1, 2, 3]), null);
});

test('spearman: ranks with ties, by hand', (t) => {
  t.deepEqual([...ranks([10, 20, 20, 5])], [2, 3.5, 3.5, 1]);
  // Without ties 1 - 6 sum d^2 / (n (n^2 - 1)): d = 1 -1 0 0, n = 4.
  t.true(close(spearman([1, 2, 3, 40], [2, 1, 4, 50]), 1 - 12 / 60));
  // With ties: Pearson of (1, 2.5, 2.5, 4) and (1, 2, 3, 4) = 4.5 / sqrt(4.5 x 5).
  t.true(close(spearman([1, 2, 2, 3], [1, 2, 3, 4]), 4.5 / Math.sqrt(22.5)));
  t.is(spearman([Number.NaN, 1], [1, 2]), null);
});

test('metricValues: the named ones, and refuses lists of different lengths', (t) => {
  t.deepEqual(metricValues(['accuracy', 'f1'], [1, 0], [1, 0]), { accuracy: 1, f1: 1 });
  t.throws(() => metricValues(['accuracy'], [1], [1, 0]), {
    instanceOf: RangeError,
    message: 'metricValues: needs as many predictions as labels, got 1 and 2',
  });
});
