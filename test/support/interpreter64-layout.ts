import { intAttribute, intsAttribute, stringAttribute } from '../../src/graph/attributes.ts';
import type { Operator, Value } from './value64.ts';
import {
  broadcastIndices,
  broadcastShape,
  filled,
  flat,
  frontAxis,
  given,
  position,
  size,
  strides,
} from './value64.ts';

const reshape: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const keepZero = intAttribute(node, 'allowzero', 0) === 0;
  const wanted = Array.from(given(node, inputs, 1).data);
  const shape = wanted.map((one, axis) => (one === 0 && keepZero ? x.shape[axis]! : one));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = x.data.length / size(shape.filter((_, axis) => axis !== open));
  if (size(shape) !== x.data.length) throw new RangeError(`[${x.shape}] does not fill [${shape}]`);
  return [{ ...x, shape }];
};

/** A value whose element at each position comes from a position of `x`. */
function moved(x: Value, shape: readonly number[], from: (at: number[]) => readonly number[]): Value {
  return filled(x.dtype, shape, (index) => x.data[flat(from(position(index, shape)), x.shape)]!);
}

const transpose: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const order = intsAttribute(node, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  const shape = order.map((axis) => x.shape[axis]!);
  const own = strides(shape);
  const source = order.map((axis) => strides(x.shape)[axis]!);
  const from = (index: number): number => {
    let place = 0;
    for (let axis = 0; axis < shape.length; axis += 1) {
      place += (Math.floor(index / own[axis]!) % shape[axis]!) * source[axis]!;
    }
    return place;
  };
  return [filled(x.dtype, shape, (index) => x.data[from(index)]!)];
};

const slice: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const starts = Array.from(given(node, inputs, 1).data);
  const ends = Array.from(given(node, inputs, 2).data);
  const axes = Array.from(inputs[3]?.data ?? starts.map((_, index) => index), (axis) =>
    frontAxis(axis, x.shape.length),
  );
  const steps = Array.from(inputs[4]?.data ?? starts.map(() => 1));
  const picks = x.shape.map((length, axis) => {
    const index = axes.indexOf(axis);
    if (index < 0) return Array.from({ length }, (_, one) => one);
    const step = steps[index]!;
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const bound = (value: number) => Math.min(high, Math.max(low, value < 0 ? value + length : value));
    const [start, end] = [bound(starts[index]!), bound(ends[index]!)];
    const list: number[] = [];
    for (let one = start; step > 0 ? one < end : one > end; one += step) list.push(one);
    return list;
  });
  return [
    moved(
      x,
      picks.map((list) => list.length),
      (at) => at.map((one, axis) => picks[axis]![one]!),
    ),
  ];
};

const concat: Operator = (node, inputs) => {
  const values = inputs.map((_, index) => given(node, inputs, index));
  const first = values[0]!;
  const axis = frontAxis(intAttribute(node, 'axis', 0), first.shape.length);
  const lengths = values.map((value) => value.shape[axis]!);
  const shape = first.shape.map((one, index) => (index === axis ? lengths.reduce((a, b) => a + b) : one));
  return [
    filled(first.dtype, shape, (index) => {
      const at = position(index, shape);
      let which = 0;
      while (at[axis]! >= lengths[which]!) {
        at[axis] = at[axis]! - lengths[which]!;
        which += 1;
      }
      return values[which]!.data[flat(at, values[which]!.shape)]!;
    }),
  ];
};

const split: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const axis = frontAxis(intAttribute(node, 'axis', 0), x.shape.length);
  const count = node.outputs.length;
  const each = Math.ceil(x.shape[axis]! / count);
  const sizes = Array.from(
    inputs[1]?.data ??
      Array.from({ length: count }, (_, index) => Math.min(each, x.shape[axis]! - index * each)),
  );
  let start = 0;
  return sizes.map((length) => {
    const offset = start;
    start += length;
    const shape = x.shape.map((one, index) => (index === axis ? length : one));
    return moved(x, shape, (at) => at.map((one, index) => (index === axis ? one + offset : one)));
  });
};

const gather: Operator = (node, inputs) => {
  const [x, index] = [given(node, inputs, 0), given(node, inputs, 1)];
  const axis = frontAxis(intAttribute(node, 'axis', 0), x.shape.length);
  const rank = index.shape.length;
  const shape = [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)];
  return [
    moved(x, shape, (at) => {
      const pick = index.data[flat(at.slice(axis, axis + rank), index.shape)]!;
      const row = pick < 0 ? pick + x.shape[axis]! : pick;
      if (row >= x.shape[axis]!) throw new RangeError(`Gather: index ${pick} of ${x.shape[axis]}`);
      return [...at.slice(0, axis), row, ...at.slice(axis + rank)];
    }),
  ];
};

const unsqueeze: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const listed = Array.from(given(node, inputs, 1).data);
  const rank = x.shape.length + listed.length;
  const axes = listed.map((axis) => frontAxis(axis, rank));
  const rest = [...x.shape];
  return [
    { ...x, shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)) },
  ];
};

const squeeze: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const axes = inputs[1] && Array.from(inputs[1].data, (axis) => frontAxis(axis, x.shape.length));
  return [{ ...x, shape: x.shape.filter((one, axis) => (axes ? !axes.includes(axis) : one !== 1)) }];
};

const expand: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const shape = broadcastShape(x.shape, Array.from(given(node, inputs, 1).data));
  const from = broadcastIndices(x.shape, shape);
  return [filled(x.dtype, shape, (index) => x.data[from[index]!]!)];
};

const scatterElements: Operator = (node, inputs) => {
  const [x, index, updates] = [given(node, inputs, 0), given(node, inputs, 1), given(node, inputs, 2)];
  const axis = frontAxis(intAttribute(node, 'axis', 0), x.shape.length);
  const adds = stringAttribute(node, 'reduction', 'none') === 'add';
  const data = x.data.slice();
  updates.data.forEach((update, one) => {
    const at = position(one, index.shape);
    const pick = index.data[one]!;
    at[axis] = pick < 0 ? pick + x.shape[axis]! : pick;
    const target = flat(at, x.shape);
    data[target] = adds ? data[target]! + update : update;
  });
  return [{ ...x, data }];
};

const oneHot: Operator = (node, inputs) => {
  const [index, depth, values] = [given(node, inputs, 0), given(node, inputs, 1), given(node, inputs, 2)];
  const axis = frontAxis(intAttribute(node, 'axis', -1), index.shape.length + 1);
  const length = depth.data[0]!;
  const shape = [...index.shape.slice(0, axis), length, ...index.shape.slice(axis)];
  return [
    filled(values.dtype, shape, (one) => {
      const at = position(one, shape);
      const [hot] = at.splice(axis, 1);
      const pick = index.data[flat(at, index.shape)]!;
      return values.data[(pick < 0 ? pick + length : pick) === hot ? 1 : 0]!;
    }),
  ];
};

export const LAYOUT: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Transpose: transpose,
  Slice: slice,
  Concat: concat,
  Split: split,
  Gather: gather,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Expand: expand,
  ScatterElements: scatterElements,
  OneHot: oneHot,
};
