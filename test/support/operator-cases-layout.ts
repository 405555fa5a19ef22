import { float32, int64 } from '../../src/graph/graph.ts';
import type { OperatorCase } from './operator-case.ts';
import { floats, operatorCase, whole } from './operator-case.ts';

const BT = { 0: 'B', 1: 'T' };
const TO_END = 2 ** 31 - 1;

function reshaped(title: string, sizes: readonly number[]): OperatorCase {
  return operatorCase(
    `Reshape, ${title}`,
    { x: floats([2, 3, 4], 1, BT) },
    (g) => [g.node('Reshape', ['x', g.ints(sizes)], { name: 'y' })],
    ['x'],
  );
}

function sliced(
  title: string,
  starts: number[],
  ends: number[],
  axes: number[],
  named: Record<number, string> = BT,
): OperatorCase {
  return operatorCase(
    `Slice, ${title}`,
    { x: floats([3, 4, 6], 2, named) },
    (g) => [g.node('Slice', ['x', g.ints(starts), g.ints(ends), g.ints(axes)], { name: 'y' })],
    ['x'],
  );
}

function gathered(
  title: string,
  axis: number,
  shape: number[],
  index: number[],
  data = [4, 3, 5],
): OperatorCase {
  return operatorCase(
    `Gather, ${title}`,
    { x: floats(data, 4) },
    (g) => [
      g.node('Gather', ['x', g.constant('index', int64(shape, index))], { name: 'y', attributes: { axis } }),
    ],
    ['x'],
  );
}

export const LAYOUT_CASES: readonly OperatorCase[] = [
  reshaped('to rows', [-1, 4]),
  reshaped('with copied sizes', [0, 0, 2, 2]),
  reshaped('two open sizes joined', [-1]),
  operatorCase(
    'Reshape, by a computed shape',
    { x: floats([2, 3, 4], 1, BT), like: floats([2, 3, 2], 2, BT) },
    (g) => {
      const front = g.node('Slice', [g.node('Shape', ['like']), g.ints([0]), g.ints([2]), g.ints([0])]);
      const shape = g.node('Concat', [front, g.ints([2, 2])], { attributes: { axis: 0 } });
      return [g.node('Reshape', ['x', shape], { name: 'y' })];
    },
    ['x'],
  ),
  operatorCase(
    'Transpose, heads',
    { x: floats([2, 3, 2, 4], 1, BT) },
    (g) => [g.node('Transpose', ['x'], { name: 'y', attributes: { perm: [0, 2, 3, 1] } })],
    ['x'],
  ),
  operatorCase(
    'Transpose, reversed',
    { x: floats([2, 3], 1, { 0: 'B' }) },
    (g) => [g.node('Transpose', ['x'], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'Transpose, twice',
    { x: floats([2, 3, 4], 1, BT) },
    (g) => {
      const once = g.node('Transpose', ['x'], { attributes: { perm: [1, 2, 0] } });
      return [g.node('Transpose', [g.node('Tanh', [once])], { name: 'y', attributes: { perm: [2, 0, 1] } })];
    },
    ['x'],
  ),
  sliced('last axis', [2], [5], [2]),
  sliced('from the end', [-3], [-1], [-1]),
  sliced('a named axis, first element', [0], [1], [1]),
  sliced('a named axis, to the end', [1], [TO_END], [1]),
  sliced('a named axis, all but the last', [0], [-1], [1]),
  sliced('two axes', [1, 2], [TO_END, 4], [0, 2], {}),
  operatorCase(
    'Slice, as many first rows as another value has columns',
    { x: floats([6, 3], 1), like: floats([2, 4], 2, BT) },
    (g) => {
      const length = g.node('Shape', ['like'], { attributes: { start: 1, end: 2 } });
      const first = g.node('Slice', ['x', g.ints([0]), length, g.ints([0])]);
      const shape = g.node('Concat', [length, g.ints([3])], { attributes: { axis: 0 } });
      return [g.node('Reshape', [first, shape], { name: 'y' })];
    },
    ['x'],
  ),
  operatorCase('Slice, with steps', { x: floats([3, 7], 1) }, (g) => [
    g.node('Slice', ['x', g.ints([0, 6]), g.ints([3, -8]), g.ints([0, 1]), g.ints([2, -2])], { name: 'y' }),
  ]),
  operatorCase(
    'Slice, three parts of one value',
    { x: floats([2, 3, 6], 2, BT) },
    (g) =>
      [0, 1, 2].map((part) =>
        g.node('Slice', ['x', g.ints([2 * part]), g.ints([2 * part + 2]), g.ints([2])], { name: `y${part}` }),
      ),
    ['x'],
  ),
  operatorCase(
    'Slice, overlapping parts',
    { x: floats([2, 3, 6], 2, BT) },
    (g) => [
      g.node('Slice', ['x', g.ints([0]), g.ints([4]), g.ints([2])], { name: 'y0' }),
      g.node('Slice', ['x', g.ints([3]), g.ints([5]), g.ints([2])], { name: 'y1' }),
      g.node('Tanh', ['x'], { name: 'y2' }),
    ],
    ['x'],
  ),
  operatorCase(
    'Concat, along a known axis',
    { a: floats([2, 3], 1, { 0: 'B' }), b: floats([2, 1], 2, { 0: 'B' }), c: floats([2, 2], 3, { 0: 'B' }) },
    (g) => [g.node('Concat', ['a', 'b', 'c'], { name: 'y', attributes: { axis: -1 } })],
    ['a', 'c'],
  ),
  operatorCase(
    'Concat, along named axes',
    { a: floats([2, 3], 1, { 0: 'S' }), b: floats([4, 3], 2, { 0: 'T' }) },
    (g) => [g.node('Concat', ['a', 'b'], { name: 'y', attributes: { axis: 0 } })],
    ['a', 'b'],
  ),
  operatorCase(
    'Split, given sizes',
    { x: floats([2, 6], 1, { 0: 'B' }) },
    (g) =>
      g.nodes('Split', ['x', g.ints([1, 3, 2])], 3, {
        name: 'y',
        outputs: ['y0', 'y1', 'y2'],
        attributes: { axis: 1 },
      }),
    ['x'],
  ),
  operatorCase(
    'Split, one part unused',
    { x: floats([2, 6], 1, { 0: 'B' }) },
    (g) => {
      const parts = g.nodes('Split', ['x'], 3, {
        outputs: ['y0', 'y1', 'y2'],
        attributes: { axis: 1, num_outputs: 3 },
      });
      return [parts[0]!, parts[2]!];
    },
    ['x'],
  ),
  gathered('axis 0, repeated', 0, [2, 3], [0, 2, 2, 1, 0, 3]),
  gathered('a middle axis', 1, [2], [2, 0]),
  gathered('last axis', -1, [4], [4, 4, 0, 2]),
  gathered('one element', 1, [], [-1]),
  gathered('groups of a vector', 0, [7], [1, 0, 1, 2, 2, 1, 0], [3]),
  operatorCase(
    'Gather, one element of a named axis',
    { x: floats([2, 3, 4], 4, BT) },
    (g) => [
      g.node('Gather', ['x', g.constant('index', int64([], [0]))], { name: 'y', attributes: { axis: 1 } }),
    ],
    ['x'],
  ),
  operatorCase(
    'Gather, three parts of one value',
    { x: floats([2, 3, 4], 4, { 0: 'B' }) },
    (g) =>
      [0, 1, 2].map((part) =>
        g.node('Gather', ['x', g.constant(`index${part}`, int64([], [part]))], {
          name: `y${part}`,
          attributes: { axis: 1 },
        }),
      ),
    ['x'],
  ),
  operatorCase(
    'Gather, fed indices',
    { x: floats([5, 3], 4), ids: whole([2, 4], [1, 1, 4, 0, 3, 1, 0, 0], BT) },
    (g) => [g.node('Gather', ['x', 'ids'], { name: 'y', attributes: { axis: 0 } })],
    ['x'],
  ),
  operatorCase(
    'Unsqueeze',
    { x: floats([2, 3], 1, BT) },
    (g) => [g.node('Unsqueeze', ['x', g.ints([1, -1])], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'Squeeze',
    { x: floats([2, 1, 3, 1], 1, { 0: 'B' }) },
    (g) => [g.node('Squeeze', ['x', g.ints([1, 3])], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'Expand',
    { x: floats([2, 1, 4], 1, { 0: 'B' }) },
    (g) => [g.node('Expand', ['x', g.ints([3, 1, 5, 4])], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'Expand, to the shape of another',
    { x: floats([4], 1), like: floats([2, 3, 4], 2, BT) },
    (g) => [g.node('Expand', ['x', g.node('Shape', ['like'])], { name: 'y' })],
    ['x'],
  ),
  operatorCase('ScatterElements, adding', { x: floats([3, 2], 1), updates: floats([4, 2], 2) }, (g) => {
    const index = g.constant('index', int64([4, 2], [0, 1, 0, 2, 2, 2, 1, 0]));
    return [
      g.node('ScatterElements', ['x', index, 'updates'], {
        name: 'y',
        attributes: { axis: 0, reduction: 'add' },
      }),
    ];
  }),
  operatorCase('OneHot', { ids: whole([2, 3], [0, 2, 1, 3, 3, 0], BT) }, (g) => [
    g.node('OneHot', ['ids', g.ints([4]), g.constant('values', float32([2], [0, 1]))], { name: 'y' }),
  ]),
  operatorCase('Shape', { x: floats([2, 3, 4], 1, BT) }, (g) => [g.node('Shape', ['x'], { name: 'y' })]),
  operatorCase('Shape, a part', { x: floats([2, 3, 4], 1, BT) }, (g) => [
    g.node('Shape', ['x'], { name: 'y', attributes: { start: 1, end: 3 } }),
  ]),
  operatorCase('ConstantOfShape', { x: floats([2, 3], 1, BT) }, (g) => {
    const value = { type: 'tensor' as const, value: float32([1], [0.5]) };
    return [g.node('ConstantOfShape', [g.node('Shape', ['x'])], { name: 'y', attributes: { value } })];
  }),
  operatorCase('Constant', { x: floats([2, 3], 1, BT) }, (g) => {
    const value = { type: 'tensor' as const, value: float32([3], [1, 2, 3]) };
    return [g.node('Add', ['x', g.node('Constant', [], { attributes: { value } })], { name: 'y' })];
  }),
  operatorCase('Range', { x: floats([2, 3], 1, BT) }, (g) => {
    const tokens = g.node('Gather', [g.node('Shape', ['x']), g.constant('one', int64([], [1]))], {
      attributes: { axis: 0 },
    });
    return [g.node('Range', [g.constant('zero', int64([], [0])), tokens, 'one'], { name: 'y' })];
  }),
];
