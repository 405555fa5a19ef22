import { intAttribute } from './attributes.ts';
import type { Backward } from './backward.ts';
import { front, reshape } from './backward-steps.ts';
import type { GradientQuery, GradientRule } from './gradient-rule.ts';
import { float32 } from './graph.ts';

/** Largest one-hot matrix that replaces a scatter: 4 MB. */
const MAX_ONE_HOT = 2 ** 20;

/**
 * Gradient of picking slices along an axis: each slice's gradient is added where it came from, in a fixed order.
 * One constant index or a run of them is a part of the value; other constant indices are a product with a one-hot
 * matrix, which is fast and sums in the order of any product; indices known only at run time are scattered.
 */
export const gather: GradientRule = (query) => {
  const { g, node } = query;
  const [data, index] = [node.inputs[0]!, node.inputs[1]!];
  const shape = g.shape(data);
  const axis = front(intAttribute(node, 'axis', 0), shape.length);
  const constant = g.tensor(index);
  const size = shape[axis]!;
  if (constant !== undefined) {
    const picks = Array.from(constant.data as ArrayLike<number | bigint>, Number);
    const places = picks.map((pick) => (pick < 0 && typeof size === 'number' ? pick + size : pick));
    if (isRun(places) && constant.shape.length <= 1)
      return givePicked(query, axis, places, constant.shape.length);
    if (typeof size === 'number' && picks.length * size <= MAX_ONE_HOT)
      return giveProduct(query, axis, size, places);
  }
  giveScattered(query, axis);
};

function isRun(places: readonly number[]): boolean {
  return places[0]! >= 0 && places.every((place, index) => place === places[0]! + index);
}

function givePicked(query: GradientQuery, axis: number, places: readonly number[], rank: number): void {
  const { g } = query;
  const value = rank === 0 ? g.node('Unsqueeze', [query.full(), g.ints([axis])]) : query.full();
  const start = { from: 'start', offset: places[0]! } as const;
  query.givePart(0, value, axis, start, { from: 'start', offset: places.at(-1)! + 1 });
}

/** dX = dY onehot [N, size] along the last axis, onehot^T [size, N] dY along any other. */
function giveProduct(query: GradientQuery, axis: number, size: number, places: readonly number[]): void {
  const { g, node } = query;
  const shape = g.shape(node.inputs[0]!);
  const count = places.length;
  const last = axis === shape.length - 1;
  const hot = g.constant(`gradient.onehot.${node.inputs[1]}.${size}${last ? '' : '.transposed'}`, () => {
    const data = new Float32Array(count * size);
    places.forEach((place, row) => {
      data[last ? row * size + place : place * count + row] = 1;
    });
    return float32(last ? [count, size] : [size, count], data);
  });
  const flat = flattened(query, axis, count);
  query.give(0, last ? g.node('MatMul', [flat, hot]) : leftProduct(g, hot, flat, node.inputs[0]!, axis));
}

/** onehot^T [size, N] times rows [..., N, ...] in the shape of `data`; the axes behind N count as one. */
function leftProduct(g: Backward, hot: string, rows: string, data: string, axis: number): string {
  const shape = g.shape(data);
  if (axis === shape.length - 2) return g.node('MatMul', [hot, rows]);
  const joined = g.node('Reshape', [rows, g.ints([...Array<number>(axis + 1).fill(0), -1])]);
  const product = g.node('MatMul', [hot, joined]);
  return reshape(g, product, shape) ?? g.node('Reshape', [product, g.node('Shape', [data])]);
}

/** dY with the axes of the indices joined into one of `count`. */
function flattened(query: GradientQuery, axis: number, count: number | string): string {
  const { g, node } = query;
  const shape = g.shape(node.inputs[0]!);
  const rank = g.shape(node.inputs[1]!).length;
  if (rank === 1) return query.full();
  const sizes = [...shape.slice(0, axis), count, ...shape.slice(axis + 1)];
  const simple = reshape(g, query.full(), sizes);
  if (simple !== undefined) return simple;
  const parts = [
    ...(axis > 0 ? [g.node('Shape', [node.inputs[0]!], { start: 0, end: axis })] : []),
    g.ints([-1]),
    ...(axis < shape.length - 1
      ? [g.node('Shape', [node.inputs[0]!], { start: axis + 1, end: shape.length })]
      : []),
  ];
  return g.node('Reshape', [query.full(), g.node('Concat', parts, { axis: 0 })]);
}

/** Adds each slice where its index says. ScatterElements adds one after another, so the order is that of the indices. */
function giveScattered(query: GradientQuery, axis: number): void {
  const { g, node } = query;
  const [data, index] = [node.inputs[0]!, node.inputs[1]!];
  const shape = g.shape(data);
  const flat = flattened(query, axis, '?');
  const column = g.node('Reshape', [index, g.ints(shape.map((_, one) => (one === axis ? -1 : 1)))]);
  const places = g.node('Expand', [column, g.node('Shape', [flat])]);
  const sizes = shape.every((size) => typeof size === 'number') ? g.ints(shape) : g.node('Shape', [data]);
  const zeros = g.node('ConstantOfShape', [sizes]);
  query.give(0, g.node('ScatterElements', [zeros, places, flat], { axis, reduction: 'add' }));
}
