import { EngineError } from '../core/errors.ts';
import { intAttribute, intsAttribute, stringAttribute } from '../graph/attributes.ts';
import type { Tensor } from '../graph/graph.ts';
import { float32, int64 } from '../graph/graph.ts';
import { broadcastShape, broadcastTo } from './tfjs-broadcast.ts';
import type { TfTensor } from './tfjs-namespace.ts';
import type { Call, Operator, OperatorTable } from './tfjs-operator.ts';
import { alike, axisOf, has, input, number, numbers, tensor } from './tfjs-operator.ts';
import { computed, enter } from './tfjs-value.ts';

/** 0 keeps the size of that axis, -1 is what remains. */
function reshape(call: Call): TfTensor {
  const x = tensor(call, 0);
  const asked = numbers(call, 1);
  const keepZero = intAttribute(call.node, 'allowzero', 0) !== 0;
  const shape = asked.map((size, axis) => (size === 0 && !keepZero ? x.shape[axis]! : size));
  const free = shape.indexOf(-1);
  if (free >= 0)
    shape[free] = x.size / shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return call.tf.reshape(x, shape);
}

/** Axes come as an input since opset 13, and as an attribute before. */
function axesOf(call: Call, rank: number): number[] | undefined {
  const axes = has(call, 1) ? numbers(call, 1) : intsAttribute(call.node, 'axes');
  return axes?.map((axis) => axisOf(call, axis, rank));
}

function squeeze(call: Call): TfTensor {
  const x = tensor(call, 0);
  const axes = axesOf(call, x.rank);
  return call.tf.reshape(
    x,
    x.shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
  );
}

function unsqueeze(call: Call): TfTensor {
  const x = tensor(call, 0);
  const count = has(call, 1) ? numbers(call, 1).length : (intsAttribute(call.node, 'axes')?.length ?? 0);
  const axes = axesOf(call, x.rank + count) ?? [];
  const sizes = [...x.shape];
  const shape = Array.from({ length: x.rank + count }, (_, axis) =>
    axes.includes(axis) ? 1 : sizes.shift()!,
  );
  return call.tf.reshape(x, shape);
}

/** Limits beyond the axis are cut to it, as the operator says; a negative step walks backwards. */
function slice(call: Call): TfTensor {
  const { tf } = call;
  let x = tensor(call, 0);
  const [starts, ends] = [numbers(call, 1), numbers(call, 2)];
  const axes = has(call, 3) ? numbers(call, 3) : starts.map((_, index) => index);
  const steps = has(call, 4) ? numbers(call, 4) : starts.map(() => 1);
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  const strided: { axis: number; positions: number[] }[] = [];
  starts.forEach((from, index) => {
    const axis = axisOf(call, axes[index]!, x.rank);
    const [length, step] = [x.shape[axis]!, steps[index]!];
    const cut = (limit: number): number => {
      const positive = limit < 0 ? limit + length : limit;
      return step > 0
        ? Math.min(Math.max(positive, 0), length)
        : Math.min(Math.max(positive, -1), length - 1);
    };
    const [first, end] = [cut(from), cut(ends[index]!)];
    const count = Math.max(0, Math.ceil((end - first) / step));
    if (step === 1) {
      begin[axis] = first;
      size[axis] = count;
    } else {
      strided.push({ axis, positions: Array.from({ length: count }, (_, k) => first + k * step) });
    }
  });
  if (size.some((length, axis) => length !== x.shape[axis])) x = tf.slice(x, begin, size);
  for (const { axis, positions } of strided) x = tf.gather(x, tf.tensor1d(positions, 'int32'), axis);
  return x;
}

function split(call: Call): ReturnType<Operator> {
  const x = tensor(call, 0);
  const axis = axisOf(call, intAttribute(call.node, 'axis', 0), x.rank);
  const count = call.node.outputs.length;
  const each = Math.ceil(x.shape[axis]! / count);
  const sizes = has(call, 1)
    ? [...numbers(call, 1)]
    : Array.from({ length: count }, (_, index) => Math.min(each, x.shape[axis]! - index * each));
  return call.tf.split(x, sizes, axis).map((part) => computed(input(call, 0).dtype, part));
}

function pad(call: Call): TfTensor {
  const x = tensor(call, 0);
  const mode = stringAttribute(call.node, 'mode', 'constant');
  const pads = numbers(call, 1);
  const axes = has(call, 3)
    ? numbers(call, 3).map((axis) => axisOf(call, axis, x.rank))
    : x.shape.map((_, axis) => axis);
  if (mode !== 'constant' || pads.some((width) => width < 0)) {
    throw new EngineError(
      call.where,
      `Pad must be constant and not negative in the tfjs engine, got mode ${mode} and pads ${pads.join(', ')}; use --engine onnxruntime`,
    );
  }
  const widths = x.shape.map((): [number, number] => [0, 0]);
  axes.forEach((axis, index) => {
    widths[axis] = [pads[index]!, pads[index + axes.length]!];
  });
  return call.tf.pad(x, widths, has(call, 2) ? number(call, 2) : 0);
}

function shapeOf(call: Call): ReturnType<Operator> {
  const { shape } = input(call, 0);
  const sizes = shape.slice(
    intAttribute(call.node, 'start', 0),
    intAttribute(call.node, 'end', shape.length),
  );
  return [enter(call.tf, call.where, int64([sizes.length], sizes))];
}

function range(call: Call): ReturnType<Operator> {
  const [start, limit, step] = [number(call, 0), number(call, 1), number(call, 2)];
  const values = Array.from(
    { length: Math.max(0, Math.ceil((limit - start) / step)) },
    (_, k) => start + k * step,
  );
  const { dtype } = input(call, 0);
  return [computed(dtype, call.tf.tensor1d(values, dtype === 'float32' ? 'float32' : 'int32'))];
}

/** The tensor of a Constant node, in whichever attribute it is. */
function constant(call: Call): ReturnType<Operator> {
  const [[name, attribute] = ['', undefined]] = Object.entries(call.node.attributes);
  let value: Tensor;
  switch (attribute?.type) {
    case 'tensor':
      value = attribute.value;
      break;
    case 'float':
      value = float32([], [attribute.value]);
      break;
    case 'int':
      value = name === 'value_float' ? float32([], [attribute.value]) : int64([], [attribute.value]);
      break;
    case 'floats':
      value = float32([attribute.value.length], attribute.value);
      break;
    case 'ints':
      value = int64([attribute.value.length], attribute.value);
      break;
    default:
      throw new EngineError(
        call.where,
        `a constant must hold numbers, got ${attribute?.type ?? 'nothing'}; check the graph`,
      );
  }
  return [enter(call.tf, call.where, value)];
}

function constantOfShape(call: Call): ReturnType<Operator> {
  const shape = [...numbers(call, 0)];
  const attribute = call.node.attributes.value;
  const value = attribute?.type === 'tensor' ? attribute.value : float32([1], [0]);
  const first = { dtype: value.dtype, shape: shape.map(() => 1), data: value.data };
  const { tensor: one } = enter(call.tf, call.where, first);
  if (one === null)
    throw new EngineError(
      call.where,
      'integers in tfjs must fit 32 bits, got a larger one; use --engine onnxruntime',
    );
  return [computed(value.dtype, broadcastTo(call.tf, one, shape))];
}

/** Operators that move or make values without computing on them. */
export const SHAPE: OperatorTable = {
  Reshape: alike(reshape),
  Transpose: alike((call) => {
    const x = tensor(call, 0);
    const order = intsAttribute(call.node, 'perm') ?? x.shape.map((_, axis) => x.rank - 1 - axis);
    return call.tf.transpose(x, [...order]);
  }),
  Slice: alike(slice),
  Concat: alike((call) => {
    const parts = call.inputs.map((_, index) => tensor(call, index));
    return call.tf.concat(parts, axisOf(call, intAttribute(call.node, 'axis', 0), parts[0]!.rank));
  }),
  Split: split,
  Squeeze: alike(squeeze),
  Unsqueeze: alike(unsqueeze),
  Expand: alike((call) => {
    const x = tensor(call, 0);
    return broadcastTo(call.tf, x, broadcastShape(call.where, x.shape, numbers(call, 1)));
  }),
  Tile: alike((call) => call.tf.tile(tensor(call, 0), [...numbers(call, 1)])),
  Pad: alike(pad),
  Shape: shapeOf,
  Range: range,
  Constant: constant,
  ConstantOfShape: constantOfShape,
};
