import test from 'ava';
import { cholesky, choleskySolve } from '../../../src/core/cholesky.ts';
import { driftedCell } from '../../../src/profile/fit/drift-likelihood.ts';
import { repeatsLogLikelihood, repeatsOf } from '../../../src/profile/fit/read-noise-likelihood.ts';
import { scatteredLogLikelihood, weighedCell } from '../../../src/profile/fit/scattered-cell.ts';

const CELL = {
  l: Float64Array.of(0, 5, 8, 12),
  share: Float64Array.of(0, 5 / 12, 8 / 12, 1),
  y: Float64Array.of(2, 1.8, 1.55, 1.42),
  count: Float64Array.of(1, 2, 1, 1),
  repeats: [],
};

/** Bias and variance of ln(1 + s z), a mean of n. */
function momentsOf(s: number, n: number): readonly [bias: number, variance: number] {
  return [-(s ** 2) / 2 - 0.75 * s ** 4, (s ** 2 + 2.5 * s ** 4) / n];
}

test('weighedCell is the weighed least-squares line of the reads', (t) => {
  const points = [...CELL.l].map((l, j) => {
    const share = CELL.share[j]!;
    const [bias, variance] = momentsOf(0.1 + share * (0.05 + 0.02 * (1 - share)), CELL.count[j]!);
    return { l, y: CELL.y[j]! - bias, variance };
  });
  const [found, line] = [weighedCell(CELL, 0.1, 0.05, 0.02)!, driftedCell(points)];
  t.true(Math.abs(found.exponent - line.exponent) < 1e-14);
  t.true(Math.abs(found.variance / line.variance - 1) < 1e-12);
  t.true(Math.abs(found.squares / line.squares - 1) < 1e-10);
  t.is(found.degrees, 2);
});

test('weighedCell(a scatter of 0 or less) is null', (t) => {
  t.is(weighedCell(CELL, 0.1, -0.1, 0), null);
});

test('scatteredLogLikelihood is that of the steps from age to age, a normal vector, but for what does not depend on laws', (t) => {
  // d_j = y_(j+1) - y_j: mean -nu (L_(j+1) - L_j) and biases; covariance of noise and of exponents.
  const direct = (mean: number, std: number, first: number, growth: number, bend: number) => {
    const moments = [...CELL.share].map((u, j) =>
      momentsOf(first + u * (growth + bend * (1 - u)), CELL.count[j]!),
    );
    const step = (values: ArrayLike<number>) => [0, 1, 2].map((j) => values[j + 1]! - values[j]!);
    const [dl, dy, db] = [step(CELL.l), step(CELL.y), step(moments.map(([bias]) => bias))];
    const covariance = dl.map((a, i) =>
      dl.map((b, j) => {
        const noise =
          i === j
            ? moments[i]![1] + moments[i + 1]![1]
            : Math.abs(i - j) === 1
              ? -moments[Math.max(i, j)]![1]
              : 0;
        return noise + std * std * a * b;
      }),
    );
    const off = dy.map((value, j) => value + mean * dl[j]! - db[j]!);
    const lower = cholesky(covariance)!;
    const square = choleskySolve(lower, off).reduce((sum, value, j) => sum + value * off[j]!, 0);
    return -0.5 * square - lower.reduce((sum, row, j) => sum + Math.log(row[j]!), 0);
  };
  const laws: readonly (readonly [number, number, number, number, number])[] = [
    [0.05, 0.004, 0.1, 0, 0],
    [0.06, 0.006, 0.05, 0.08, -0.03],
    [0.04, 0.002, 0.12, -0.05, 0.04],
  ];
  const differences = laws.map((each) => scatteredLogLikelihood(CELL, ...each) - direct(...each));
  for (const each of differences) t.true(Math.abs(each - differences[0]!) < 1e-9, String(differences));
});

test('scatteredLogLikelihood(several reads of an age) has that of the reads about their mean, at the scatter of their age', (t) => {
  const reads = repeatsOf([9.6, 10.4]);
  const repeated = { ...CELL, repeats: [{ age: 1, reads }] };
  const [first, growth, bend] = [0.05, 0.08, -0.03];
  const u = CELL.share[1]!;
  const added =
    scatteredLogLikelihood(repeated, 0.06, 0.006, first, growth, bend) -
    scatteredLogLikelihood(CELL, 0.06, 0.006, first, growth, bend);
  const direct = repeatsLogLikelihood(reads, first + u * (growth + bend * (1 - u)));
  t.true(Math.abs(added - direct) < 1e-12);
});
