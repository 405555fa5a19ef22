import test from 'ava';
import { integers, permutation, philoxBlock, uniforms, uniformsAt, words } from '../../src/core/philox.ts';
import { stream } from '../../src/core/stream.ts';

/** Known answers for philox4x32-10 from the file kat_vectors of Random123 1.14: counter, key, result. */
const KNOWN = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const;

const parsed = (text: string): number[] => text.split(' ').map((word) => Number.parseInt(word, 16));

test('philoxBlock gives the known answers of Random123', (t) => {
  for (const [counter, key, result] of KNOWN) {
    const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = parsed(counter);
    const [k0 = 0, k1 = 0] = parsed(key);
    const out = new Uint32Array(4);
    philoxBlock(c0, c1, c2, c3, k0, k1, out, 0);
    t.deepEqual([...out], parsed(result));
  }
});

test('words(stream, n): element i is word floor((i mod 16)/4) of block 4 floor(i/16) + (i mod 4)', (t) => {
  const place = stream(5, 'order');
  const drawn = words(place, 100);
  const block = new Uint32Array(4);
  drawn.forEach((word, i) => {
    philoxBlock(4 * Math.floor(i / 16) + (i % 4), 0, place.counter2, place.counter3, 5, 0, block, 0);
    t.is(word, block[Math.floor((i % 16) / 4)]!);
  });
});

test('words(stream, n, first) continues a stream from anywhere', (t) => {
  const place = stream(5, 'offset');
  const whole = words(place, 200);
  for (const first of [0, 1, 15, 16, 37, 199])
    t.deepEqual(words(place, 200 - first, first), whole.slice(first));
});

test('words(stream, n, first) carries into the second counter word', (t) => {
  const place = stream(5, 'carry');
  const first = 2 ** 34;
  const block = new Uint32Array(4);
  philoxBlock(0, 1, place.counter2, place.counter3, 5, 0, block, 0);
  t.deepEqual([...words(place, 1, first)], [block[0]!]);
});

test('uniforms(stream, n) have mean 1/2 and variance 1/12', (t) => {
  const n = 200_000;
  const drawn = uniforms(stream(3, 'uniforms'), n);
  const mean = drawn.reduce((sum, u) => sum + u, 0) / n;
  const variance = drawn.reduce((sum, u) => sum + (u - 0.5) ** 2, 0) / n;
  t.true(drawn.every((u) => u > 0 && u < 1));
  // Standard errors: sqrt(1/12/n), and sqrt((1/80 - 1/144)/n) for the second moment.
  t.true(Math.abs(mean - 1 / 2) < 5 * Math.sqrt(1 / 12 / n));
  t.true(Math.abs(variance - 1 / 12) < 5 * Math.sqrt((1 / 80 - 1 / 144) / n));
});

test('uniformsAt(stream, positions) are the elements that uniforms has there', (t) => {
  const place = stream(3, 'uniforms');
  const all = uniforms(place, 100);
  const positions = Uint32Array.of(0, 1, 15, 16, 47, 99);
  t.deepEqual(
    uniformsAt(place, positions),
    Float64Array.from(positions, (position) => all[position]!),
  );
});

test('integers(stream, n, below) are uniform', (t) => {
  const n = 60_000;
  const counts = new Array<number>(6).fill(0);
  for (const value of integers(stream(4, 'dice'), n, 6)) counts[value]! += 1;
  // A count's standard error: sqrt(n p (1 - p)), p = 1/6.
  for (const count of counts) t.true(Math.abs(count - n / 6) < 5 * Math.sqrt((n * 5) / 36));
});

test('integers(stream, n, below) are unbiased where words would not be', (t) => {
  // With below = 3 x 2^30 a third of the words must be passed over; word x below / 2^32 alone would hit 1/3 twice as often.
  const n = 30_000;
  const below = 3 * 2 ** 30;
  const low = integers(stream(4, 'bias'), n, below).filter((value) => value % 3 === 0).length;
  t.true(Math.abs(low - n / 3) < 5 * Math.sqrt((n * 2) / 9));
  t.deepEqual(integers(stream(4, 'all'), 50, 2 ** 32), words(stream(4, 'all'), 50));
});

test('permutation(n, stream) holds each number once and depends on the stream alone', (t) => {
  const order = permutation(1000, stream(1, 'order'));
  t.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  t.deepEqual(permutation(1000, stream(1, 'order')), order);
  t.notDeepEqual(permutation(1000, stream(2, 'order')), order);
  t.deepEqual([...permutation(0, stream(1)), ...permutation(1, stream(1))], [0]);
});

test('permutation(n, stream) gives the order that it gave when this was written', (t) => {
  t.deepEqual([...permutation(10, stream(0, 'x'))], [7, 9, 0, 1, 8, 6, 5, 4, 2, 3]);
});

test('permutation(3, stream) gives each of the six orders equally often', (t) => {
  const n = 12_000;
  const counts = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const order = permutation(3, stream(i, 'six')).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.is(counts.size, 6);
  for (const count of counts.values()) t.true(Math.abs(count - n / 6) < 5 * Math.sqrt((n * 5) / 36));
});

test('permutation and integers refuse what is no number of choices', (t) => {
  t.throws(() => permutation(-1, stream(0)), {
    instanceOf: RangeError,
    message: 'permutation: the number of choices must be an integer from 1 to 2^32, got 0; choose another',
  });
  t.throws(() => integers(stream(0), 1, 0.5), {
    instanceOf: RangeError,
    message: 'integers: the number of choices must be an integer from 1 to 2^32, got 0.5; choose another',
  });
});
