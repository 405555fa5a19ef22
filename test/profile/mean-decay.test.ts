import test from 'ava';
import { meanDecay } from '../../src/profile/mean-decay.ts';

/** By Simpson's rule over z, in two parts that meet where the exponent is 0. */
function integral(mean: number, std: number, driftLog: number): number {
  const value = (z: number) =>
    (Math.exp(-Math.abs(mean + std * z) * driftLog) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  const part = (from: number, to: number) => {
    const n = 20_000;
    const h = (to - from) / n;
    let sum = value(from) + value(to);
    for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * value(from + i * h);
    return (sum * h) / 3;
  };
  const bend = Math.min(Math.max(-mean / std, -12), 12);
  return part(-12, bend) + part(bend, 12);
}

test('meanDecay(m, s, L) is the mean of exp(-|m + s z| L)', (t) => {
  for (const mean of [0, 0.02, 0.05, 0.5, -0.05])
    for (const std of [0.001, 0.01, 0.05, 1])
      for (const driftLog of [0, 0.01, 5, 14.3, 40]) {
        const [got, expected] = [meanDecay(mean, std, driftLog), integral(mean, std, driftLog)];
        t.true(Math.abs(got / expected - 1) < 1e-8, `${mean} ${std} ${driftLog}: ${got} ${expected}`);
      }
});

test('meanDecay(m, 0, L) is exp(-|m| L): cells drift by the magnitude', (t) => {
  t.is(meanDecay(0.05, 0, 0), 1);
  t.true(Math.abs(meanDecay(0.05, 0, 2) - Math.exp(-0.1)) < 1e-15);
  t.is(meanDecay(-0.05, 0, 2), meanDecay(0.05, 0, 2));
});
