import { buildGraph } from '../../src/graph/build.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, sizeOf } from '../../src/graph/graph.ts';
import { spread } from './operator-case.ts';

export interface EncoderSizes {
  readonly blocks: number;
  readonly width: number;
  readonly inner: number;
  readonly heads: number;
  /** False: matrices have a shape but no numbers, to count the parameters of large models. */
  readonly numbers?: boolean;
}

/**
 * An encoder of RoBERTa's form and names: a layer norm behind the embedding; in each block query, key and value as
 * layers of their own, attention with a mask, GELU by Erf, layer norms behind both residuals. Takes `x` `[B, T, width]`
 * in place of ids. `pooled` is the first token.
 */
export function encoderGraph({ blocks, width, inner, heads, numbers = true }: EncoderSizes): Graph {
  const g = buildGraph('encoder');
  let seed = 200;
  const tensor = (shape: readonly number[], from: number, to: number): Tensor => {
    seed += 1;
    if (!numbers && shape.length === 2) return { dtype: 'float32', shape, data: new Float32Array(0) };
    return float32(shape, spread(sizeOf(shape), seed, from, to));
  };
  const linear = (input: string, name: string, rows: number, columns: number) => {
    const weight = g.constant(`${name}.weight`, tensor([rows, columns], -0.6, 0.6));
    const bias = g.constant(`${name}.bias`, tensor([columns], -0.3, 0.3));
    return g.node('Add', [g.node('MatMul', [input, weight], { name }), bias], { name: `${name}.biased` });
  };
  const norm = (input: string, name: string) => {
    const scale = g.constant(`${name}.weight`, tensor([width], 0.5, 1.5));
    const bias = g.constant(`${name}.bias`, tensor([width], -0.3, 0.3));
    return g.node('LayerNormalization', [input, scale, bias], { name, attributes: { axis: -1 } });
  };
  const split = (value: string, perm: readonly number[]) =>
    g.node('Transpose', [g.node('Reshape', [value, g.ints([0, 0, heads, width / heads])])], {
      attributes: { perm },
    });

  const x = g.input('x', 'float32', ['B', 'T', width]);
  let state = norm(x, 'roberta.embeddings.LayerNorm');
  for (let block = 0; block < blocks; block++) {
    const name = `roberta.encoder.layer.${block}`;
    const of = (part: string, perm: readonly number[]) =>
      split(linear(state, `${name}.attention.self.${part}`, width, width), perm);
    const [q, k, v] = [of('query', [0, 2, 1, 3]), of('key', [0, 2, 3, 1]), of('value', [0, 2, 1, 3])];
    const scores = g.node('Mul', [g.node('MatMul', [q, k]), g.scalar((width / heads) ** -0.5)]);
    const shares = g.node('Softmax', [scores], { attributes: { axis: -1 } });
    const rows = g.node('Transpose', [g.node('MatMul', [shares, v])], { attributes: { perm: [0, 2, 1, 3] } });
    const joined = g.node('Reshape', [rows, g.ints([0, 0, width])]);
    const attended = linear(joined, `${name}.attention.output.dense`, width, width);
    const middle = norm(g.node('Add', [attended, state]), `${name}.attention.output.LayerNorm`);
    const wide = linear(middle, `${name}.intermediate.dense`, width, inner);
    const erf = g.node('Erf', [g.node('Mul', [wide, g.scalar(Math.SQRT1_2)])]);
    const gelu = g.node('Mul', [g.node('Mul', [wide, g.node('Add', [erf, g.scalar(1)])]), g.scalar(0.5)]);
    const outer = linear(gelu, `${name}.output.dense`, inner, width);
    state = norm(g.node('Add', [outer, middle]), `${name}.output.LayerNorm`);
  }
  g.node('Gather', [state, g.constant('first', { dtype: 'int64', shape: [], data: BigInt64Array.of(0n) })], {
    name: 'pooled',
    attributes: { axis: 1 },
  });
  g.output('pooled', 'float32', ['B', width]);
  return g.finish();
}

/** A block of four inputs and two heads, to be reckoned with in float64. */
export const SMALL = { blocks: 1, width: 4, inner: 6, heads: 2 } as const;

/** Two texts of three tokens. */
export const smallFeeds: Readonly<Record<string, Tensor>> = { x: float32([2, 3, 4], spread(24, 99, -2, 2)) };
