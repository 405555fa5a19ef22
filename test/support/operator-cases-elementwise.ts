import { float32 } from '../../src/graph/graph.ts';
import { DATA_TYPE } from '../../src/graph/onnx-fields.ts';
import type { OperatorCase } from './operator-case.ts';
import { flags, floats, operatorCase, whole } from './operator-case.ts';

const BT = { 0: 'B', 1: 'T' };

/** Operators of two operands, over operands of one shape and over all kinds of broadcast. */
function pairs(op: string, low: readonly [number, number] = [-2, 2]): OperatorCase[] {
  const shapes: [string, number[], number[]][] = [
    ['equal shapes', [2, 3, 4], [2, 3, 4]],
    ['a vector', [2, 3, 4], [4]],
    ['a middle axis of one', [2, 3, 4], [2, 1, 4]],
    ['outer product', [3, 1], [1, 4]],
    ['a scalar', [2, 3], []],
    ['a vector first', [4], [2, 3, 4]],
  ];
  return shapes.map(([title, a, b], index) =>
    operatorCase(
      `${op}, ${title}`,
      {
        a: floats(a, index, a.length === 3 ? BT : {}, low),
        b: floats(b, index + 50, b.length === 3 ? (b[1] === 1 ? { 0: 'B' } : BT) : {}, low),
      },
      (g) => [g.node(op, ['a', 'b'], { name: 'y' })],
      ['a', 'b'],
    ),
  );
}

/** Operators of one operand. */
function single(op: string, range: readonly [number, number] = [-2, 2], differentiable = true): OperatorCase {
  return operatorCase(
    op,
    { x: floats([2, 3, 4], 7, BT, range) },
    (g) => [g.node(op, ['x'], { name: 'y' })],
    differentiable ? ['x'] : undefined,
  );
}

function power(exponent: number): OperatorCase {
  return operatorCase(
    `Pow, exponent ${exponent}`,
    { x: floats([2, 5], 3, { 0: 'B' }, [0.3, 2]) },
    (g) => [g.node('Pow', ['x', g.scalar(exponent)], { name: 'y' })],
    ['x'],
  );
}

const COMPARISONS = ['Equal', 'Greater', 'Less'].map((op) =>
  operatorCase(op, { a: whole([6], [1, 2, 3, 4, 5, 6]), b: whole([6], [1, 3, 2, 4, 6, 5]) }, (g) => [
    g.node(op, ['a', 'b'], { name: 'y' }),
  ]),
);

export const ELEMENTWISE_CASES: readonly OperatorCase[] = [
  ...pairs('Add'),
  ...pairs('Sub'),
  ...pairs('Mul'),
  ...pairs('Div', [0.5, 2]),
  ...pairs('Min'),
  ...pairs('Max'),
  power(2),
  power(3),
  power(0.5),
  power(-1.5),
  operatorCase(
    'Pow, a vector of exponents',
    { x: floats([2, 3], 3, { 0: 'B' }, [0.3, 2]) },
    (g) => [g.node('Pow', ['x', g.constant('exponents', float32([3], [1.5, 2, -0.5]))], { name: 'y' })],
    ['x'],
  ),
  single('Sqrt', [0.2, 3]),
  single('Exp'),
  single('Log', [0.2, 3]),
  single('Neg'),
  single('Abs'),
  single('Erf', [-3, 3]),
  single('Tanh'),
  single('Sigmoid', [-4, 4]),
  single('Relu'),
  single('Reciprocal', [0.3, 2]),
  single('Identity'),
  single('Round', [-4, 4], false),
  operatorCase('Round, halves to even', { x: floats([1], 0) }, (g) => {
    const halves = g.constant('halves', float32([6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]));
    return [g.node('Round', [halves], { name: 'y' })];
  }),
  operatorCase(
    'Clip, both ends',
    { x: floats([3, 5], 11, { 0: 'B' }) },
    (g) => [g.node('Clip', ['x', g.scalar(-1), g.scalar(0.5)], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'Clip, upper end only',
    { x: floats([3, 5], 12, { 0: 'B' }) },
    (g) => [g.node('Clip', ['x', '', g.scalar(0.5)], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'Clip, lower end only',
    { x: floats([3, 5], 13, { 0: 'B' }) },
    (g) => [g.node('Clip', ['x', g.scalar(0.25)], { name: 'y' })],
    ['x'],
  ),
  ...COMPARISONS,
  operatorCase('Equal, floats', { a: floats([2, 3], 1), b: floats([3], 1) }, (g) => [
    g.node('Equal', ['a', 'b'], { name: 'y' }),
  ]),
  operatorCase('Greater, floats', { a: floats([2, 3], 1), b: floats([3], 2) }, (g) => [
    g.node('Greater', ['a', 'b'], { name: 'y' }),
  ]),
  operatorCase('Less, floats', { a: floats([2, 3], 1), b: floats([3], 2) }, (g) => [
    g.node('Less', ['a', 'b'], { name: 'y' }),
  ]),
  operatorCase('Not and And', { a: flags([4], [1, 1, 0, 0]), b: flags([4], [1, 0, 1, 0]) }, (g) => [
    g.node('And', ['a', 'b'], { name: 'both' }),
    g.node('Not', ['a'], { name: 'not' }),
  ]),
  operatorCase(
    'Where',
    { c: flags([2, 1, 4], [1, 0, 0, 1, 0, 1, 1, 0]), a: floats([2, 3, 4], 1), b: floats([4], 2) },
    (g) => [g.node('Where', ['c', 'a', 'b'], { name: 'y' })],
    ['a', 'b'],
  ),
  operatorCase(
    'Where, behind a comparison of a wanted input',
    { a: floats([3, 4], 1, { 0: 'B' }) },
    (g) => {
      const positive = g.node('Greater', ['a', g.scalar(0)]);
      return [g.node('Where', [positive, g.node('Mul', ['a', 'a']), 'a'], { name: 'y' })];
    },
    ['a'],
  ),
  operatorCase(
    'Cast, float32 to itself',
    { x: floats([2, 3], 1, { 0: 'B' }) },
    (g) => [g.node('Cast', ['x'], { name: 'y', attributes: { to: DATA_TYPE.float32 } })],
    ['x'],
  ),
  operatorCase('Cast, int64 to float32', { x: whole([2, 3], [-3, 0, 1, 2, 40, 1000], { 0: 'B' }) }, (g) => [
    g.node('Cast', ['x'], { name: 'y', attributes: { to: DATA_TYPE.float32 } }),
  ]),
  operatorCase('Cast, bool to float32', { x: flags([4], [1, 0, 0, 1]) }, (g) => [
    g.node('Cast', ['x'], { name: 'y', attributes: { to: DATA_TYPE.float32 } }),
  ]),
  operatorCase('Cast, float32 to int64', { x: floats([6], 9, {}, [-5, 5]) }, (g) => [
    g.node('Cast', ['x'], { name: 'y', attributes: { to: DATA_TYPE.int64 } }),
  ]),
];
