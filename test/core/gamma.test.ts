import test from 'ava';
import { chiSquareTail, lnGamma, upperGamma } from '../../src/core/gamma.ts';

test('lnGamma(z) is ln (z-1)! of whole numbers and ln sqrt(pi) of a half', (t) => {
  let factorial = 1;
  for (let n = 1; n < 20; n++) {
    t.true(Math.abs(lnGamma(n) - Math.log(factorial)) < 1e-13 * Math.max(1, Math.log(factorial)));
    factorial *= n;
  }
  t.true(Math.abs(lnGamma(0.5) - 0.5 * Math.log(Math.PI)) < 1e-14);
  t.throws(() => lnGamma(0), { message: 'lnGamma: z must be above 0, got 0' });
});

test('upperGamma(a, x) is e^-x sum x^k/k! for whole a', (t) => {
  for (const [a, x] of [
    [1, 0.5],
    [3, 0.1],
    [3, 10],
    [20, 19],
    [20, 60],
  ] as const) {
    let term = 1;
    let sum = 0;
    for (let k = 0; k < a; k++) {
      sum += term;
      term *= x / (k + 1);
    }
    const exact = Math.exp(-x) * sum;
    t.true(Math.abs(upperGamma(a, x) / exact - 1) < 1e-12, `${a}, ${x}`);
  }
});

test('chiSquareTail(x, degrees) gives the 5 % points of tables', (t) => {
  for (const [degrees, x] of [
    [1, 3.841458820694124],
    [10, 18.307038053275146],
    [100, 124.34211340400407],
  ] as const)
    t.true(Math.abs(chiSquareTail(x, degrees) - 0.05) < 1e-10, String(degrees));
  t.is(chiSquareTail(0, 3), 1);
});
