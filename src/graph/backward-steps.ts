/** Small steps that gradient rules are made of, each adding as few nodes as it can. */
import { BadFileError } from '../core/errors.ts';
import { intsAttribute } from './attributes.ts';
import type { Backward } from './backward.ts';
import type { Dimension } from './graph.ts';

/** The number behind a float32 scalar constant; undefined for anything else. */
function scalarOf(g: Backward, value: string): number | undefined {
  const tensor = g.tensor(value);
  return tensor?.dtype === 'float32' && tensor.shape.length === 0 ? Number(tensor.data[0]) : undefined;
}

/** a * b; nothing is added for a factor of 1 or for two constants. */
export function multiply(g: Backward, a: string, b: string): string {
  const [x, y] = [scalarOf(g, a), scalarOf(g, b)];
  if (x !== undefined && y !== undefined) return g.scalar(Math.fround(x * y));
  if (x === 1) return b;
  if (y === 1) return a;
  if (x === -1) return negate(g, b);
  if (y === -1) return negate(g, a);
  return g.node('Mul', [a, b]);
}

/** -a. */
export function negate(g: Backward, a: string): string {
  const x = scalarOf(g, a);
  if (x !== undefined) return g.scalar(-x);
  const maker = g.maker(a);
  return maker?.op === 'Neg' ? maker.inputs[0]! : g.node('Neg', [a]);
}

/** Whether two shapes are equal for sure. */
export function sameShape(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Orders the axes of `value`; a transpose of a transpose is one, and one that changes nothing is none. */
export function transpose(g: Backward, value: string, order: readonly number[]): string {
  const maker = g.maker(value);
  if (maker?.op === 'Transpose') {
    const first = intsAttribute(maker, 'perm') ?? order.map((_, axis) => order.length - 1 - axis);
    return transpose(
      g,
      maker.inputs[0]!,
      order.map((axis) => first[axis]!),
    );
  }
  if (order.every((axis, index) => axis === index)) return value;
  return g.node('Transpose', [value], { perm: order });
}

/** Swaps the last two axes. */
export function transposeLast(g: Backward, value: string): string {
  const order = g.shape(value).map((_, axis) => axis);
  const rank = order.length;
  [order[rank - 2], order[rank - 1]] = [rank - 1, rank - 2];
  return transpose(g, value, order);
}

/** Gives `value` the shape of `like`, which has as many elements. */
export function reshapeLike(g: Backward, value: string, like: string): string {
  if (sameShape(g.shape(value), g.shape(like))) return value;
  return reshape(g, value, g.shape(like)) ?? g.node('Reshape', [value, g.node('Shape', [like])]);
}

/** Gives `value` a shape, or undefined where that cannot be said by numbers, copied sizes (0) and one open size (-1). */
export function reshape(g: Backward, value: string, shape: readonly Dimension[]): string | undefined {
  const own = g.shape(value);
  if (sameShape(own, shape)) return value;
  const sizes = shape.map((size, axis) => (typeof size === 'number' ? size : size === own[axis] ? 0 : -1));
  // A size of 0 would be read as "copy".
  if (sizes.filter((size) => size === -1).length > 1 || shape.includes(0)) return undefined;
  return g.node('Reshape', [value, g.ints(sizes)]);
}

/** `value` broadcast to the shape of `like`; no node where it has that shape. */
export function expandLike(g: Backward, value: string, like: string): string {
  const shape = g.shape(like);
  if (sameShape(g.shape(value), shape)) return value;
  const fixed = shape.every((size) => typeof size === 'number');
  return g.node('Expand', [value, fixed ? g.ints(shape) : g.node('Shape', [like])]);
}

/** The sum over axes. */
export function sumOver(g: Backward, value: string, axes: readonly number[], keepdims: 0 | 1): string {
  return axes.length === 0 ? value : g.node('ReduceSum', [value, g.ints(axes)], { keepdims });
}

/**
 * The axes of `whole` along which numpy's broadcasting repeats the value `like`, not counting those that `like` lacks.
 * @throws BadFileError if the sizes do not tell
 */
export function repeatedAxes(g: Backward, whole: readonly Dimension[], like: string): number[] {
  const shape = g.shape(like);
  const lead = whole.length - shape.length;
  return shape.flatMap((size, axis) => {
    if (whole[lead + axis] === size) return [];
    if (size === 1) return [lead + axis];
    throw new BadFileError(
      `value "${like}"`,
      `its shape [${shape.join(', ')}] must tell whether it is repeated to [${whole.join(', ')}]; give equal sizes equal names`,
    );
  });
}

/** Undoes numpy's broadcasting: sums `value` over the axes along which `like` was repeated. @throws as repeatedAxes. */
export function unbroadcast(g: Backward, value: string, like: string): string {
  const repeated = repeatedAxes(g, g.shape(value), like);
  const lead = g.shape(value).length - g.shape(like).length;
  const front = Array.from({ length: lead }, (_, axis) => axis);
  if (repeated.length === 0) return sumOver(g, value, front, 0);
  const summed = sumOver(g, value, [...front, ...repeated], 1);
  return lead === 0 ? summed : g.node('Squeeze', [summed, g.ints(front)]);
}

/** Axis counted from the front. */
export function front(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
