import test from 'ava';
import type { DrawnValue } from '../../src/compile/drawn-values.ts';
import { createLiveDraws } from '../../src/evaluate/live-draws.ts';

const VALUES: readonly DrawnValue[] = [
  { input: 'first.product.0.readDraw', width: 5, overTokens: true },
  { input: 'first.product.1.readDraw', width: 5, overTokens: true },
  { input: 'pooler.product.0.readDraw', width: 3, overTokens: false },
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
  const wide = createLiveDraws([{ input: 'w.readDraw', width: 2 ** 20, overTokens: true }], () => 1024);
  t.is(wide.mostTokens, 32);
  t.throws(() => wide.fill({ indices: [0], shape: [2, 1024] }, EVENT), {
    instanceOf: RangeError,
    message: 'live draws: a text must have fewer tokens, got 1024; cut it',
  });
});
