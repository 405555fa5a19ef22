import test from 'ava';
import { binomialCdf, incompleteBeta, inverseIncompleteBeta } from '../../src/core/beta.ts';
import {
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
  studentTwoSided,
} from '../../src/core/distributions.ts';
import { near, statisticsVectors as vectors } from '../support/statistics-vectors.ts';

test('incompleteBeta(x, a, b) equals SciPy', (t) => {
  for (const [x, a, b, value] of vectors.beta)
    t.true(near(incompleteBeta(x, a, b), value, 1e-10), `${x} ${a} ${b}`);
  t.is(incompleteBeta(0, 2, 3), 0);
  t.is(incompleteBeta(1, 2, 3), 1);
  t.throws(() => incompleteBeta(0.5, 0, 1), {
    message: 'incompleteBeta: a and b must be above 0, got 0 and 1',
  });
  t.throws(() => incompleteBeta(1.5, 1, 1), { message: 'incompleteBeta: x must be from 0 to 1, got 1.5' });
});

test('incompleteBeta(x, 1, b) is 1 - (1 - x)^b', (t) => {
  for (const x of [1e-9, 0.1, 0.5, 0.9])
    t.true(near(incompleteBeta(x, 1, 7), 1 - (1 - x) ** 7, 1e-7), `${x}`);
});

test('inverseIncompleteBeta(p, a, b) turns incompleteBeta round', (t) => {
  for (const p of [1e-12, 0.025, 0.5, 0.999]) {
    t.true(near(incompleteBeta(inverseIncompleteBeta(p, 3, 17), 3, 17), p, 1e-10), `${p}`);
  }
  t.is(inverseIncompleteBeta(0, 1, 1), 0);
  t.is(inverseIncompleteBeta(1, 1, 1), 1);
});

test('studentCdf and studentQuantile equal SciPy', (t) => {
  for (const [x, n, p] of vectors.student) t.true(near(studentCdf(x, n), p, 1e-10), `cdf ${x} ${n}`);
  for (const [p, n, x] of vectors.studentQuantile)
    t.true(near(studentQuantile(p, n), x, 1e-10), `quantile ${p} ${n}`);
  t.true(near(studentTwoSided(2.093024054408263, 19), 0.05, 1e-10));
});

test('normalCdf and normalQuantile equal SciPy', (t) => {
  for (const [z, p] of vectors.normal) t.true(near(normalCdf(z), p, 1e-11), `cdf ${z}: ${normalCdf(z)}`);
  for (const [p, z] of vectors.normalQuantile)
    t.true(near(normalQuantile(p), z, 1e-10, 1e-14), `quantile ${p}`);
});

test('binomialCdf(k, n, p) equals SciPy', (t) => {
  for (const [k, n, p, value] of vectors.binomial)
    t.true(near(binomialCdf(k, n, p), value, 1e-11), `${k} ${n} ${p}`);
});
