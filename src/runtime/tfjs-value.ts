import { EngineError } from '../core/errors.ts';
import type { DataType, Tensor } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import type { Tf, TfTensor } from './tfjs-namespace.ts';

/**
 * A value of the graph while the interpreter runs it. tfjs has float32, int32 and bool only, so the ONNX element type is
 * kept beside the tensor: int64 and uint8 are computed in int32. A constant that does not fit (an end of a Slice as large
 * as an int64 can be) has no tensor and may be used by its numbers alone.
 */
export interface Value {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly tensor: TfTensor | null;
  /** The numbers themselves, where they are known without asking tfjs. */
  readonly numbers?: readonly number[];
}

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

const TF_TYPES = {
  float32: 'float32',
  int64: 'int32',
  int32: 'int32',
  uint8: 'int32',
  bool: 'bool',
} as const;

/** The tfjs type that stands for an ONNX type. @throws EngineError for float64, which tfjs lacks. */
export function tfType(where: string, dtype: DataType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float64') {
    throw new EngineError(
      where,
      'tfjs has no float64, got a float64 value; cast the graph to float32 or use --engine onnxruntime',
    );
  }
  return TF_TYPES[dtype];
}

/** Wraps a tfjs tensor that an operator made. */
export function computed(dtype: DataType, tensor: TfTensor): Value {
  return { dtype, shape: tensor.shape, tensor };
}

/** Takes a tensor into tfjs. Float32 arrays may be shared with it, not copied. */
export function enter(tf: Tf, where: string, { dtype, shape, data }: Tensor): Value {
  const type = tfType(where, dtype);
  if (type === 'float32') return { dtype, shape, tensor: tf.tensor(data as Float32Array, [...shape], type) };
  if (type === 'bool') return { dtype, shape, tensor: tf.tensor(data as Uint8Array, [...shape], type) };
  const numbers = Array.from(data, Number);
  const fits = numbers.every((value) => value <= INT32_MAX && value >= INT32_MIN);
  return {
    dtype,
    shape,
    tensor: fits ? tf.tensor(Int32Array.from(numbers), [...shape], type) : null,
    numbers,
  };
}

/** Takes a value out of tfjs into an array of its own. */
export async function leave(value: Value, where: string): Promise<Tensor> {
  const { dtype, shape } = value;
  const data = await tensorOf(value, where).data();
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from(data) };
    case 'int64':
      return { dtype, shape, data: BigInt64Array.from(data as Int32Array, BigInt) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(data) };
    default:
      return { dtype, shape, data: Uint8Array.from(data) };
  }
}

/** The tfjs tensor of a value. @throws EngineError if it holds integers beyond int32. */
export function tensorOf(value: Value, where: string): TfTensor {
  if (value.tensor === null) {
    throw new EngineError(
      where,
      'integers in tfjs must fit 32 bits, got a larger one; use --engine onnxruntime',
    );
  }
  return value.tensor;
}

/** The numbers of a value that steers an operator (a shape, axes, limits); read from tfjs if need be. */
export function numbersOf(value: Value, where: string): readonly number[] {
  return value.numbers ?? Array.from(tensorOf(value, where).dataSync());
}

/** The one number of a scalar, or of a tensor with a single element. */
export function numberOf(value: Value, where: string): number {
  if (sizeOf(value.shape) !== 1) {
    throw new EngineError(
      where,
      `must be a single number, got shape [${value.shape.join(', ')}]; check the graph`,
    );
  }
  return numbersOf(value, where)[0]!;
}
