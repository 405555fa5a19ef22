import type { Attribute, DataType, Dimension, Graph, Node, Tensor, ValueInfo } from './graph.ts';
import { float32, int64 } from './graph.ts';

/** An attribute as code gives it: numbers become `int` (or `float`), lists of numbers `ints`, strings `string`. */
export type AttributeValue = Attribute | number | string | readonly number[];

interface NodeOptions {
  /** The node's name; the first output is named the same unless `outputs` says otherwise. Default: op and a count. */
  readonly name?: string;
  readonly outputs?: readonly string[];
  /** Numbers become `int` (or `float` where not whole), lists of numbers `ints`, strings `string`. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** Collects nodes in order; every method returns the name of the value it made. */
export interface GraphBuilder {
  /** Adds a graph input; a dimension may have a name in place of a size. */
  input(name: string, dtype: DataType, shape: readonly Dimension[]): string;
  /** Adds an initializer; an equal name must not be taken. */
  constant(name: string, tensor: Tensor): string;
  /** Whether a value of this name is there. */
  has(value: string): boolean;
  /** A float32 scalar initializer, shared between equal values. */
  scalar(value: number): string;
  /** An int64 vector initializer, shared between equal values. */
  ints(values: readonly number[]): string;
  /** Adds a node with one output. */
  node(op: string, inputs: readonly string[], options?: NodeOptions): string;
  /** Adds a node with several outputs, returned in order. */
  nodes(op: string, inputs: readonly string[], outputs: number, options?: NodeOptions): string[];
  /** Makes a value a graph output. */
  output(name: string, dtype: DataType, shape: readonly Dimension[]): void;
  /** The graph as built so far. */
  finish(): Graph;
}

/**
 * Starts a graph, or continues `from` one: its nodes, inputs and initializers are kept, and its outputs unless
 * `keepOutputs` is false.
 */
export function buildGraph(name: string, from?: Graph, keepOutputs = true): GraphBuilder {
  const inputs: ValueInfo[] = [...(from?.inputs ?? [])];
  const outputs: ValueInfo[] = keepOutputs ? [...(from?.outputs ?? [])] : [];
  const initializers = new Map<string, Tensor>(from?.initializers);
  const nodes: Node[] = [...(from?.nodes ?? [])];
  const taken = new Set<string>([
    ...inputs.map((value) => value.name),
    ...initializers.keys(),
    ...nodes.flatMap((node) => node.outputs),
  ]);
  let count = nodes.length;

  const claim = (value: string): string => {
    if (taken.has(value)) throw new RangeError(`buildGraph: the value "${value}" exists already`);
    taken.add(value);
    return value;
  };

  const shared = (value: string, make: () => Tensor): string => {
    if (!initializers.has(value)) initializers.set(claim(value), make());
    return value;
  };

  const builder: GraphBuilder = {
    has: (value) => taken.has(value),
    input(value, dtype, shape) {
      inputs.push({ name: claim(value), dtype, shape });
      return value;
    },
    constant(value, tensor) {
      initializers.set(claim(value), tensor);
      return value;
    },
    scalar: (value) => shared(`const.f32.${value}`, () => float32([], [value])),
    ints: (values) => shared(`const.i64.${values.join('.')}`, () => int64([values.length], values)),
    node: (op, ins, options) => builder.nodes(op, ins, 1, options)[0]!,
    nodes(op, ins, outs, options = {}) {
      const nodeName = options.name ?? `${op}.${count}`;
      count += 1;
      const names =
        options.outputs ??
        Array.from({ length: outs }, (_, index) => (index === 0 ? nodeName : `${nodeName}.${index}`));
      for (const value of names) if (value !== '') claim(value);
      const attributes = attributesOf(options.attributes ?? {});
      nodes.push({ op, name: nodeName, inputs: [...ins], outputs: [...names], attributes });
      return [...names];
    },
    output(value, dtype, shape) {
      outputs.push({ name: value, dtype, shape });
    },
    finish: () => ({ name, inputs, outputs, initializers, nodes }),
  };
  return builder;
}

/** Attributes as records. */
export function attributesOf(values: Readonly<Record<string, AttributeValue>>): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, attribute(key, value)]));
}

/** Attributes that ONNX wants as floats even where the number is whole. */
const FLOATS: ReadonlySet<string> = new Set(['alpha', 'beta', 'epsilon']);

function attribute(key: string, value: AttributeValue): Attribute {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !FLOATS.has(key) ? { type: 'int', value } : { type: 'float', value };
  }
  if (typeof value === 'string') return { type: 'string', value };
  if (isList(value)) return { type: 'ints', value };
  return value;
}

function isList(value: Attribute | readonly number[]): value is readonly number[] {
  return Array.isArray(value);
}
