import type { GraphBuilder } from '../../src/graph/build.ts';
import { buildGraph } from '../../src/graph/build.ts';
import type { Dimension, Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64, sizeOf } from '../../src/graph/graph.ts';
import { inferShapes } from '../../src/graph/shapes.ts';
import { interpret64 } from './interpreter64.ts';

/**
 * A small graph with values to feed it. Where `wrt` is given, the graph has a scalar output `loss`, and those inputs
 * are the ones to differentiate it by.
 */
export interface OperatorCase {
  readonly name: string;
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly wrt?: readonly string[];
}

/** An input: its declared shape and the value fed. */
export interface Feed {
  readonly shape: readonly Dimension[];
  readonly tensor: Tensor;
}

/** `count` repeatable numbers over [low, high), from a 32-bit counter mixed by multiplications. */
export function spread(count: number, seed: number, low = -2, high = 2): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    let mixed = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    return low + ((high - low) * ((mixed ^ (mixed >>> 15)) >>> 0)) / 2 ** 32;
  });
}

/** A float32 input. `named` replaces sizes by names, e.g. `{ 0: 'B' }`. */
export function floats(
  sizes: readonly number[],
  seed: number,
  named: Readonly<Record<number, string>> = {},
  [low, high]: readonly [number, number] = [-2, 2],
): Feed {
  const tensor = float32(sizes, spread(sizeOf(sizes), seed, low, high));
  return { shape: sizes.map((size, axis) => named[axis] ?? size), tensor };
}

/** An int64 input. */
export function whole(
  sizes: readonly number[],
  values: readonly number[],
  named: Readonly<Record<number, string>> = {},
): Feed {
  return { shape: sizes.map((size, axis) => named[axis] ?? size), tensor: int64(sizes, values) };
}

/** A boolean input. */
export function flags(sizes: readonly number[], values: readonly number[]): Feed {
  return { shape: sizes, tensor: { dtype: 'bool', shape: sizes, data: Uint8Array.from(values) } };
}

/**
 * Builds a case. `build` adds the nodes and returns the outputs. With `wrt` a loss is added: the sum over all float
 * outputs of output times a fed weight of the same shape, so that no two elements have the same gradient.
 */
export function operatorCase(
  name: string,
  inputs: Readonly<Record<string, Feed>>,
  build: (builder: GraphBuilder) => readonly string[],
  wrt?: readonly string[],
): OperatorCase {
  const builder = buildGraph(name);
  const feeds: Record<string, Tensor> = {};
  for (const [input, { shape, tensor }] of Object.entries(inputs)) {
    builder.input(input, tensor.dtype, shape);
    feeds[input] = tensor;
  }
  const outputs = build(builder);
  const shapes = inferShapes(builder.finish());
  for (const output of outputs) builder.output(output, shapes.get(output)!.dtype, shapes.get(output)!.shape);
  if (wrt === undefined) return { name, graph: builder.finish(), feeds };

  const results = interpret64(builder.finish(), feeds);
  const terms = outputs.flatMap((output, index) => {
    const { dtype, shape } = shapes.get(output)!;
    if (dtype !== 'float32') return [];
    const sizes = results[output]!.shape;
    feeds[`weight.${output}`] = float32(sizes, spread(sizeOf(sizes), 900 + index));
    const weight = builder.input(`weight.${output}`, dtype, shape);
    return [
      builder.node('ReduceSum', [builder.node('Mul', [output, weight])], { attributes: { keepdims: 0 } }),
    ];
  });
  const total = terms.reduce((a, b) => builder.node('Add', [a, b]));
  builder.node('Identity', [total], { name: 'loss' });
  builder.output('loss', 'float32', []);
  return { name, graph: builder.finish(), feeds, wrt };
}
