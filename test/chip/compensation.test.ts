import test from 'ava';
import { compensationGains } from '../../src/chip/compensation.ts';

// Two layers: one strip of three columns, and two strips of two.
const BEFORE = [Float64Array.of(4, 6, 10), Float64Array.of(1, 3, 2, 2)];
const NOW = [Float64Array.of(2, 4, 4), Float64Array.of(0.5, 1.5, 1, 3)];

const gains = (how: Parameters<typeof compensationGains>[0], before = BEFORE, now = NOW) =>
  compensationGains(how, before, now, [3, 2]).map((each) => Array.from(each));

test('compensationGains: by hand, one gain a chip, a strip, a column', (t) => {
  t.deepEqual(gains('none'), [
    [1, 1, 1],
    [1, 1, 1, 1],
  ]);
  // 28 before, 16 now.
  t.deepEqual(gains('global'), [
    [1.75, 1.75, 1.75],
    [1.75, 1.75, 1.75, 1.75],
  ]);
  t.deepEqual(gains('layer'), [
    [2, 2, 2],
    [2, 2, 1, 1],
  ]);
  t.deepEqual(gains('column'), [
    [2, 1.5, 2.5],
    [2, 2, 2, Math.fround(2 / 3)],
  ]);
});

test('compensationGains: a reading of zero or of the other sign gives 1', (t) => {
  const before = [Float64Array.of(0, 1, 1), Float64Array.of(1, 1, 1, 1)];
  const now = [Float64Array.of(0, 0, -1), Float64Array.of(0.5, 0.5, 0.5, 0.5)];
  t.deepEqual(gains('column', before, now)[0], [1, 1, 1]);
});
