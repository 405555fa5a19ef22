import { floatAttribute, intAttribute } from './attributes.ts';
import type { Backward } from './backward.ts';
import { front, multiply, sumOver, transposeLast, unbroadcast } from './backward-steps.ts';
import type { GradientQuery, GradientRule } from './gradient-rule.ts';
import { refuse } from './gradient-rule.ts';
import { DATA_TYPE } from './onnx-fields.ts';

/** dA = dY B^T, dB = A^T dY. A vector operand counts as a matrix of one row (or column). */
const matMul: GradientRule = (query) => {
  const { g, node } = query;
  const [left, right] = [node.inputs[0]!, node.inputs[1]!];
  const row = g.shape(left).length === 1;
  const column = g.shape(right).length === 1;
  const a = row ? g.node('Unsqueeze', [left, g.ints([0])]) : left;
  const b = column ? g.node('Unsqueeze', [right, g.ints([1])]) : right;
  const missing = [...(row ? [-2] : []), ...(column ? [-1] : [])];
  const dy = missing.length === 0 ? query.full() : g.node('Unsqueeze', [query.full(), g.ints(missing)]);
  if (query.wanted(0)) {
    const da = unbroadcast(g, timesTransposed(g, dy, b), a);
    query.give(0, row ? g.node('Squeeze', [da, g.ints([0])]) : da);
  }
  if (query.wanted(1)) {
    const db = transposedTimes(g, a, dy, b);
    query.give(1, column ? g.node('Squeeze', [db, g.ints([1])]) : db);
  }
};

/** dY B^T. A constant B is transposed once, when the session opens. */
function timesTransposed(g: Backward, dy: string, b: string): string {
  if (g.shape(dy).length === 2 && g.shape(b).length === 2) return g.node('Gemm', [dy, b], { transB: 1 });
  return g.node('MatMul', [dy, transposeLast(g, b)]);
}

/** A^T dY in the shape of `b`; for a matrix `b` all rows of all batches are one product. */
function transposedTimes(g: Backward, a: string, dy: string, b: string): string {
  const flat = (value: string): string => {
    const shape = g.shape(value);
    if (shape.length === 2) return value;
    const width = shape.at(-1)!;
    if (typeof width === 'number') return g.node('Reshape', [value, g.ints([-1, width])]);
    const size = g.node('Shape', [value], { start: shape.length - 1, end: shape.length });
    return g.node('Reshape', [value, g.node('Concat', [g.ints([-1]), size], { axis: 0 })]);
  };
  // A matrix b is shared by all batches, which dY then has from a.
  if (g.shape(b).length === 2) return g.node('Gemm', [flat(a), flat(dy)], { transA: 1 });
  return unbroadcast(g, g.node('MatMul', [transposeLast(g, a), dy]), b);
}

const gemm: GradientRule = (query) => {
  const { g, node } = query;
  const [a, b, c] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]];
  const transA = intAttribute(node, 'transA', 0);
  const transB = intAttribute(node, 'transB', 0);
  const alpha = floatAttribute(node, 'alpha', 1);
  const dy = query.full();
  const product = (left: string, right: string, turnLeft: number, turnRight: number) =>
    g.node('Gemm', [left, right], { transA: turnLeft, transB: turnRight, ...(alpha !== 1 && { alpha }) });
  if (query.wanted(0)) query.give(0, transA ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB));
  if (query.wanted(1)) query.give(1, transB ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0));
  if (c !== undefined && c !== '' && query.wanted(2)) {
    query.give(2, multiply(g, unbroadcast(g, dy, c), g.scalar(floatAttribute(node, 'beta', 1))));
  }
};

function axisOf({ g, node }: GradientQuery): number {
  return front(intAttribute(node, 'axis', -1), g.shape(node.inputs[0]!).length);
}

/** dx = y (dy - sum of dy y) */
const softmax: GradientRule = (query) => {
  const { g, node } = query;
  const y = node.outputs[0]!;
  const dy = query.loose();
  const sum = sumOver(g, multiply(g, dy, y), [axisOf(query)], 1);
  query.give(0, multiply(g, y, g.node('Sub', [dy, sum])));
};

/** dx = dy - exp(y) sum of dy */
const logSoftmax: GradientRule = (query) => {
  const { g, node } = query;
  const dy = query.full();
  const share = g.node('Exp', [node.outputs[0]!]);
  query.give(0, g.node('Sub', [dy, multiply(g, share, sumOver(g, dy, [axisOf(query)], 1))]));
};

/**
 * y = n s + b with n = (x - mean) / std. With a = dy s: dx = (a - mean(a) - n mean(a n)) / std, ds = sum of dy n,
 * db = sum of dy. Mean and 1 / std are taken from the forward node's own further outputs.
 */
const layerNormalization: GradientRule = (query) => {
  const { g, node } = query;
  const [x, scale, bias] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]];
  const rank = g.shape(x).length;
  const start = axisOf(query);
  const axes = Array.from({ length: rank - start }, (_, index) => start + index);
  const mean = (value: string) => g.node('ReduceMean', [value, g.ints(axes)], { keepdims: 1 });
  const dy = query.full();
  if (bias !== undefined && bias !== '' && query.wanted(2)) query.give(2, unbroadcast(g, dy, bias));
  if (!query.wanted(0) && !query.wanted(1)) return;
  const [, centre, inverse] = g.widen(node, 3);
  const normal = g.node('Mul', [g.node('Sub', [x, centre!]), inverse!]);
  if (query.wanted(1)) query.give(1, unbroadcast(g, g.node('Mul', [dy, normal]), scale));
  if (!query.wanted(0)) return;
  const a = g.node('Mul', [dy, scale]);
  const along = g.node('Mul', [normal, mean(g.node('Mul', [a, normal]))]);
  query.give(0, g.node('Mul', [g.node('Sub', [g.node('Sub', [a, mean(a)]), along]), inverse!]));
};

/** The axes that a reduction sums over, and its gradient with these axes of size 1 in place. */
function reduction(query: GradientQuery): { axes: readonly number[]; spread: (value: string) => string } {
  const { g, node } = query;
  const rank = g.shape(node.inputs[0]!).length;
  const input = node.inputs[1];
  const listed = input === undefined || input === '' ? [] : g.entries(input);
  if (!listed?.every((axis) => typeof axis === 'number')) {
    return refuse(node, `its axes must be constant numbers to take its gradient, got the value "${input}"`);
  }
  const none = listed.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) !== 0;
  const axes = none
    ? []
    : listed.length === 0
      ? Array.from({ length: rank }, (_, axis) => axis)
      : listed.map((axis) => front(axis, rank));
  const kept = none || intAttribute(node, 'keepdims', 1) !== 0;
  // A scalar broadcasts as it is.
  const spread = (value: string) =>
    kept || g.shape(value).length === 0 ? value : g.node('Unsqueeze', [value, g.ints(axes)]);
  return { axes, spread };
}

const reduceSum: GradientRule = (query) => query.give(0, reduction(query).spread(query.full()));

const reduceMean: GradientRule = (query) => {
  const { g, node } = query;
  const { axes, spread } = reduction(query);
  const shape = g.shape(node.inputs[0]!);
  const known = axes.reduce(
    (product, axis) => (typeof shape[axis] === 'number' ? product * shape[axis] : product),
    1,
  );
  const named = axes.filter((axis) => typeof shape[axis] === 'string');
  let dy = multiply(g, query.full(), g.scalar(1 / known));
  for (const axis of named) {
    const size = g.node('Shape', [node.inputs[0]!], { start: axis, end: axis + 1 });
    const scalar = g.node('Squeeze', [g.node('Cast', [size], { to: DATA_TYPE.float32 }), g.ints([0])]);
    dy = g.node('Div', [dy, scalar]);
  }
  query.give(0, spread(dy));
};

/** The largest values share the gradient equally. */
const reduceMax: GradientRule = (query) => {
  const { g, node } = query;
  const { axes, spread } = reduction(query);
  const hit = g.node('Cast', [g.node('Equal', [node.inputs[0]!, spread(node.outputs[0]!)])], {
    to: DATA_TYPE.float32,
  });
  query.give(0, multiply(g, hit, g.node('Div', [spread(query.full()), sumOver(g, hit, axes, 1)])));
};

const cumSum: GradientRule = (query) => {
  const { g, node } = query;
  const attributes = {
    exclusive: intAttribute(node, 'exclusive', 0),
    reverse: 1 - intAttribute(node, 'reverse', 0),
  };
  query.give(0, g.node('CumSum', [query.full(), node.inputs[1]!], attributes));
};

/** Gradients of products, norms and reductions. */
export const PRODUCT_GRADIENTS: Readonly<Record<string, GradientRule>> = {
  MatMul: matMul,
  Gemm: gemm,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LayerNormalization: layerNormalization,
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  ReduceMax: reduceMax,
  CumSum: cumSum,
};
