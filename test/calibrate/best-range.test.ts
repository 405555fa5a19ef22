import test from 'ava';
import { bestRange } from '../../src/calibrate/best-range.ts';
import { fillNormals } from '../../src/core/normals.ts';
import { stream } from '../../src/core/stream.ts';
import { spread } from '../support/operator-case.ts';

/** Mean squared error of rounding and clipping together, value by value. */
function errorOf(values: Float32Array, range: number, top: number): number {
  const step = range / top;
  return values.reduce((sum, v) => {
    const beyond = Math.abs(v) - range;
    return sum + (beyond > 0 ? beyond ** 2 : step ** 2 / 12);
  }, 0);
}

test('bestRange: of uniform values nearly the largest', (t) => {
  const range = bestRange(spread(100_000, 1, -1, 1), 127);
  t.true(range > 0.99 && range <= 1.01, `${range}`);
});

test('bestRange: one outlier among 100,000 values is clipped if it is far out, and not if it costs less', (t) => {
  const values = (outlier: number) => {
    const all = spread(100_000, 2, -1, 1);
    all[500] = outlier;
    return all;
  };
  // With 4 bits clipping 5 to 1 costs 16; the range of 5 would cost 100,000 (5^2 - 1) / (12 x 7^2) = 4,082.
  t.true(bestRange(values(5), 7) <= 1.01);
  // With 12 bits the range of 5 costs 100,000 x 25 / (12 x 2047^2) = 0.05 only.
  t.is(bestRange(values(5), 2047), 5);
});

test('bestRange: loses least among ranges around it', (t) => {
  const values = new Float32Array(20_000);
  fillNormals(stream(1, 'best range'), values);
  for (const top of [7, 31, 127]) {
    const range = bestRange(Float32Array.from(values), top);
    const error = errorOf(values, range, top);
    for (const factor of [0.7, 0.85, 1.2, 1.5])
      t.true(error < errorOf(values, factor * range, top), `${top}: ${factor}`);
    // The best of all ranges is not much better than the best of those that are tried.
    const fine = Array.from({ length: 400 }, (_, i) => errorOf(values, 0.02 * (i + 1), top));
    t.true(error < 1.02 * Math.min(...fine), `${top}`);
  }
});

test('bestRange: rounds up to three digits', (t) => {
  t.is(bestRange(Float32Array.of(1.2341, -0.5), 127), 1.24);
  t.is(bestRange(Float32Array.of(-1.5), 127), 1.5);
  t.is(bestRange(Float32Array.of(98765, 1), 127), 98800);
  t.is(bestRange(Float32Array.of(4.321e-7), 127), 4.33e-7);
  t.is(bestRange(Float32Array.of(999.9), 127), 1000);
});

test('bestRange: 1 where all values are 0 or there are none', (t) => {
  t.is(bestRange(new Float32Array(5), 127), 1);
  t.is(bestRange(new Float32Array(0), 127), 1);
});
