import test from 'ava';
import { holm, mcnemar, pairedDifference, signTest, wilcoxonSignedRank } from '../../src/core/paired.ts';
import { near, statisticsVectors as vectors } from '../support/statistics-vectors.ts';

test('pairedDifference(a, b) equals SciPy: mean, interval, t, Wilcoxon and sign tests', (t) => {
  for (const want of vectors.paired) {
    const a = want.differences.map((_, i) => 0.8 + i / 100);
    const got = pairedDifference(
      a,
      a.map((value, i) => value + (want.differences[i] as number)),
    );
    t.true(near(got.difference, want.mean, 1e-9));
    t.true(near(got.std ?? 0, want.std, 1e-9));
    t.true(near(got.interval?.low ?? 0, want.interval[0], 1e-8));
    t.true(near(got.p ?? -1, want.p, 1e-8));
    t.true(near(got.pWilcoxon ?? -1, want.pWilcoxon, 1e-10), `${got.pWilcoxon} ${want.pWilcoxon}`);
    t.true(near(got.pSign ?? -1, want.pSign, 1e-10));
    t.is(got.ahead + got.level + got.behind, want.differences.length);
  }
});

test('pairedDifference(a, b) of one chip has no interval and no p', (t) => {
  const got = pairedDifference([0.8], [0.9]);
  t.is(got.interval, null);
  t.is(got.p, null);
  t.is(got.difference, 0.1);
  t.throws(() => pairedDifference([1], []), {
    message: 'pairedDifference: needs two lists of one length from 1, got 1 and 0',
  });
});

test('pairedDifference(a, b) without any spread falls back on the sign test', (t) => {
  t.is(pairedDifference([0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.4, 0.5]).p, 0.125);
  t.is(pairedDifference([0.1, 0.2], [0.1, 0.2]).p, 1);
});

test('signTest and wilcoxonSignedRank by hand', (t) => {
  t.is(signTest([1, 1, 1, 1, 1]), 2 / 32);
  t.is(signTest([0, 0]), 1);
  t.is(wilcoxonSignedRank([1, 2, 3, 4, 5]), 2 / 32);
  // Ranks 1, 2, 3; the negative one is the smallest: sums 0 and 1 are as extreme, 2 of 8 patterns, two-sided 4 of 8.
  t.is(wilcoxonSignedRank([-1, 2, 3]), 0.5);
});

test('holm(ps) by hand: 0.01, 0.04, 0.03 become 0.03, 0.06, 0.06; nulls do not count', (t) => {
  t.deepEqual(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
  t.deepEqual(holm([null, 0.02, null]), [null, 0.02, null]);
  t.deepEqual(holm([0.9, 0.8]), [1, 1]);
});

test('mcnemar(onlyA, onlyB) is the sign test on the examples that differ', (t) => {
  t.is(mcnemar(0, 5), 2 / 32);
  t.is(mcnemar(3, 3), 1);
  t.is(mcnemar(0, 0), 1);
});
