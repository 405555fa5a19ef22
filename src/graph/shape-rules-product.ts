import { floatAttribute, intAttribute, tensorAttribute } from './attributes.ts';
import type { Dimension } from './graph.ts';
import { knownTensor } from './known-tensor.ts';
import type { Known, ShapeQuery, ShapeRule } from './shape-rule.ts';
import { broadcast, fail, frontAxis, needed, numbersOf, unknownSize } from './shape-rule.ts';

const matMul: ShapeRule = (query) => {
  const [a, b] = [needed(query, 0), needed(query, 1)];
  sameType(query, [a, b]);
  if (a.shape.length === 0 || b.shape.length === 0)
    fail(query, 'its operands must have rank 1 or more, got a scalar');
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  meets(query, a.shape, b.shape, left.at(-1)!, right.at(-2)!);
  const batch = broadcast(query, left.slice(0, -2), right.slice(0, -2));
  const rows = a.shape.length === 1 ? [] : [left.at(-2)!];
  const columns = b.shape.length === 1 ? [] : [right.at(-1)!];
  return [{ dtype: a.dtype, shape: [...batch, ...rows, ...columns] }];
};

const gemm: ShapeRule = (query) => {
  const [a, b, c] = [needed(query, 0), needed(query, 1), query.inputs[2]];
  sameType(query, [a, b]);
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    fail(query, `its operands must have rank 2, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  }
  const [rows, inner] = intAttribute(query.node, 'transA', 0)
    ? [a.shape[1]!, a.shape[0]!]
    : [a.shape[0]!, a.shape[1]!];
  const [other, columns] = intAttribute(query.node, 'transB', 0)
    ? [b.shape[1]!, b.shape[0]!]
    : [b.shape[0]!, b.shape[1]!];
  meets(query, a.shape, b.shape, inner, other);
  const shape = [rows, columns];
  if (c !== undefined && broadcast(query, shape, c.shape).length !== 2) {
    fail(query, `C must broadcast to [${shape.join(', ')}], got [${c.shape.join(', ')}]`);
  }
  return [{ dtype: a.dtype, shape }];
};

function meets(
  query: ShapeQuery,
  a: readonly Dimension[],
  b: readonly Dimension[],
  left: Dimension,
  right: Dimension,
): void {
  if (typeof left === 'number' && typeof right === 'number' && left !== right) {
    fail(
      query,
      `the inner sizes of [${a.join(', ')}] and [${b.join(', ')}] must be equal, got ${left} and ${right}`,
    );
  }
}

function sameType(query: ShapeQuery, known: readonly Known[]): void {
  const other = known.find((one) => one.dtype !== known[0]!.dtype);
  if (other !== undefined) {
    fail(
      query,
      `its inputs must be of one element type, got ${known[0]!.dtype} and ${other.dtype}; put a Cast in front`,
    );
  }
}

const alongAxis: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  frontAxis(query, intAttribute(query.node, 'axis', -1), shape.length);
  return [{ dtype, shape }];
};

const cumSum: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  return [{ dtype, shape }];
};

const layerNormalization: ShapeRule = (query) => {
  const [x, scale, bias] = [needed(query, 0), needed(query, 1), query.inputs[2]];
  const axis = frontAxis(query, intAttribute(query.node, 'axis', -1), x.shape.length);
  floatAttribute(query.node, 'epsilon', 1e-5);
  for (const one of [scale, bias]) {
    if (one !== undefined && broadcast(query, x.shape, one.shape).length !== x.shape.length) {
      fail(query, `scale and bias must broadcast to [${x.shape.join(', ')}], got [${one.shape.join(', ')}]`);
    }
  }
  const { dtype, shape } = x;
  const statistic = { dtype, shape: shape.map((size, index) => (index < axis ? size : 1)) };
  return [{ dtype, shape }, statistic, statistic].slice(0, query.node.outputs.length);
};

const reduce: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  const listed = numbersOf(query, 1);
  const none = listed === undefined || listed.length === 0;
  if (none && intAttribute(query.node, 'noop_with_empty_axes', 0) !== 0) return [{ dtype, shape }];
  const axes = none
    ? shape.map((_, axis) => axis)
    : listed.map((axis) => frontAxis(query, axis, shape.length));
  const keep = intAttribute(query.node, 'keepdims', 1) !== 0;
  const sizes = shape.flatMap((size, axis): Dimension[] => (!axes.includes(axis) ? [size] : keep ? [1] : []));
  return [{ dtype, shape: sizes }];
};

const shapeOf: ShapeRule = (query) => {
  const { shape } = needed(query, 0);
  const rank = shape.length;
  const bound = (value: number) => Math.min(rank, Math.max(0, value < 0 ? value + rank : value));
  const start = bound(intAttribute(query.node, 'start', 0));
  const end = bound(intAttribute(query.node, 'end', rank));
  const entries = shape.slice(start, Math.max(start, end));
  return [{ dtype: 'int64', shape: [entries.length], entries }];
};

const constantOfShape: ShapeRule = (query) => {
  const wanted = needed(query, 0);
  const value = tensorAttribute(query.node, 'value');
  const rank = wanted.shape[0];
  if (typeof rank !== 'number')
    return fail(query, `its input must be a vector of known length, got [${wanted.shape.join(', ')}]`);
  const shape = wanted.entries ?? Array.from({ length: rank }, (_, axis) => unknownSize(query, axis));
  const dtype = value?.dtype ?? 'float32';
  const length = shape[0];
  const entries =
    dtype === 'int64' && rank === 1 && typeof length === 'number' && length < 64
      ? Array<number>(length).fill(Number(value!.data[0]))
      : undefined;
  return [{ dtype, shape, ...(entries && { entries }) }];
};

const constant: ShapeRule = (query) => {
  const value = tensorAttribute(query.node, 'value');
  return [
    value === undefined ? fail(query, 'attribute "value" must be a tensor, got none') : knownTensor(value),
  ];
};

const range: ShapeRule = (query) => {
  const first = needed(query, 0);
  const [start, limit, step] = [0, 1, 2].map((index) => query.inputs[index]?.entries?.[0]);
  if (typeof start === 'number' && typeof limit === 'number' && typeof step === 'number') {
    const length = Math.max(0, Math.ceil((limit - start) / step));
    const entries = Array.from({ length }, (_, index) => start + index * step);
    return [{ dtype: first.dtype, shape: [length], entries }];
  }
  const counted = start === 0 && step === 1 && limit !== undefined;
  return [{ dtype: first.dtype, shape: [counted ? limit : unknownSize(query, 0)] }];
};

/** Products, norms, reductions and values made from shapes. */
export const PRODUCT_SHAPES: Readonly<Record<string, ShapeRule>> = {
  MatMul: matMul,
  Gemm: gemm,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  LayerNormalization: layerNormalization,
  CumSum: cumSum,
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  Shape: shapeOf,
  ConstantOfShape: constantOfShape,
  Constant: constant,
  Range: range,
};
