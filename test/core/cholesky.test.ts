import test from 'ava';
import { cholesky, choleskySolve, inverse, product, transposed } from '../../src/core/cholesky.ts';

const A = [
  [4, 2, -2],
  [2, 10, 2],
  [-2, 2, 6],
];

test('cholesky(a) gives the lower triangle whose square is a, and null where there is none', (t) => {
  const lower = cholesky(A)!;
  t.deepEqual(lower, [
    [2, 0, 0],
    [1, 3, 0],
    [-1, 1, 2],
  ]);
  t.deepEqual(product(lower, transposed(lower)), A);
  t.is(
    cholesky([
      [1, 2],
      [2, 1],
    ]),
    null,
  );
  t.is(cholesky([[Number.NaN]]), null);
});

test('choleskySolve(lower, b) and inverse(a) solve a y = b', (t) => {
  t.deepEqual(choleskySolve(cholesky(A)!, [2, 28, 20]), [1, 2, 3]);
  const unit = product(A, inverse(A)!);
  unit.forEach((row, i) => {
    row.forEach((value, j) => {
      t.true(Math.abs(value - (i === j ? 1 : 0)) < 1e-14);
    });
  });
  t.is(inverse([[0]]), null);
});
