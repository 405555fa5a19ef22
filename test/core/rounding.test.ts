import test from 'ava';
import { roundHalfToEven } from '../../src/core/rounding.ts';

test('roundHalfToEven rounds to the nearest, halves to the even', (t) => {
  const cases = [
    [-2.5, -2],
    [-1.5, -2],
    [-0.5, 0],
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [2.49, 2],
    [-0.51, -1],
    [7, 7],
  ] as const;
  for (const [x, expected] of cases) t.true(roundHalfToEven(x) === expected, `${x}`);
});
