import { normalQuantile } from '../core/distributions.ts';
import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import { float32, type Tensor } from '../graph/graph.ts';

/**
 * The factors of dropout at one training step, for each number of a layer's input one of its own: 0 with probability p, else
 * 1 / (1 - p), so that the mean stays. Inputs `<layer>.dropout` `[B, T, in]`, or `[B, in]` of a layer that sees no tokens, from
 * streams keyed by (seed, step, layer, part). Source: Srivastava et al. 2014, scaled in training.
 *
 * @param p At least 0 and below 1.
 * @param part Which part of the step's rows: each has a stream of its own.
 */
export function dropoutMasks(
  layers: readonly { readonly name: string; readonly in: number; readonly seesTokens: boolean }[],
  [rows, tokens]: readonly [B: number, T: number],
  p: number,
  { seed, step, part }: { readonly seed: number; readonly step: number; readonly part: number },
): Record<string, Tensor> {
  const kept = 1 / (1 - p);
  // A normal number is below this one with probability p; they come from a kernel, several times as fast as words.
  const threshold = p === 0 ? Number.NEGATIVE_INFINITY : normalQuantile(p);
  return Object.fromEntries(
    layers.map(({ name, in: width, seesTokens }) => {
      const shape = seesTokens ? [rows, tokens, width] : [rows, width];
      const factors = new Float32Array(shape.reduce((product, size) => product * size));
      fillNormals(stream(seed, 'dropout', step, name, part), factors);
      for (let i = 0; i < factors.length; i++) factors[i] = factors[i]! < threshold ? 0 : kept;
      return [`${name}.dropout`, float32(shape, factors)];
    }),
  );
}
