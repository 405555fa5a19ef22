import { int64 } from '../../src/graph/graph.ts';
import type { Feed, OperatorCase } from './operator-case.ts';
import { floats, operatorCase } from './operator-case.ts';

const BT = { 0: 'B', 1: 'T' };

function product(title: string, a: Feed, b: Feed): OperatorCase {
  return operatorCase(`MatMul, ${title}`, { a, b }, (g) => [g.node('MatMul', ['a', 'b'], { name: 'y' })], [
    'a',
    'b',
  ]);
}

function gemm(transA: 0 | 1, transB: 0 | 1, scale: number, bias: readonly number[] | null): OperatorCase {
  const a = transA ? floats([4, 3], 1, { 1: 'B' }) : floats([3, 4], 1, { 0: 'B' });
  const b = transB ? floats([5, 4], 2) : floats([4, 5], 2);
  const c = bias && floats(bias, 3);
  return operatorCase(
    `Gemm, transA ${transA}, transB ${transB}, scale ${scale}, bias ${bias === null ? 'none' : `[${bias}]`}`,
    c ? { a, b, c } : { a, b },
    (g) => [
      g.node('Gemm', c ? ['a', 'b', 'c'] : ['a', 'b'], {
        name: 'y',
        attributes: { transA, transB, alpha: scale, ...(c && { beta: scale / 2 }) },
      }),
    ],
    c ? ['a', 'b', 'c'] : ['a', 'b'],
  );
}

function along(op: string, axis: number): OperatorCase {
  return operatorCase(
    `${op}, axis ${axis}`,
    { x: floats([2, 3, 4], 5, BT) },
    (g) => [g.node(op, ['x'], { name: 'y', attributes: { axis } })],
    ['x'],
  );
}

function reduced(
  op: string,
  axes: readonly number[] | null,
  keepdims: 0 | 1,
  differentiable = true,
): OperatorCase {
  return operatorCase(
    `${op}, axes ${axes === null ? 'all' : `[${axes}]`}, keepdims ${keepdims}`,
    { x: floats([2, 3, 4], 6, BT) },
    (g) => [g.node(op, axes === null ? ['x'] : ['x', g.ints(axes)], { name: 'y', attributes: { keepdims } })],
    differentiable ? ['x'] : undefined,
  );
}

function norm(bias: boolean, epsilon: number, axis: number): OperatorCase {
  const sizes = axis === -1 ? [6] : [3, 6];
  return operatorCase(
    `LayerNormalization, ${bias ? 'with' : 'without'} bias, epsilon ${epsilon}, axis ${axis}`,
    {
      x: floats([2, 3, 6], 8, axis === -1 ? BT : { 0: 'B' }),
      scale: floats(sizes, 9),
      ...(bias && { bias: floats(sizes, 10) }),
    },
    (g) => [
      g.node('LayerNormalization', bias ? ['x', 'scale', 'bias'] : ['x', 'scale'], {
        name: 'y',
        attributes: { axis, epsilon },
      }),
    ],
    bias ? ['x', 'scale', 'bias'] : ['x', 'scale'],
  );
}

export const PRODUCT_CASES: readonly OperatorCase[] = [
  product('matrices', floats([3, 4], 1, { 0: 'B' }), floats([4, 5], 2)),
  product('tokens by a matrix', floats([2, 3, 4], 1, BT), floats([4, 5], 2)),
  product('batches', floats([2, 3, 4], 1, BT), floats([2, 4, 5], 2, { 0: 'B' })),
  product(
    'attention',
    floats([2, 2, 3, 4], 1, { 0: 'B', 2: 'T' }),
    floats([2, 2, 4, 3], 2, { 0: 'B', 3: 'T' }),
  ),
  product('a broadcast batch', floats([2, 2, 3, 4], 1, { 0: 'B' }), floats([2, 4, 5], 2)),
  product('a batch of one', floats([1, 3, 4], 1), floats([2, 4, 5], 2, { 0: 'B' })),
  product('a matrix by tokens', floats([3, 4], 1), floats([2, 4, 5], 2, { 0: 'B' })),
  product('a vector by a matrix', floats([4], 1), floats([4, 5], 2)),
  product('a matrix by a vector', floats([3, 4], 1, { 0: 'B' }), floats([4], 2)),
  product('two vectors', floats([4], 1), floats([4], 2)),
  operatorCase(
    'MatMul, keys transposed',
    { q: floats([2, 2, 3, 4], 1, { 0: 'B', 2: 'T' }), k: floats([2, 3, 2, 4], 2, BT) },
    (g) => {
      const keys = g.node('Transpose', ['k'], { attributes: { perm: [0, 2, 3, 1] } });
      return [g.node('MatMul', ['q', keys], { name: 'y' })];
    },
    ['q', 'k'],
  ),
  gemm(0, 0, 1, [5]),
  gemm(0, 1, 1, [5]),
  gemm(1, 0, 0.5, [1, 5]),
  gemm(1, 1, 0.5, []),
  gemm(0, 0, 1, null),
  gemm(0, 1, 2, null),
  along('Softmax', -1),
  along('Softmax', 1),
  along('LogSoftmax', -1),
  along('LogSoftmax', 1),
  norm(true, 1e-6, -1),
  norm(false, 1e-1, -1),
  norm(true, 1e-5, 1),
  reduced('ReduceSum', [1], 0),
  reduced('ReduceSum', [-1], 1),
  reduced('ReduceSum', [0, 1], 0),
  reduced('ReduceSum', null, 0),
  reduced('ReduceMean', [2], 0),
  reduced('ReduceMean', [1], 1),
  reduced('ReduceMean', [0, 2], 0),
  reduced('ReduceMean', null, 1),
  reduced('ReduceMax', [-1], 1),
  reduced('ReduceMax', [1], 0),
  operatorCase(
    'CumSum',
    { x: floats([2, 4], 1, { 0: 'B' }) },
    (g) => [g.node('CumSum', ['x', g.constant('axis', int64([], [1]))], { name: 'y' })],
    ['x'],
  ),
  operatorCase(
    'CumSum, reverse and exclusive',
    { x: floats([2, 4], 1, { 0: 'B' }) },
    (g) => [
      g.node('CumSum', ['x', g.constant('axis', int64([], [1]))], {
        name: 'y',
        attributes: { reverse: 1, exclusive: 1 },
      }),
    ],
    ['x'],
  ),
];
