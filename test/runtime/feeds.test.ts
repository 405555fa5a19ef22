import test from 'ava';
import type { Tensor, ValueInfo } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { checkFeeds, shapeText, wantedOutputs } from '../../src/runtime/feeds.ts';

const INPUTS: readonly ValueInfo[] = [
  { name: 'ids', dtype: 'int64', shape: ['B', 'T'] },
  { name: 'mask', dtype: 'float32', shape: ['B', 'T'] },
  { name: 'weight', dtype: 'float32', shape: [2, 3] },
];

const GOOD = {
  ids: int64([2, 3], [1, 2, 3, 4, 5, 6]),
  mask: float32([2, 3], [1, 1, 1, 1, 1, 0]),
  weight: float32([2, 3], [1, 2, 3, 4, 5, 6]),
};

function messageOf(
  feeds: Readonly<Record<string, Tensor>>,
  sizes: Readonly<Record<string, number>> = {},
): string {
  try {
    checkFeeds('graph "g"', INPUTS, feeds, sizes);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

test('checkFeeds(inputs, feeds) accepts feeds that fit', (t) => {
  t.is(messageOf(GOOD), 'no error');
  t.is(messageOf(GOOD, { T: 3 }), 'no error');
});

test('checkFeeds(inputs, feeds) names what is missing and what is unknown', (t) => {
  const { weight: _, ...without } = GOOD;
  t.is(
    messageOf(without),
    'graph "g": each input must be fed, got nothing for "weight"; add it to the feeds',
  );
  t.is(
    messageOf({ ...GOOD, wieght: GOOD.weight }),
    'graph "g": feeds must be inputs of the graph, got "wieght"; the inputs are ids, mask, weight',
  );
});

test('checkFeeds(inputs, feeds) does not take a feed from the prototype', (t) => {
  const inputs: ValueInfo[] = [{ name: 'constructor', dtype: 'float32', shape: [] }];
  t.throws(() => checkFeeds('g', inputs, {}), {
    message: 'g: each input must be fed, got nothing for "constructor"; add it to the feeds',
  });
});

test('checkFeeds(inputs, feeds) refuses another element type, array or length', (t) => {
  t.is(
    messageOf({ ...GOOD, ids: float32([2, 3], [1, 2, 3, 4, 5, 6]) }),
    'graph "g": feed "ids": must be int64, got float32; convert it first',
  );
  t.is(
    messageOf({ ...GOOD, mask: { dtype: 'float32', shape: [2, 3], data: new Float64Array(6) } }),
    'graph "g": feed "mask": float32 must be held in a Float32Array, got Float64Array; convert it first',
  );
  t.is(
    messageOf({ ...GOOD, weight: { dtype: 'float32', shape: [2, 3], data: new Float32Array(5) } }),
    'graph "g": feed "weight": shape [2, 3] must have 6 values, got 5; correct the shape or the array',
  );
});

test('checkFeeds(inputs, feeds) refuses another rank, size, or two sizes of one dimension', (t) => {
  t.is(
    messageOf({ ...GOOD, ids: int64([6], [1, 2, 3, 4, 5, 6]) }),
    'graph "g": feed "ids": shape must be [B, T], got [6]; reshape it first',
  );
  t.is(
    messageOf({ ...GOOD, weight: float32([3, 2], [1, 2, 3, 4, 5, 6]) }),
    'graph "g": feed "weight": shape must be [2, 3], got [3, 2]; correct axis 0',
  );
  t.is(
    messageOf({ ...GOOD, mask: float32([2, 2], [1, 1, 1, 1]) }),
    'graph "g": feed "mask": dimension T must be 3 as in "ids", got 2; correct axis 1',
  );
  t.is(
    messageOf(GOOD, { T: 4 }),
    'graph "g": feed "ids": dimension T must be 4 as in the session options, got 3; correct axis 1',
  );
});

test('wantedOutputs(outputs, wanted) is all outputs, or those asked for, which must exist', (t) => {
  t.deepEqual(wantedOutputs('g', ['a', 'b']), ['a', 'b']);
  t.deepEqual(wantedOutputs('g', ['a', 'b'], ['b']), ['b']);
  t.throws(() => wantedOutputs('g', ['a', 'b'], ['c']), {
    message: 'g: outputs must be outputs of the graph, got "c"; the outputs are a, b',
  });
});

test('shapeText(shape) shows names, sizes and unknowns', (t) => {
  t.is(shapeText(['B', 128, '']), '[B, 128, ?]');
});
