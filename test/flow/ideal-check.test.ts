import test from 'ava';
import { compareOutputs } from '../../src/flow/ideal-check.ts';
import { float32 } from '../../src/graph/graph.ts';

test('compareOutputs: the bound is 1e-4 of the largest output, and 1e-7 at least', (t) => {
  const expected = float32([3], [1, -2, 0.5]);
  t.deepEqual(compareOutputs(expected, expected), { passed: true, maxAbsoluteError: 0, bound: 2e-4 });
  const off = compareOutputs(float32([3], [1, -2, 0.75]), expected);
  t.deepEqual(off, { passed: false, maxAbsoluteError: 0.25, bound: 2e-4 });
  t.is(compareOutputs(float32([1], [0]), float32([1], [0])).bound, 1e-4 * 1e-3);
});

test('compareOutputs: a value that is no number, or a missing one, does not pass', (t) => {
  const expected = float32([3], [1, 2, 3]);
  for (const actual of [float32([3], [1, Number.NaN, 3]), float32([2], [1, 2])]) {
    const { passed, maxAbsoluteError } = compareOutputs(actual, expected);
    t.false(passed);
    t.is(maxAbsoluteError, Number.NaN);
  }
});
