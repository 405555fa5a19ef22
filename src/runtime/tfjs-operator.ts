import { EngineError } from '../core/errors.ts';
import type { DataType, Node } from '../graph/graph.ts';
import type { Tf, TfTensor } from './tfjs-namespace.ts';
import type { Value } from './tfjs-value.ts';
import { computed, numberOf, numbersOf, tensorOf } from './tfjs-value.ts';

/** One node on its way through the interpreter, with its inputs computed. */
export interface Call {
  readonly tf: Tf;
  readonly node: Node;
  /** `graph "name", node "name" (Op)`, for messages. */
  readonly where: string;
  readonly inputs: readonly (Value | null)[];
}

/** Computes a node's outputs, in the node's order. */
export type Operator = (call: Call) => readonly Value[];

export type OperatorTable = Readonly<Record<string, Operator>>;

/** Whether the optional input `index` is there. */
export function has({ inputs }: Call, index: number): boolean {
  return (inputs[index] ?? null) !== null;
}

/** The input `index`. @throws EngineError if it was left out. */
export function input({ inputs, where }: Call, index: number): Value {
  const value = inputs[index] ?? null;
  if (value === null) throw new EngineError(where, `input ${index} must be given, got none; check the graph`);
  return value;
}

/** The tfjs tensor of the input `index`. */
export function tensor(call: Call, index: number): TfTensor {
  return tensorOf(input(call, index), call.where);
}

/** The numbers of the integer (or float) input `index`. */
export function numbers(call: Call, index: number): readonly number[] {
  return numbersOf(input(call, index), call.where);
}

/** The number that is the input `index`. */
export function number(call: Call, index: number): number {
  return numberOf(input(call, index), call.where);
}

/** An operator of one output with the element type of its first input. */
export function alike(compute: (call: Call) => TfTensor): Operator {
  return (call) => [computed(input(call, 0).dtype, compute(call))];
}

/**
 * Computes something that has no gradient (a comparison, a cast to integers) where a gradient tape cannot see it: tfjs
 * would ask for the gradient of each operation on the way. A custom operation without inputs ends the path.
 */
export function offTape(tf: Tf, compute: () => TfTensor): TfTensor {
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))();
}

/** Makes a negative axis positive. */
export function axisOf(call: Call, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= Math.max(rank, 1)) {
    throw new EngineError(call.where, `axis must be within rank ${rank}, got ${axis}; check the graph`);
  }
  return positive;
}

const ELEMENT_TYPES: Readonly<Record<number, DataType>> = {
  1: 'float32',
  2: 'uint8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  11: 'float64',
};

/** The element type of a Cast's `to`, by its number in onnx.proto (TensorProto.DataType). */
export function elementType(call: Call, code: number): DataType {
  const dtype = ELEMENT_TYPES[code];
  if (dtype === undefined) {
    throw new EngineError(
      call.where,
      `element type must be one of ${Object.keys(ELEMENT_TYPES).join(', ')}, got ${code}; check the graph`,
    );
  }
  return dtype;
}
