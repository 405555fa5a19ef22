import type { DataType, Node, Tensor, TensorData } from '../../src/graph/graph.ts';

/** A value inside the float64 interpreter: every number, whole or not, is held as a float64. Row-major. */
export interface Value {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What an operator's function gets: undefined for an optional input left out. */
export type Operator = (node: Node, inputs: readonly (Value | undefined)[]) => Value[];

export function size(shape: readonly number[]): number {
  return shape.reduce((product, one) => product * one, 1);
}

/** A value filled by its flat index. */
export function filled(dtype: DataType, shape: readonly number[], at: (index: number) => number): Value {
  const data = new Float64Array(size(shape));
  for (let index = 0; index < data.length; index += 1) data[index] = at(index);
  return { dtype, shape, data };
}

/** Distances in the flat data between neighbours along each axis. */
export function strides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => size(shape.slice(axis + 1)));
}

/** The position along each axis of a flat index. */
export function position(index: number, shape: readonly number[]): number[] {
  return strides(shape).map((stride, axis) => Math.floor(index / stride) % shape[axis]!);
}

/** The flat index of a position. */
export function flat(at: readonly number[], shape: readonly number[]): number {
  return strides(shape).reduce((sum, stride, axis) => sum + stride * at[axis]!, 0);
}

export function frontAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (front < 0 || front >= rank) throw new RangeError(`axis ${axis} of a value of rank ${rank}`);
  return front;
}

/** Input `index`, which must be there. */
export function given(node: Node, inputs: readonly (Value | undefined)[], index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw new RangeError(`${node.op} "${node.name}" needs input ${index}`);
  return value;
}

/** The shape that numpy's broadcasting gives. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new RangeError(`[${a}] and [${b}] do not broadcast`);
    return left === 1 ? right : left;
  });
}

/** For each flat index of `shape`: the flat index of the element of `from` that broadcasts to it. */
export function broadcastIndices(from: readonly number[], shape: readonly number[]): Int32Array {
  const indices = new Int32Array(size(shape));
  const own = strides(from);
  let repeat = indices.length;
  shape.forEach((length, axis) => {
    const source = axis - shape.length + from.length;
    repeat /= length;
    if (source < 0 || from[source] === 1) return;
    for (let index = 0; index < indices.length; index += 1) {
      indices[index] = indices[index]! + own[source]! * (Math.floor(index / repeat) % length);
    }
  });
  return indices;
}

/** float32 counts as float64 from here on: the interpreter is to be more exact than what it checks. */
export function fromTensor(tensor: Tensor): Value {
  const dtype = tensor.dtype === 'float32' ? 'float64' : tensor.dtype;
  const { shape, data } = tensor;
  return {
    dtype,
    shape,
    data: data instanceof BigInt64Array ? Float64Array.from(data, Number) : new Float64Array(data),
  };
}

export function toTensor(value: Value): Tensor {
  return { dtype: value.dtype, shape: value.shape, data: dataOf(value) };
}

function dataOf({ dtype, data }: Value): TensorData {
  switch (dtype) {
    case 'int64':
      return BigInt64Array.from(data, (one) => BigInt(one));
    case 'int32':
      return Int32Array.from(data);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(data);
    default:
      return data;
  }
}
