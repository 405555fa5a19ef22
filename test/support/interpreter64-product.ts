import { floatAttribute, intAttribute, tensorAttribute } from '../../src/graph/attributes.ts';
import type { Operator, Value } from './value64.ts';
import {
  broadcastIndices,
  broadcastShape,
  filled,
  flat,
  fromTensor,
  frontAxis,
  given,
  position,
  size,
} from './value64.ts';

const matMul: Operator = (node, inputs) => {
  const [x, y] = [given(node, inputs, 0), given(node, inputs, 1)];
  const a = x.shape.length === 1 ? [1, ...x.shape] : x.shape;
  const b = y.shape.length === 1 ? [...y.shape, 1] : y.shape;
  const [rows, inner, columns] = [a.at(-2)!, a.at(-1)!, b.at(-1)!];
  if (b.at(-2) !== inner) throw new RangeError(`MatMul "${node.name}": [${x.shape}] by [${y.shape}]`);
  const batch = broadcastShape(a.slice(0, -2), b.slice(0, -2));
  const left = broadcastIndices(a.slice(0, -2), batch);
  const right = broadcastIndices(b.slice(0, -2), batch);
  const data = new Float64Array(size(batch) * rows * columns);
  for (let one = 0; one < size(batch); one += 1) {
    for (let row = 0; row < rows; row += 1) {
      const out = (one * rows + row) * columns;
      for (let k = 0; k < inner; k += 1) {
        const factor = x.data[(left[one]! * rows + row) * inner + k]!;
        const from = (right[one]! * inner + k) * columns;
        for (let column = 0; column < columns; column += 1) {
          data[out + column] = data[out + column]! + factor * y.data[from + column]!;
        }
      }
    }
  }
  const shape = [
    ...batch,
    ...(x.shape.length === 1 ? [] : [rows]),
    ...(y.shape.length === 1 ? [] : [columns]),
  ];
  return [{ dtype: x.dtype, shape, data }];
};

function turned(value: Value, turn: boolean): Value {
  if (!turn) return value;
  const [rows, columns] = [value.shape[0]!, value.shape[1]!];
  return filled(
    value.dtype,
    [columns, rows],
    (index) => value.data[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}

const gemm: Operator = (node, inputs) => {
  const a = turned(given(node, inputs, 0), intAttribute(node, 'transA', 0) !== 0);
  const b = turned(given(node, inputs, 1), intAttribute(node, 'transB', 0) !== 0);
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const product = matMul(node, [a, b])[0]!;
  const c = inputs[2];
  const from = c && broadcastIndices(c.shape, product.shape);
  return [
    filled(
      a.dtype,
      product.shape,
      (index) => alpha * product.data[index]! + (c ? beta * c.data[from![index]!]! : 0),
    ),
  ];
};

/** Applies `f` to each line of values along one axis. */
function lines(x: Value, axis: number, f: (line: number[]) => readonly number[]): Value {
  const data = new Float64Array(x.data.length);
  const stride = size(x.shape.slice(axis + 1));
  const length = x.shape[axis]!;
  for (let start = 0; start < data.length; start += 1) {
    if (Math.floor(start / stride) % length !== 0) continue;
    const line = Array.from({ length }, (_, index) => x.data[start + index * stride]!);
    f(line).forEach((value, index) => {
      data[start + index * stride] = value;
    });
  }
  return { ...x, data };
}

function alongAxis(absent: number, f: (line: number[]) => readonly number[]): Operator {
  return (node, inputs) => {
    const x = given(node, inputs, 0);
    return [lines(x, frontAxis(intAttribute(node, 'axis', absent), x.shape.length), f)];
  };
}

function logSoftmax(line: readonly number[]): number[] {
  const top = Math.max(...line);
  const total = Math.log(line.reduce((sum, one) => sum + Math.exp(one - top), 0));
  return line.map((one) => one - top - total);
}

const layerNormalization: Operator = (node, inputs) => {
  const [x, scale, bias] = [given(node, inputs, 0), given(node, inputs, 1), inputs[2]];
  const axis = frontAxis(intAttribute(node, 'axis', -1), x.shape.length);
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const width = size(x.shape.slice(axis));
  const rows = x.data.length / width;
  const statistic = x.shape.map((one, index) => (index < axis ? one : 1));
  const means = filled(
    x.dtype,
    statistic,
    (row) => x.data.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0) / width,
  );
  const inverse = filled(x.dtype, statistic, (row) => {
    const part = x.data.subarray(row * width, (row + 1) * width);
    const variance = part.reduce((sum, one) => sum + (one - means.data[row]!) ** 2, 0) / width;
    return 1 / Math.sqrt(variance + epsilon);
  });
  if (rows !== means.data.length) throw new RangeError('LayerNormalization: rows');
  const s = broadcastIndices(scale.shape, x.shape);
  const b = bias && broadcastIndices(bias.shape, x.shape);
  const y = filled(x.dtype, x.shape, (index) => {
    const row = Math.floor(index / width);
    const normal = (x.data[index]! - means.data[row]!) * inverse.data[row]!;
    return normal * scale.data[s[index]!]! + (bias ? bias.data[b![index]!]! : 0);
  });
  return [y, means, inverse];
};

function reduce(combine: (values: readonly number[]) => number): Operator {
  return (node, inputs) => {
    const x = given(node, inputs, 0);
    const rank = x.shape.length;
    const listed = Array.from(inputs[1]?.data ?? [], (axis) => frontAxis(axis, rank));
    if (listed.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return [x];
    const axes = listed.length === 0 ? x.shape.map((_, axis) => axis) : listed;
    const kept = x.shape.map((one, axis) => (axes.includes(axis) ? 1 : one));
    const groups: number[][] = Array.from({ length: size(kept) }, () => []);
    x.data.forEach((value, index) => {
      const at = position(index, x.shape).map((one, axis) => (axes.includes(axis) ? 0 : one));
      groups[flat(at, kept)]!.push(value);
    });
    const shape =
      intAttribute(node, 'keepdims', 1) !== 0 ? kept : kept.filter((_, axis) => !axes.includes(axis));
    return [filled(x.dtype, shape, (index) => combine(groups[index]!))];
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const shapeOf: Operator = (node, inputs) => {
  const { shape } = given(node, inputs, 0);
  const rank = shape.length;
  const bound = (value: number) => Math.min(rank, Math.max(0, value < 0 ? value + rank : value));
  const part = shape.slice(bound(intAttribute(node, 'start', 0)), bound(intAttribute(node, 'end', rank)));
  return [{ dtype: 'int64', shape: [part.length], data: Float64Array.from(part) }];
};

const constantOfShape: Operator = (node, inputs) => {
  const value = tensorAttribute(node, 'value');
  const one = value === undefined ? { dtype: 'float64' as const, data: [0] } : fromTensor(value);
  return [filled(one.dtype, Array.from(given(node, inputs, 0).data), () => one.data[0]!)];
};

const range: Operator = (node, inputs) => {
  const [start, limit, step] = [given(node, inputs, 0), given(node, inputs, 1), given(node, inputs, 2)];
  const length = Math.max(0, Math.ceil((limit.data[0]! - start.data[0]!) / step.data[0]!));
  return [filled(start.dtype, [length], (index) => start.data[0]! + index * step.data[0]!)];
};

const cumSum: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const backward = intAttribute(node, 'reverse', 0) !== 0;
  const exclusive = intAttribute(node, 'exclusive', 0) !== 0;
  return [
    lines(x, frontAxis(given(node, inputs, 1).data[0]!, x.shape.length), (line) => {
      const ordered = backward ? [...line].reverse() : line;
      let total = 0;
      const sums = ordered.map((value) => {
        total += value;
        return exclusive ? total - value : total;
      });
      return backward ? sums.reverse() : sums;
    }),
  ];
};

export const PRODUCT: Readonly<Record<string, Operator>> = {
  MatMul: matMul,
  Gemm: gemm,
  Softmax: alongAxis(-1, (line) => logSoftmax(line).map(Math.exp)),
  LogSoftmax: alongAxis(-1, logSoftmax),
  LayerNormalization: layerNormalization,
  ReduceSum: reduce(sum),
  ReduceMean: reduce((values) => sum(values) / values.length),
  ReduceMax: reduce((values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  Shape: shapeOf,
  ConstantOfShape: constantOfShape,
  Constant: (node) => [fromTensor(tensorAttribute(node, 'value')!)],
  Range: range,
  CumSum: cumSum,
};
