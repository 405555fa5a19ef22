import { intAttribute, intsAttribute } from './attributes.ts';
import type { DataType, Node, Tensor, TensorData } from './graph.ts';
import { float32, int64, sizeOf } from './graph.ts';
import { DATA_TYPE } from './onnx-fields.ts';
import { transpose } from './transpose.ts';

/** Largest result of arithmetic that is computed ahead: scales and axes are small, tables are left to the engine. */
const MAX_VALUES = 2 ** 16;

/**
 * The value of a node whose inputs are all constants, for the few operators that exporters leave between a constant and
 * its use: arithmetic (in float64, rounded once), casts, and a weight's transpose or new shape. Null for any other
 * operator: the engine computes it.
 */
export function evaluateConstant(node: Node, inputs: readonly Tensor[]): Tensor | null {
  const [a, b] = inputs as [Tensor, Tensor];
  const unary = UNARY[node.op];
  if (unary !== undefined) return a.data.length > MAX_VALUES ? null : mapped(a, unary);
  const binary = BINARY[node.op];
  if (binary !== undefined) return inputs.length === 2 ? combined(a, b, binary) : null;
  switch (node.op) {
    case 'Cast':
      return cast(a, intAttribute(node, 'to', 0));
    case 'Transpose':
      return a.shape.length === 2 ? turned(a, intsAttribute(node, 'perm') ?? [1, 0]) : null;
    case 'Unsqueeze': {
      const rank = a.shape.length + b.data.length;
      const axes = new Set(Array.from(b.data, Number).map((axis) => (axis < 0 ? axis + rank : axis)));
      const rest = [...a.shape];
      return { ...a, shape: Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!)) };
    }
    case 'Reshape': {
      const sizes = Array.from(b.data, Number);
      return sizes.every((size) => size > 0) && sizeOf(sizes) === a.data.length
        ? { ...a, shape: sizes }
        : null;
    }
    default:
      return null;
  }
}

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Sqrt: Math.sqrt,
  Neg: (x) => -x,
  Abs: Math.abs,
  Reciprocal: (x) => 1 / x,
};

const BINARY: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
};

function mapped({ dtype, shape, data }: Tensor, change: (x: number) => number): Tensor | null {
  if (dtype === 'float32') {
    return { dtype, shape, data: Float32Array.from(data as Float32Array, change) };
  }
  return null;
}

/** One operand may be a scalar or a list of one number; other broadcasting is left to the engine. */
function combined(a: Tensor, b: Tensor, join: (x: number, y: number) => number): Tensor | null {
  if (a.dtype !== b.dtype || (a.dtype !== 'float32' && a.dtype !== 'int64')) return null;
  const [single, other] = a.data.length === 1 ? [a, b] : [b, a];
  const same = a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
  if (!same && (single.data.length !== 1 || single.shape.length > other.shape.length)) return null;
  const length = Math.max(a.data.length, b.data.length);
  if (length > MAX_VALUES) return null;
  const at = ({ data }: Tensor, index: number) => Number(data.length === 1 ? data[0] : data[index]);
  const values = Array.from({ length }, (_, index) => join(at(a, index), at(b, index)));
  if (!values.every(Number.isFinite)) return null;
  const shape = same ? a.shape : other.shape;
  // ONNX divides whole numbers towards zero.
  return a.dtype === 'int64'
    ? int64(shape, values.map(Math.trunc))
    : float32(shape, Float32Array.from(values));
}

function cast(tensor: Tensor, code: number): Tensor | null {
  const to = (Object.keys(DATA_TYPE) as DataType[]).find((dtype) => DATA_TYPE[dtype] === code);
  if (to === tensor.dtype) return tensor;
  const { shape, data } = tensor;
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  if (data.length > MAX_VALUES || !numbers.every(Number.isFinite)) return null;
  const made: Partial<Record<DataType, () => TensorData>> = {
    float32: () => Float32Array.from(numbers),
    int64: () => BigInt64Array.from(numbers, (value) => BigInt(Math.trunc(value))),
    bool: () => Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1)),
  };
  const values = to === undefined ? undefined : made[to]?.();
  return values === undefined ? null : { dtype: to!, shape, data: values };
}

function turned(tensor: Tensor, order: readonly number[]): Tensor | null {
  if (order[0] === 0) return tensor;
  if (!(tensor.data instanceof Float32Array)) return null;
  return transpose(tensor);
}
