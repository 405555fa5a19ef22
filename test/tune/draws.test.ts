import test from 'ava';
import { layerDraws } from '../../src/tune/draws.ts';

const LAYERS = [
  { name: 'a', in: 48, seesTokens: true },
  { name: 'b', in: 48, seesTokens: true },
  { name: 'pooler', in: 40, seesTokens: false },
];

const row = (data: ArrayLike<number | bigint>, index: number, width: number): number[] =>
  Array.from(data, Number).slice(index * width, (index + 1) * width);

test('layerDraws: example: one draw for each example and input dimension', (t) => {
  const draws = layerDraws(LAYERS, [3, 5], 1, 0, 'example');
  t.deepEqual(Object.keys(draws), ['a.draw', 'b.draw', 'pooler.draw']);
  t.deepEqual(draws['a.draw']!.shape, [3, 48]);
  t.deepEqual(draws['pooler.draw']!.shape, [3, 40]);
  t.notDeepEqual(row(draws['a.draw']!.data, 0, 48), row(draws['a.draw']!.data, 1, 48));
});

test('layerDraws: token: one for each token where a layer sees tokens', (t) => {
  const draws = layerDraws(LAYERS, [3, 5], 1, 0, 'token');
  t.deepEqual(draws['a.draw']!.shape, [3, 5, 48]);
  t.deepEqual(draws['pooler.draw']!.shape, [3, 40]);
  t.notDeepEqual(row(draws['a.draw']!.data, 0, 48), row(draws['a.draw']!.data, 1, 48));
});

test('layerDraws: step: one for all examples of a step', (t) => {
  const { data, shape } = layerDraws(LAYERS, [3, 5], 1, 0, 'step')['a.draw']!;
  t.deepEqual(shape, [3, 48]);
  for (const index of [1, 2]) t.deepEqual(row(data, index, 48), row(data, 0, 48));
  t.true(new Set(row(data, 0, 48)).size > 40);
});

test('layerDraws: is keyed by seed, step and layer', (t) => {
  const of = (seed: number, step: number, layer = 'a') =>
    layerDraws(LAYERS, [2, 5], seed, step, 'example')[`${layer}.draw`]!.data;
  t.deepEqual(of(1, 4), of(1, 4));
  t.notDeepEqual(of(1, 5), of(1, 4));
  t.notDeepEqual(of(2, 4), of(1, 4));
  t.notDeepEqual(of(1, 4, 'b'), of(1, 4));
});

test('layerDraws: a layer draws the same whichever others draw, and however many examples follow', (t) => {
  const alone = layerDraws(LAYERS.slice(1, 2), [2, 5], 1, 4, 'example')['b.draw']!.data;
  t.deepEqual(alone, layerDraws(LAYERS, [2, 5], 1, 4, 'example')['b.draw']!.data);
  t.deepEqual(alone, layerDraws(LAYERS, [3, 9], 1, 4, 'example')['b.draw']!.data.slice(0, 96));
});

test('layerDraws: draws are standard normal', (t) => {
  const many = layerDraws([{ name: 'a', in: 512, seesTokens: false }], [64, 1], 1, 0, 'example')['a.draw']!;
  const values = Array.from(many.data, Number);
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + value * value, 0) / n;
  // Five standard errors: 1 / sqrt(n) of the mean, sqrt(2 / n) of the variance.
  t.true(Math.abs(mean) < 5 / Math.sqrt(n));
  t.true(Math.abs(variance - 1) < 5 * Math.sqrt(2 / n));
});
