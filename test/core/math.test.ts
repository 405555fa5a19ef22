import test from 'ava';
import { sha256 } from '../../src/core/files.ts';
import { cos, exp, log, pow, sin } from '../../src/core/math.ts';
import { uniforms } from '../../src/core/philox.ts';
import { stream } from '../../src/core/stream.ts';

const COUNT = 20_000;

/** Numbers uniform between two ends, from a fixed stream. */
function between(from: number, to: number, name: string): Float64Array {
  return uniforms(stream(1, 'math', name), COUNT).map((u) => from + (to - from) * u);
}

/** The largest |ours - theirs|/|theirs|. */
function worst(points: Float64Array, ours: (x: number) => number, theirs: (x: number) => number): number {
  let largest = 0;
  for (const x of points) {
    const exact = theirs(x);
    const error = ours(x) === exact ? 0 : Math.abs(ours(x) - exact) / Math.abs(exact);
    largest = Math.max(largest, Number.isNaN(error) ? Infinity : error);
  }
  return largest;
}

test('exp(x) agrees with Math.exp to 5e-16 where float64 is normal', (t) => {
  t.true(worst(between(-708, 709.7, 'exp'), exp, Math.exp) < 5e-16);
  t.true(worst(between(-2, 2, 'exp near'), exp, Math.exp) < 5e-16);
});

test('exp(x) has its limits', (t) => {
  t.deepEqual(
    [exp(0), exp(-0), exp(1000), exp(-1000), exp(Infinity), exp(-Infinity)],
    [1, 1, Infinity, 0, Infinity, 0],
  );
  t.is(exp(NaN), NaN);
  t.true(Math.abs(exp(-745) - Math.exp(-745)) <= 5e-324);
});

test('log(x) agrees with Math.log to 5e-16', (t) => {
  const wide = between(-700, 700, 'log').map((x) => Math.exp(x));
  t.true(worst(wide, log, Math.log) < 5e-16);
  t.true(worst(between(0.5, 2, 'log near'), log, Math.log) < 5e-16);
});

test('log(x) has its limits', (t) => {
  t.deepEqual([log(1), log(0), log(-0), log(Infinity)], [0, -Infinity, -Infinity, Infinity]);
  t.is(log(-1), NaN);
  t.is(log(NaN), NaN);
  t.is(log(5e-324), Math.log(5e-324));
});

test('pow(x, y) agrees with x ** y to 1e-15, and to 4e-15 near the ends of float64', (t) => {
  const exponents = between(-10, 10, 'pow y');
  const bases = between(-5, 5, 'pow x').map((x) => Math.exp(x));
  let largest = 0;
  let largestFar = 0;
  bases.forEach((x, i) => {
    const y = exponents[i]!;
    largest = Math.max(largest, Math.abs(pow(x, y) / x ** y - 1));
    const far = (y * 70) / Math.log(x);
    if (Math.abs(far) < 1e6) largestFar = Math.max(largestFar, Math.abs(pow(x, far) / x ** far - 1));
  });
  t.true(largest < 1e-15, `${largest}`);
  t.true(largestFar < 4e-15, `${largestFar}`);
});

test('pow(x, y) is exact for small whole powers', (t) => {
  for (const [x, y] of [
    [2, 10],
    [3, 5],
    [10, 15],
    [-2, 3],
    [0.5, 3],
    [7, 1],
  ] as const)
    t.is(pow(x, y), x ** y);
});

test("pow(x, y) has Math.pow's special values", (t) => {
  const values = [-Infinity, -2, -1, -0, 0, 0.5, 1, 2, Infinity, NaN];
  const exponents = [-Infinity, -3, -2, -0.5, -0, 0, 0.5, 2, 3, Infinity, NaN];
  for (const x of values) {
    for (const y of exponents) {
      const expected = x ** y;
      const near = Math.abs(pow(x, y) - expected) <= 1e-15 * Math.abs(expected);
      t.true(Object.is(pow(x, y), expected) || (near && expected !== 0), `${x} ** ${y}`);
    }
  }
});

test('sin(x) and cos(x) agree with Math to 5e-16 of the largest of value and 1e-3', (t) => {
  for (const points of [between(-20, 20, 'turn'), between(-1e6, 1e6, 'turns')]) {
    for (const x of points) {
      t.true(Math.abs(sin(x) - Math.sin(x)) < 5e-16 * Math.max(1e-3, Math.abs(Math.sin(x))));
      t.true(Math.abs(cos(x) - Math.cos(x)) < 5e-16 * Math.max(1e-3, Math.abs(Math.cos(x))));
    }
  }
});

test('sin(x) and cos(x) have their limits', (t) => {
  t.deepEqual([sin(0), sin(-0), cos(0)], [0, -0, 1]);
  t.deepEqual([sin(Infinity), cos(NaN)], [NaN, NaN]);
  const message =
    'cos: the angle must lie within +-1000000 radians, got 1000001; take it modulo a full turn first';
  t.throws(() => cos(1_000_001), { instanceOf: RangeError, message });
});

test('exp, log, pow, sin, cos give the bytes that they gave when this was written', (t) => {
  const x = between(-30, 30, 'bytes');
  const y = x.map((value) => log(Math.abs(value)));
  const all = [x.map(exp), y, x.map(sin), x.map(cos), x.map((value, i) => pow(Math.abs(value), y[i]!))];
  const digests = all.map((values) => sha256(new Uint8Array(values.buffer)).slice(0, 16));
  t.deepEqual(digests, [
    '212bca48867adb3a',
    'd9566339786eaf10',
    'f0d18f30954333ea',
    '35eea1c162e2a188',
    '04175d577f25b678',
  ]);
});
