import { intAttribute } from '../../src/graph/attributes.ts';
import type { DataType } from '../../src/graph/graph.ts';
import { DATA_TYPE } from '../../src/graph/onnx-fields.ts';
import type { Operator, Value } from './value64.ts';
import { broadcastIndices, broadcastShape, filled, given } from './value64.ts';

function unary(f: (x: number) => number): Operator {
  return (node, inputs) => {
    const x = given(node, inputs, 0);
    return [filled(x.dtype, x.shape, (index) => f(x.data[index]!))];
  };
}

function pairwise(a: Value, b: Value, dtype: DataType, f: (x: number, y: number) => number): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const left = broadcastIndices(a.shape, shape);
  const right = broadcastIndices(b.shape, shape);
  return filled(dtype, shape, (index) => f(a.data[left[index]!]!, b.data[right[index]!]!));
}

function binary(f: (x: number, y: number) => number, result?: DataType): Operator {
  return (node, inputs) => [
    inputs
      .map((_, index) => given(node, inputs, index))
      .reduce((a, b) => pairwise(a, b, result ?? a.dtype, f)),
  ];
}

const divide: Operator = (node, inputs) => {
  const [a, b] = [given(node, inputs, 0), given(node, inputs, 1)];
  const whole = a.dtype !== 'float64';
  return [pairwise(a, b, a.dtype, (x, y) => (whole ? Math.trunc(x / y) : x / y))];
};

const where: Operator = (node, inputs) => {
  const [condition, a, b] = [given(node, inputs, 0), given(node, inputs, 1), given(node, inputs, 2)];
  const shape = broadcastShape(broadcastShape(condition.shape, a.shape), b.shape);
  const [c, x, y] = [condition, a, b].map((value) => broadcastIndices(value.shape, shape));
  return [
    filled(a.dtype, shape, (index) =>
      condition.data[c![index]!] ? a.data[x![index]!]! : b.data[y![index]!]!,
    ),
  ];
};

const clip: Operator = (node, inputs) => {
  const low = inputs[1]?.data[0] ?? Number.NEGATIVE_INFINITY;
  const high = inputs[2]?.data[0] ?? Number.POSITIVE_INFINITY;
  return unary((x) => Math.min(high, Math.max(low, x)))(node, inputs);
};

const cast: Operator = (node, inputs) => {
  const x = given(node, inputs, 0);
  const code = intAttribute(node, 'to', 0);
  const named = (Object.keys(DATA_TYPE) as DataType[]).find((dtype) => DATA_TYPE[dtype] === code)!;
  const dtype = named === 'float32' ? 'float64' : named;
  const change =
    dtype === 'float64' ? (v: number) => v : dtype === 'bool' ? (v: number) => Number(v !== 0) : Math.trunc;
  return [filled(dtype, x.shape, (index) => change(x.data[index]!))];
};

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** Half to even, as ONNX has it. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * The error function: its Maclaurin series near 0, a continued fraction for the complement further out. Both to
 * float64 rounding (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n += 1) {
      term *= (2 * z * z) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
  }
  let fraction = z;
  for (let n = 60; n >= 1; n -= 1) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction));
}

export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  Add: binary((x, y) => x + y),
  Sub: binary((x, y) => x - y),
  Mul: binary((x, y) => x * y),
  Div: divide,
  Pow: binary((x, y) => x ** y),
  Min: binary(Math.min),
  Max: binary(Math.max),
  Equal: binary((x, y) => Number(x === y), 'bool'),
  Greater: binary((x, y) => Number(x > y), 'bool'),
  Less: binary((x, y) => Number(x < y), 'bool'),
  And: binary((x, y) => Number(x !== 0 && y !== 0), 'bool'),
  Not: unary((x) => Number(x === 0)),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Erf: unary(erf),
  Tanh: unary(Math.tanh),
  Sigmoid: unary(sigmoid),
  Relu: unary((x) => Math.max(0, x)),
  Round: unary(roundHalfEven),
  Reciprocal: unary((x) => 1 / x),
  Clip: clip,
  Where: where,
  Cast: cast,
  Identity: unary((x) => x),
};
