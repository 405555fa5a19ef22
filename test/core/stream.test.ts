import test from 'ava';
import { stream } from '../../src/core/stream.ts';

test('stream(seed) has the 64 bits of the seed as key', (t) => {
  const { key0, key1 } = stream(2 ** 40 + 7);
  t.deepEqual([key0, key1], [7, 256]);
  t.deepEqual([stream(0).key0, stream(0).key1], [0, 0]);
  t.deepEqual(
    [stream(Number.MAX_SAFE_INTEGER).key0, stream(Number.MAX_SAFE_INTEGER).key1],
    [2 ** 32 - 1, 2 ** 21 - 1],
  );
});

test('stream(seed, path) has the same path hash under every seed', (t) => {
  const [a, b] = [stream(1, 'write', 'layer.0'), stream(2, 'write', 'layer.0')];
  t.deepEqual([a.counter2, a.counter3], [b.counter2, b.counter3]);
});

test('stream(seed, path) tells paths apart that join to the same text', (t) => {
  const paths = [
    [],
    [''],
    ['', ''],
    ['ab'],
    ['a', 'b'],
    ['b', 'a'],
    ['a', '', 'b'],
    [1],
    ['1'],
    [0],
    [0, 0],
    [-1],
    [0.5],
    ['ab\0'],
    ['ä'],
  ];
  const hashes = paths.map((path) => {
    const { counter2, counter3 } = stream(0, ...path);
    return `${counter2} ${counter3}`;
  });
  t.is(new Set(hashes).size, paths.length);
});

test('stream(seed, path) has no equal hashes among 20,000 paths, in either half', (t) => {
  const seen = [new Set<number>(), new Set<number>()];
  for (let i = 0; i < 20_000; i++) {
    const { counter2, counter3 } = stream(0, 'layer', i);
    seen[0]!.add(counter2);
    seen[1]!.add(counter3);
  }
  // n^2/2^33 = 0.05 pairs are expected by chance in each half.
  t.true(seen[0]!.size >= 19_998 && seen[1]!.size >= 19_998);
});

test('stream(seed, path) takes -0 as 0', (t) => {
  t.deepEqual(stream(0, -0), stream(0, 0));
});

test('stream(seed, path) gives the words that it gave when this was written', (t) => {
  t.deepEqual(stream(7, 'write', 'bert.encoder.layer.0', 3), {
    key0: 7,
    key1: 0,
    counter2: 994802581,
    counter3: 2238564447,
  });
});

test('stream refuses what is no seed or no place', (t) => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    const message = `stream: the seed must be an integer from 0 to 2^53 - 1, got ${seed}; choose another`;
    t.throws(() => stream(seed), { instanceOf: RangeError, message });
  }
  const message = 'stream: a number in the path must be finite, got NaN; name the place otherwise';
  t.throws(() => stream(0, NaN), { instanceOf: RangeError, message });
});
