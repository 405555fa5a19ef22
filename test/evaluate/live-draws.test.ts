import test from 'ava';
import type { DrawnValue } from '../../src/compile/drawn-values.ts';
import { createLiveDraws } from '../../src/evaluate/live-draws.ts';

const VALUES: readonly DrawnValue[] = [
  { input: 'first.product.0.readDraw', width: 5, overTokens: true, parts: null },
  { input: 'first.product.1.readDraw', width: 5, overTokens: true, parts: null },
  { input: 'pooler.product.0.readDraw', width: 3, overTokens: false, parts: null },
];
const LENGTHS = [4, 2, 3, 0];
const EVENT = { chip: 3, seconds: 60, read: 0 };

const draws = () => createLiveDraws(VALUES, (example) => LENGTHS[example]!);

function copied(feeds: Readonly<Record<string, { shape: readonly number[]; data: unknown }>>) {
  return new Map(
    Object.entries(feeds).map(([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data as Float32Array) },
    ]),
  );
}

test('createLiveDraws: normals of the products\u2019 shapes, none for padding', (t) => {
  const feeds = copied(draws().fill({ indices: [1, 0], shape: [2, 4] }, EVENT));
  t.deepEqual(
    [...feeds].map(([name, { shape }]) => [name, shape]),
    [
      ['first.product.0.readDraw', [2, 4, 5]],
      ['first.product.1.readDraw', [2, 4, 5]],
      ['pooler.product.0.readDraw', [2, 3]],
    ],
  );
  const { data } = feeds.get('first.product.0.readDraw')!;
  t.true(data.slice(0, 10).every((z) => z !== 0));
  t.true(data.slice(10, 20).every((z) => z === 0));
  t.true(data.slice(20).every((z) => z !== 0));
  t.true(feeds.get('pooler.product.0.readDraw')!.data.every((z) => z !== 0));
});

test('createLiveDraws: an example has its own draws in any batch; strips, chips, ages and reads have others', (t) => {
  const together = copied(draws().fill({ indices: [0, 1, 2, 3], shape: [4, 4] }, EVENT));
  const twice = draws();
  twice.fill({ indices: [0, 1, 2], shape: [3, 9] }, EVENT);
  const alone = copied(twice.fill({ indices: [2], shape: [2, 3] }, EVENT));
  const [whole, own] = [
    together.get('first.product.0.readDraw')!.data,
    alone.get('first.product.0.readDraw')!.data,
  ];
  t.deepEqual(own.slice(0, 15), whole.slice(40, 55));
  t.true(own.slice(15).every((z) => z === 0));
  t.notDeepEqual(together.get('first.product.1.readDraw')!.data, whole);
  for (const change of [{ chip: 4 }, { seconds: 61 }, { read: 1 }]) {
    const other = draws().fill({ indices: [2], shape: [2, 3] }, { ...EVENT, ...change });
    t.notDeepEqual(copied(other).get('first.product.0.readDraw')!.data, own);
  }
});

test('createLiveDraws: batches are kept so small that their draws fit; too long a text is refused', (t) => {
  t.is(draws().mostTokens, Math.floor(2 ** 25 / 13));
  const wide = createLiveDraws(
    [{ input: 'w.readDraw', width: 2 ** 20, overTokens: true, parts: null }],
    () => 1024,
  );
  t.is(wide.mostTokens, 32);
  t.throws(() => wide.fill({ indices: [0], shape: [2, 1024] }, EVENT), {
    instanceOf: RangeError,
    message: 'live draws: a text must have fewer tokens, got 1024; cut it',
  });
});

test('createLiveDraws: of a stacked value each part has normals of its own, which no other examples change', (t) => {
  const value = { input: 'a.adc.0.0.noiseDraw', width: 5, overTokens: true, parts: 3 };
  const stacked = createLiveDraws([value], (example) => LENGTHS[example]!);
  t.is(stacked.mostTokens, Math.floor(2 ** 25 / 15));
  const fill = (indices: number[], tokens: number) =>
    copied(stacked.fill({ indices, shape: [indices.length, tokens] }, EVENT)).get(value.input)!;
  const both = fill([1, 0], 4);
  t.deepEqual(both.shape, [3, 2, 4, 5]);
  const alone = fill([0, 0], 4);
  for (let part = 0; part < 3; part++) {
    const own = both.data.slice(part * 40 + 20, part * 40 + 40);
    t.deepEqual(own, alone.data.slice(part * 40, part * 40 + 20));
    t.true(own.every((z) => z !== 0));
    for (let other = 0; other < part; other++)
      t.notDeepEqual(own, alone.data.slice(other * 40, other * 40 + 20));
    // Two tokens of the first example, then padding.
    t.true(both.data.slice(part * 40 + 10, part * 40 + 20).every((z) => z === 0));
  }
});
