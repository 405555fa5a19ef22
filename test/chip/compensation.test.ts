import test from 'ava';
import { compensationGains } from '../../src/chip/compensation.ts';
import { fillNormals } from '../../src/core/normals.ts';
import { stream } from '../../src/core/stream.ts';

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

test('compensationGains: noise of the read-out does not bias the gain, as it would a mean of magnitudes', (t) => {
  // 64 columns that halved; each reference read meets output noise of half a present column's size.
  const [columns, trials, std] = [64, 2000, 0.25];
  const z = new Float32Array(2 * columns * trials);
  fillNormals(stream(1, 'output noise'), z);
  const truth = 2;
  let [sum, squares, magnitudes] = [0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const read = (signal: number, from: number) =>
      Float64Array.from({ length: columns }, (_, c) => signal + std * z[2 * columns * trial + from + c]!);
    const [before, now] = [read(1, 0), read(0.5, columns)];
    const gain = compensationGains('global', [before], [now], [columns])[0]![0]!;
    sum += gain;
    squares += gain * gain;
    // What a mean of |output| over both signs of input would estimate: its noise never averages out.
    const size = (values: Float64Array) => values.reduce((total, v) => total + Math.abs(v), 0);
    const blind = (values: Float64Array, signal: number) =>
      size(values.map((v, c) => v - signal + (c % 4 === 0 ? signal : 0.1 * signal)));
    magnitudes += blind(before, 1) / blind(now, 0.5);
  }
  const mean = sum / trials;
  const error = Math.sqrt((squares / trials - mean * mean) / trials);
  // Of a ratio of sums, by the delta method: bias = gain var(now)/now^2, var = columns std^2.
  const bias = (truth * std * std) / (columns * 0.25);
  t.true(Math.abs(mean - truth - bias) < 5 * error, `${mean}`);
  t.true(bias < 0.01);
  t.true(magnitudes / trials < 0.9 * truth, `${magnitudes / trials}`);
});
