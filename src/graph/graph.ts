/**
 * An ONNX graph as plain records. It is the only intermediate representation of holdfast: a model is one, every
 * compiler pass is a function from graph to graph, and the compiled program is one. See https://onnx.ai.
 */

/** Element types in use. `bool` is held as one byte a value. */
export type DataType = 'float32' | 'float64' | 'int64' | 'int32' | 'uint8' | 'bool';

export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** A constant or a value fed to or taken from a graph; row-major. `data.length` is the product of `shape`. */
export interface Tensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A number, or a name for a size that is known only when the graph runs (`B`, `T`). */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly Dimension[];
}

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: Tensor };

/** One operator of a graph, in the default ONNX domain. */
export interface Node {
  /** ONNX operator, e.g. `MatMul`. */
  readonly op: string;
  /** Unique in its graph. The name of a linear layer is the name of its MatMul or Gemm. */
  readonly name: string;
  /** Value names; an empty string is an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Nodes stand in an order in which each value is made before it is used. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
}

/** The operator set that our graphs are written in. */
export const OPSET = 18;

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A float32 tensor. @throws RangeError if the data does not fill the shape. */
export function float32(shape: readonly number[], data: Float32Array | readonly number[]): Tensor {
  return checked({
    dtype: 'float32',
    shape,
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  });
}

/** An int64 tensor. @throws RangeError if the data does not fill the shape. */
export function int64(shape: readonly number[], data: BigInt64Array | readonly number[]): Tensor {
  return checked({
    dtype: 'int64',
    shape,
    data: data instanceof BigInt64Array ? data : BigInt64Array.from(data, (value) => BigInt(value)),
  });
}

function checked(tensor: Tensor): Tensor {
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new RangeError(
      `tensor: shape [${tensor.shape.join(', ')}] needs ${sizeOf(tensor.shape)} values, got ${tensor.data.length}`,
    );
  }
  return tensor;
}
