import test from 'ava';
import { clopperPearson, proportionLowerBound, tInterval, wilsonInterval } from '../../src/core/intervals.ts';
import { chipsForYield, provableYield } from '../../src/core/tolerance.ts';
import { near, statisticsVectors as vectors } from '../support/statistics-vectors.ts';

test('tInterval(values) equals SciPy, and is null for one chip', (t) => {
  for (const { differences, interval } of vectors.paired) {
    const got = tInterval(differences);
    t.true(got !== null && near(got.low, interval[0], 1e-10) && near(got.high, interval[1], 1e-10));
  }
  t.is(tInterval([0.9]), null);
  t.throws(() => tInterval([1, 2], 1), { message: 'tInterval: confidence must be between 0 and 1, got 1' });
});

test('clopperPearson and wilsonInterval equal SciPy', (t) => {
  for (const { k, n, confidence, exact, wilson } of vectors.proportions) {
    const ours = clopperPearson(k, n, confidence);
    t.true(near(ours.low, exact[0], 1e-9) && near(ours.high, exact[1], 1e-9), `exact ${k} of ${n}`);
    const score = wilsonInterval(k, n, confidence);
    t.true(
      near(score.low, wilson[0], 1e-10, 1e-15) && near(score.high, wilson[1], 1e-10),
      `wilson ${k} of ${n}`,
    );
  }
});

test('proportionLowerBound(n, n, c) is (1 - c)^(1/n): 20 good chips of 20 prove a yield of 86 % at 95 %', (t) => {
  t.true(near(proportionLowerBound(20, 20, 0.95), 0.05 ** (1 / 20), 1e-12));
  t.true(near(provableYield(20, 0.95), proportionLowerBound(20, 20, 0.95), 1e-12));
  t.is(proportionLowerBound(0, 20, 0.95), 0);
  t.throws(() => proportionLowerBound(21, 20, 0.95), {
    message: 'proportionLowerBound: k of n must be whole numbers with 0 <= k <= n and n > 0, got 21 of 20',
  });
});

test('chipsForYield(0.99, 0.95) is 299, and more with failures', (t) => {
  t.is(chipsForYield(0.99, 0.95), 299);
  t.is(chipsForYield(0.99, 0.95, 1), 473);
  t.is(chipsForYield(0.9, 0.95), 29);
  t.is(chipsForYield(0.95, 0.95), 59);
  t.throws(() => chipsForYield(1, 0.95), {
    message: 'chipsForYield: the yield must be between 0 and 1, got 1',
  });
  const most = 1 - 2 ** -53;
  t.throws(() => chipsForYield(most, most), {
    message: `chipsForYield: so high a yield and confidence must not be asked for, got ${most} and ${most}`,
  });
});
