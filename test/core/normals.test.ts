import test from 'ava';
import { sha256 } from '../../src/core/files.ts';
import { fillNormals, fillNormalsPlain, normal } from '../../src/core/normals.ts';
import { type Stream, stream } from '../../src/core/stream.ts';

const COUNT = 4_000_000;

function drawn(place: Stream, count: number, first = 0): Float32Array {
  const out = new Float32Array(count);
  fillNormals(place, out, first);
  return out;
}

const bits = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

const many = drawn(stream(11, 'normals'), COUNT);

test('fillNormals equals its plain twin to the last bit, whatever the length and the offset', (t) => {
  for (const [count, first] of [
    [0, 0],
    [1, 0],
    [1, 7],
    [15, 1],
    [16, 16],
    [17, 31],
    [4096, 0],
    [4113, 5],
    [9001, 4095],
    [100, 2 ** 34 - 50],
    [40, 2 ** 50 + 3],
  ] as const) {
    const plain = new Float32Array(count);
    fillNormalsPlain(stream(3, 'twin'), plain, first);
    t.deepEqual(bits(drawn(stream(3, 'twin'), count, first)), bits(plain), `${count} from ${first}`);
  }
});

test('fillNormals equals its plain twin on 300,000 normals', (t) => {
  const plain = new Float32Array(300_000);
  fillNormalsPlain(stream(11, 'normals'), plain);
  t.is(Buffer.compare(Buffer.from(plain.buffer), Buffer.from(many.buffer, 0, plain.byteLength)), 0);
});

test('fillNormals block by block equals the whole', (t) => {
  const place = stream(4, 'blocks');
  const whole = drawn(place, 1000);
  const parts = new Float32Array(1000);
  for (const [from, to] of [
    [600, 1000],
    [0, 37],
    [37, 600],
  ] as const)
    fillNormals(place, parts.subarray(from, to), from);
  t.deepEqual(parts, whole);
});

test('normal(stream, i) is the i-th', (t) => {
  const place = stream(4, 'one');
  t.deepEqual(
    [0, 5, 33].map((i) => normal(place, i)),
    [0, 5, 33].map((i) => drawn(place, 40)[i]!),
  );
});

test('fillNormals gives the bytes that it gave when this was written', (t) => {
  const digest = sha256(new Uint8Array(drawn(stream(1, 'bytes'), 10_000).buffer));
  t.is(digest, '4f9557cbee6e43b3535927627a6665a462b8bd54456c5f0376c3b9e749334c2d');
});

test('fillNormals has the moments 0, 1, 0, 3 of a normal', (t) => {
  const sums = [0, 0, 0, 0];
  for (const z of many) {
    sums[0]! += z;
    sums[1]! += z * z;
    sums[2]! += z * z * z;
    sums[3]! += z * z * z * z;
  }
  // Variance of z^k is E[z^2k] - E[z^k]^2: 1, 3 - 1, 15, 105 - 9.
  const expected = [
    [0, 1],
    [1, 2],
    [0, 15],
    [3, 96],
  ] as const;
  expected.forEach(([moment, variance], i) => {
    t.true(Math.abs(sums[i]! / COUNT - moment) < 5 * Math.sqrt(variance / COUNT), `moment ${i + 1}`);
  });
});

test('fillNormals has the tails of a normal on both sides', (t) => {
  // P(z > k) for k = 1..5, from tables of the normal distribution.
  const beyond = [0.158655254, 0.022750132, 0.001349898, 3.16712e-5, 2.86652e-7];
  for (const side of [1, -1]) {
    beyond.forEach((p, i) => {
      let count = 0;
      for (const z of many) if (side * z > i + 1) count += 1;
      t.true(Math.abs(count - COUNT * p) < 5 * Math.sqrt(COUNT * p), `${side * (i + 1)}: ${count}`);
    });
  }
  t.true(many.every((z) => Math.abs(z) <= 6.67));
});

test('fillNormals passes a chi-square test on 120 bins', (t) => {
  const edge = 3;
  const bins = 120;
  const width = (2 * edge) / bins;
  const counts = new Float64Array(bins);
  for (const z of many) if (Math.abs(z) < edge) counts[Math.floor((z + edge) / width)]! += 1;
  let chi2 = 0;
  counts.forEach((count, i) => {
    const expected = COUNT * massOf(-edge + i * width, width);
    chi2 += (count - expected) ** 2 / expected;
  });
  // Mean = bins, variance = 2 bins.
  t.true(Math.abs(chi2 - bins) < 5 * Math.sqrt(2 * bins), `${chi2}`);
});

/** Probability of [from, from + width], by Simpson's rule on 20 steps. */
function massOf(from: number, width: number): number {
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = 0;
  for (let i = 0; i <= 20; i++)
    sum += density(from + (width * i) / 20) * (i % 20 === 0 ? 1 : i % 2 === 1 ? 4 : 2);
  return (sum * width) / 60;
}

test('fillNormals: streams of other seeds and paths, and neighbours in a stream, are uncorrelated', (t) => {
  const n = 200_000;
  const base = drawn(stream(1, 'write', 'layer', 'plus'), n + 64);
  const others: (readonly [string, Float32Array])[] = [
    ['seed', drawn(stream(2, 'write', 'layer', 'plus'), n)],
    ['seed in the upper half', drawn(stream(2 ** 32 + 1, 'write', 'layer', 'plus'), n)],
    ['stage', drawn(stream(1, 'drift', 'layer', 'plus'), n)],
    ['layer', drawn(stream(1, 'write', 'layer2', 'plus'), n)],
    ['cell', drawn(stream(1, 'write', 'layer', 'minus'), n)],
    ...[1, 2, 3, 4, 8, 12, 16, 64].map((lag) => [`lag ${lag}`, base.subarray(lag, lag + n)] as const),
  ];
  for (const [name, other] of others) {
    let product = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      product += base[i]! * other[i]!;
      squares += (base[i]! ** 2 - 1) * (other[i]! ** 2 - 1);
    }
    // Variances: 1 for z z', 2 x 2 for (z^2 - 1)(z'^2 - 1).
    t.true(Math.abs(product / n) < 5 / Math.sqrt(n), name);
    t.true(Math.abs(squares / n) < (5 * 2) / Math.sqrt(n), `${name}, squares`);
  }
});

test('fillNormals refuses what is no place in a stream', (t) => {
  t.throws(() => fillNormals(stream(0), new Float32Array(1), -1), {
    instanceOf: RangeError,
    message: 'fillNormals: the first element must be an integer >= 0, got -1; count from 0',
  });
  t.throws(() => normal(stream(0), 0.5), {
    instanceOf: RangeError,
    message: 'fillNormalsPlain: the first element must be an integer >= 0, got 0.5; count from 0',
  });
});
