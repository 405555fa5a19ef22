import test from 'ava';
import { dropoutMasks } from '../../src/tune/dropout.ts';

const LAYERS = [
  { name: 'a', in: 40, seesTokens: true },
  { name: 'b', in: 40, seesTokens: true },
  { name: 'pooler', in: 30, seesTokens: false },
];
const FIRST = { seed: 1, step: 0, part: 0 };

test('dropoutMasks: a factor for each number of an input, 0 or 1 / (1 - p), of mean 1', (t) => {
  for (const p of [0.1, 0.5]) {
    const masks = dropoutMasks(LAYERS, [20, 15], p, FIRST);
    t.deepEqual(
      Object.entries(masks).map(([name, { shape }]) => [name, shape]),
      [
        ['a.dropout', [20, 15, 40]],
        ['b.dropout', [20, 15, 40]],
        ['pooler.dropout', [20, 30]],
      ],
    );
    const factors = Array.from(masks['a.dropout']!.data, Number);
    t.deepEqual([...new Set(factors)].sort(), [0, Math.fround(1 / (1 - p))]);
    // A factor has the variance p / (1 - p): five standard errors of the mean.
    const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
    t.true(Math.abs(mean - 1) < 5 * Math.sqrt(p / (1 - p) / factors.length), `${mean}`);
  }
});

test('dropoutMasks: p = 0 drops nothing', (t) => {
  const masks = dropoutMasks(LAYERS, [2, 3], 0, FIRST);
  for (const { data } of Object.values(masks))
    t.true(Array.from(data, Number).every((factor) => factor === 1));
});

test('dropoutMasks: is keyed by seed, step, layer and part', (t) => {
  const of = (change: Partial<typeof FIRST>, layer = 'a') =>
    dropoutMasks(LAYERS, [4, 5], 0.5, { ...FIRST, ...change })[`${layer}.dropout`]!.data;
  t.deepEqual(of({}), of({}));
  for (const other of [of({ seed: 2 }), of({ step: 1 }), of({ part: 1 }), of({}, 'b')])
    t.notDeepEqual(other, of({}));
});
