import test from 'ava';
import { convertInPlace } from '../../src/device/converters.ts';

const converted = (
  values: readonly number[],
  bits: number | null,
  rule: 'symmetric' | 'uniform',
  range: number,
) => {
  const array = Float32Array.from(values);
  const saturated = convertInPlace(array, { bits, rule }, range);
  return { values: [...array], saturated };
};

test('convertInPlace, symmetric, 3 bits: seven levels with an exact zero, halves to the even', (t) => {
  const { values, saturated } = converted(
    [-9, -3, -2.5, -1.5, -0.4, 0, 0.4, 0.5, 1.2, 2.5, 3, 3.1],
    3,
    'symmetric',
    3,
  );
  t.deepEqual(values, [-3, -3, -2, -2, 0, 0, 0, 0, 1, 2, 3, 3]);
  t.is(saturated, 2);
});

test('convertInPlace, uniform, 2 bits: four levels, none at zero', (t) => {
  const { values, saturated } = converted([-9, -3, -2.1, -1.9, -0.1, 0.1, 1.9, 2.1, 3], 2, 'uniform', 3);
  t.deepEqual(values, [-3, -3, -3, -1, -1, 1, 1, 3, 3]);
  t.is(saturated, 1);
});

test('convertInPlace has 2^b - 1 levels by the symmetric rule and 2^b by the uniform one', (t) => {
  const ramp = Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 10_000);
  for (const bits of [2, 5, 8]) {
    t.is(new Set(converted(ramp, bits, 'symmetric', 1).values.map((v) => v + 0)).size, 2 ** bits - 1);
    t.is(new Set(converted(ramp, bits, 'uniform', 1).values).size, 2 ** bits);
  }
});

test('convertInPlace errs by at most half a level within the range, and the rms is a level / sqrt 12', (t) => {
  const ramp = Array.from({ length: 50_001 }, (_, i) => (i - 25_000) / 25_000);
  const { values } = converted(ramp, 8, 'symmetric', 1);
  const level = 1 / 127;
  let squares = 0;
  values.forEach((value, i) => {
    t.true(Math.abs(value - ramp[i]!) <= level / 2 + 1e-7);
    squares += (value - ramp[i]!) ** 2;
  });
  t.true(Math.abs(Math.sqrt(squares / ramp.length) / (level / Math.sqrt(12)) - 1) < 0.01);
});

test('convertInPlace without bits changes nothing', (t) => {
  t.deepEqual(converted([0.1, 7], null, 'symmetric', 1), { values: [Math.fround(0.1), 7], saturated: 0 });
});

test('convertInPlace refuses what is no range or no number of bits', (t) => {
  t.throws(() => converted([1], 8, 'symmetric', 0), {
    instanceOf: RangeError,
    message: 'convertInPlace: the range must be > 0, got 0; calibrate it',
  });
  t.throws(() => converted([1], 1, 'symmetric', 1), {
    instanceOf: RangeError,
    message: 'convertInPlace: bits must be an integer from 2 to 24, got 1; choose another',
  });
});

test('convertInPlace: magnitudes of 2 bits read 0.4 back as a third, of 8 bits as they were', (t) => {
  const close = (got: readonly number[], expected: readonly number[], within: number) =>
    t.true(got.every((value, i) => Math.abs(value - expected[i]!) < within));
  const values = [-1, -0.4, 0, 0.4, 1];
  close(converted(values, 3, 'symmetric', 1).values, [-1, -1 / 3, 0, 1 / 3, 1], 1e-6);
  close(converted(values, 9, 'symmetric', 1).values, values, 0.5 / 255 + 1e-6);
  // A row whose largest weight is negative, scaled by its size: (-2, 1) acts as (-2, 4/3), and (1, 1) gives -2/3.
  const row = converted([-2, 1], 3, 'symmetric', 2).values;
  close(row, [-2, 4 / 3], 1e-6);
  t.true(Math.abs(row[0]! + row[1]! + 2 / 3) < 1e-6);
});

test('convertInPlace gives the same bytes 32 times', (t) => {
  const values = Array.from({ length: 257 }, (_, i) => Math.sin(i));
  const first = converted(values, 7, 'uniform', 0.9);
  for (let call = 1; call < 32; call++) t.deepEqual(converted(values, 7, 'uniform', 0.9), first);
});
