import type { GraphBuilder } from '../../graph/build.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Weights } from './checkpoint.ts';

/** Puts layers of a checkpoint into a graph, under the checkpoint's names. */
export interface Layers {
  /** The weight `name`; it becomes a constant of that name. */
  table(name: string, shape: readonly number[]): string;
  /** x W + b: the product is named `name`, which is what calls it a linear layer. */
  linear(input: string, name: string, size: readonly [rows: number, columns: number]): string;
  /** The same of a weight that is stored `[in, out]` (GPT-2's Conv1D). */
  conv1d(input: string, name: string, size: readonly [rows: number, columns: number]): string;
  /** Layer norm over the last axis; `output` names its value where that is not `name`. */
  norm(input: string, name: string, width: number, output?: string): string;
}

export function layersOf(b: GraphBuilder, checkpoint: Weights, epsilon: number): Layers {
  /** Checkpoints from TensorFlow call the norms' numbers gamma and beta. */
  const normPart = (name: string, part: 'weight' | 'bias', width: number): string => {
    const old = `${name}.${part === 'weight' ? 'gamma' : 'beta'}`;
    const stored = checkpoint.has(`${name}.${part}`) || !checkpoint.has(old) ? `${name}.${part}` : old;
    return b.constant(`${name}.${part}`, checkpoint.take(stored, [width]));
  };
  const product = (input: string, name: string, weight: Tensor): string => {
    const matrix = b.constant(`${name}.weight`, weight);
    const bias = b.constant(`${name}.bias`, checkpoint.take(`${name}.bias`, [weight.shape[1]!]));
    return b.node('Add', [b.node('MatMul', [input, matrix], { name }), bias], { name: `${name}.biased` });
  };
  return {
    table: (name, shape) => b.constant(name, checkpoint.take(name, shape)),
    linear: (input, name, [rows, columns]) =>
      product(input, name, checkpoint.turned(checkpoint.take(`${name}.weight`, [columns, rows]))),
    conv1d: (input, name, size) => product(input, name, checkpoint.take(`${name}.weight`, size)),
    norm(input, name, width, output = name) {
      const parts = [normPart(name, 'weight', width), normPart(name, 'bias', width)];
      const options = { name, outputs: [output], attributes: { axis: -1, epsilon } };
      return b.node('LayerNormalization', [input, ...parts], options);
    },
  };
}
