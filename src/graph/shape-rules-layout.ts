import { intAttribute, intsAttribute } from './attributes.ts';
import { minus, over, plus, times } from './dimensions.ts';
import type { Dimension } from './graph.ts';
import type { Known, ShapeQuery, ShapeRule } from './shape-rule.ts';
import { broadcast, fail, frontAxis, needed, numbersOf, unknownSize } from './shape-rule.ts';

const reshape: ShapeRule = (query) => {
  const { dtype, shape, entries } = needed(query, 0);
  const wanted = needed(query, 1);
  if (wanted.entries === undefined) return [{ dtype, shape: unknownShape(query, wanted) }];
  const keepZero = intAttribute(query.node, 'allowzero', 0) === 0;
  const sizes = wanted.entries.map((size, axis) => {
    if (size !== 0 || !keepZero) return size;
    return shape[axis] ?? fail(query, `size 0 of axis ${axis} must copy an axis of [${shape.join(', ')}]`);
  });
  const open = sizes.indexOf(-1);
  const rest = times(...sizes.filter((_, axis) => axis !== open));
  const whole = times(...shape);
  if (open >= 0) {
    if (sizes.lastIndexOf(-1) !== open) fail(query, `at most one size must be -1, got [${sizes.join(', ')}]`);
    const inferred = over(whole, rest);
    if (inferred === undefined && typeof whole === 'number' && typeof rest === 'number') {
      fail(query, `shape [${shape.join(', ')}] must divide into [${sizes.join(', ')}]`);
    }
    sizes[open] = inferred ?? unknownSize(query, open);
  } else if (typeof whole === 'number' && typeof rest === 'number' && whole !== rest) {
    fail(query, `shape [${shape.join(', ')}] must hold as many values as [${sizes.join(', ')}]`);
  }
  return [{ dtype, shape: sizes, ...(sizes.length <= 1 && entries && { entries }) }];
};

/** Sizes of a shape whose entries are unknown: only their number is. */
function unknownShape(query: ShapeQuery, wanted: Known): Dimension[] {
  const rank = wanted.shape[0];
  if (wanted.shape.length !== 1 || typeof rank !== 'number') {
    return fail(query, `input 1 must be a vector of known length, got shape [${wanted.shape.join(', ')}]`);
  }
  return Array.from({ length: rank }, (_, axis) => unknownSize(query, axis));
}

const transpose: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  const order = intsAttribute(query.node, 'perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  const sorted = [...order].sort((a, b) => a - b);
  if (order.length !== shape.length || sorted.some((axis, index) => axis !== index)) {
    fail(query, `attribute "perm" must order the axes of [${shape.join(', ')}], got [${order.join(', ')}]`);
  }
  return [{ dtype, shape: order.map((axis) => shape[axis]!) }];
};

const slice: ShapeRule = (query) => {
  const { dtype, shape, entries } = needed(query, 0);
  const starts = numbersOf(query, 1) ?? fail(query, 'starts must be given');
  const ends = query.inputs[2]?.entries ?? fail(query, 'ends must be constant sizes');
  const axes = (numbersOf(query, 3) ?? starts.map((_, index) => index)).map((axis) =>
    frontAxis(query, axis, shape.length),
  );
  const steps = numbersOf(query, 4) ?? starts.map(() => 1);
  const sizes = [...shape];
  axes.forEach((axis, index) => {
    sizes[axis] = slicedSize(query, shape[axis]!, starts[index]!, ends[index]!, steps[index]!, axis);
  });
  const plain =
    shape.length === 1 && steps[0] === 1 && typeof shape[0] === 'number' && typeof ends[0] === 'number';
  const kept = plain && entries ? entries.slice(starts[0], ends[0] as number) : undefined;
  return [{ dtype, shape: sizes, ...(kept && { entries: kept }) }];
};

function slicedSize(
  query: ShapeQuery,
  size: Dimension,
  start: number,
  end: Dimension,
  step: number,
  axis: number,
): Dimension {
  if (step === 0) fail(query, 'a step must not be 0');
  if (typeof size === 'number' && typeof end === 'number') {
    const low = step > 0 ? 0 : -1;
    const high = step > 0 ? size : size - 1;
    const bound = (value: number) => Math.min(high, Math.max(low, value < 0 ? value + size : value));
    return Math.max(0, Math.ceil((bound(end) - bound(start)) / step));
  }
  if (step !== 1) return unknownSize(query, axis);
  // Of a named size: "to the end" keeps it, other ends are taken at their word where they cannot lie beyond it.
  const last = end === size || (typeof end === 'number' && end >= 2 ** 31 - 1) ? size : end;
  if (last === size) return start >= 0 ? minus(size, start) : -start;
  if (typeof last === 'number' && last < 0) return start >= 0 ? minus(plus(size, last), start) : last - start;
  if (start === 0 && typeof last === 'number' && last === 1) return 1;
  return unknownSize(query, axis);
}

const concat: ShapeRule = (query) => {
  const known = query.inputs.map((_, index) => needed(query, index));
  const first = needed(query, 0);
  const axis = frontAxis(query, intAttribute(query.node, 'axis', 0), first.shape.length);
  for (const one of known) {
    const fits =
      one.shape.length === first.shape.length &&
      one.shape.every((size, index) => index === axis || agree(size, first.shape[index]!));
    if (!fits || one.dtype !== first.dtype) {
      fail(
        query,
        `its inputs must agree but on axis ${axis}, got ${first.dtype} [${first.shape.join(', ')}] and ${one.dtype} [${one.shape.join(', ')}]`,
      );
    }
  }
  const shape = first.shape.map((size, index) =>
    index === axis ? known.map((one) => one.shape[axis]!).reduce(plus) : size,
  );
  const follow = first.shape.length === 1 && known.every((one) => one.entries !== undefined);
  return [{ dtype: first.dtype, shape, ...(follow && { entries: known.flatMap((one) => one.entries!) }) }];
};

/** Whether two sizes may be equal: two different numbers may not. */
function agree(a: Dimension, b: Dimension): boolean {
  return a === b || typeof a === 'string' || typeof b === 'string';
}

const split: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  const axis = frontAxis(query, intAttribute(query.node, 'axis', 0), shape.length);
  const size = shape[axis]!;
  const count = query.node.outputs.length;
  let sizes = query.inputs[1] && (query.inputs[1].entries ?? numbersOf(query, 1));
  if (sizes === undefined) {
    if (typeof size !== 'number')
      return fail(query, `axis ${axis} must have a known size, got ${size}; give the sizes as input 1`);
    const each = Math.ceil(size / count);
    sizes = Array.from({ length: count }, (_, index) => Math.min(each, size - index * each));
  }
  if (
    sizes.length !== count ||
    (typeof size === 'number' &&
      sizes.every((part) => typeof part === 'number') &&
      sizes.reduce(plus, 0) !== size)
  ) {
    fail(query, `${count} sizes must add up to ${size}, got [${sizes.join(', ')}]`);
  }
  return sizes.map((part) => ({ dtype, shape: shape.map((one, index) => (index === axis ? part : one)) }));
};

const gather: ShapeRule = (query) => {
  const [data, index] = [needed(query, 0), needed(query, 1)];
  if (index.dtype !== 'int64' && index.dtype !== 'int32')
    fail(query, `its indices must be of int64 or int32, got ${index.dtype}`);
  const axis = frontAxis(query, intAttribute(query.node, 'axis', 0), data.shape.length);
  const shape = [...data.shape.slice(0, axis), ...index.shape, ...data.shape.slice(axis + 1)];
  const picks = index.entries?.map((one) => (typeof one === 'number' ? data.entries?.at(one) : undefined));
  const entries = data.shape.length === 1 && picks?.every((one) => one !== undefined) ? picks : undefined;
  return [{ dtype: data.dtype, shape, ...(entries && { entries }) }];
};

const unsqueeze: ShapeRule = (query) => {
  const { dtype, shape, entries } = needed(query, 0);
  const listed = numbersOf(query, 1) ?? fail(query, 'axes must be given');
  const rank = shape.length + listed.length;
  const axes = new Set(listed.map((axis) => frontAxis(query, axis, rank)));
  if (axes.size !== listed.length) fail(query, `axes must differ, got [${listed.join(', ')}]`);
  const rest = [...shape];
  const sizes = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!));
  return [{ dtype, shape: sizes, ...(rank <= 1 && entries && { entries }) }];
};

const squeeze: ShapeRule = (query) => {
  const { dtype, shape, entries } = needed(query, 0);
  const listed = numbersOf(query, 1)?.map((axis) => frontAxis(query, axis, shape.length));
  const axes = listed ?? shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const wrong = axes.find((axis) => typeof shape[axis] === 'number' && shape[axis] !== 1);
  if (wrong !== undefined) fail(query, `axis ${wrong} must have size 1, got ${shape[wrong]}`);
  return [{ dtype, shape: shape.filter((_, axis) => !axes.includes(axis)), ...(entries && { entries }) }];
};

const expand: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  const wanted = needed(query, 1);
  return [{ dtype, shape: broadcast(query, shape, wanted.entries ?? unknownShape(query, wanted)) }];
};

const scatterElements: ShapeRule = (query) => {
  const [data, index, updates] = [needed(query, 0), needed(query, 1), needed(query, 2)];
  frontAxis(query, intAttribute(query.node, 'axis', 0), data.shape.length);
  if (
    index.shape.length !== data.shape.length ||
    updates.shape.length !== data.shape.length ||
    updates.dtype !== data.dtype
  ) {
    fail(query, 'its data, indices and updates must have one rank, and data and updates one element type');
  }
  return [{ dtype: data.dtype, shape: data.shape }];
};

const oneHot: ShapeRule = (query) => {
  const [index, depth, values] = [needed(query, 0), needed(query, 1), needed(query, 2)];
  const axis = frontAxis(query, intAttribute(query.node, 'axis', -1), index.shape.length + 1);
  const shape = [
    ...index.shape.slice(0, axis),
    depth.entries?.[0] ?? unknownSize(query, axis),
    ...index.shape.slice(axis),
  ];
  return [{ dtype: values.dtype, shape }];
};

/** Operators that move values without computing on them. */
export const LAYOUT_SHAPES: Readonly<Record<string, ShapeRule>> = {
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
