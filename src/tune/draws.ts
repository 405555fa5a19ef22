import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import { float32, type Tensor } from '../graph/graph.ts';

/** One draw for each input dimension of: an example (shared by its tokens), a token, or a whole step. */
export type Draw = 'example' | 'token' | 'step';

/** Which part of a step's rows: its number, and how many rows the parts before it have. */
export interface StepPart {
  readonly index: number;
  readonly firstRow: number;
}

const WHOLE: StepPart = { index: 0, firstRow: 0 };

/**
 * The standard normal draws in front of the noisy layers at one training step, from streams keyed by (seed, step,
 * layer): inputs `<layer>.draw` `[B, in]`, or `[B, T, in]` for a layer that sees tokens and draws for each. A step in
 * parts has the draws of the same step in one, but where each token has its own: then each part has a stream.
 */
export function layerDraws(
  layers: readonly { readonly name: string; readonly in: number; readonly seesTokens: boolean }[],
  [rows, tokens]: readonly [B: number, T: number],
  seed: number,
  step: number,
  draw: Draw,
  part: StepPart = WHOLE,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const layer of layers) {
    if (draw === 'token' && layer.seesTokens) {
      const each = new Float32Array(rows * tokens * layer.in);
      fillNormals(stream(seed, 'draw', step, layer.name, ...(part.index === 0 ? [] : [part.index])), each);
      feeds[`${layer.name}.draw`] = float32([rows, tokens, layer.in], each);
      continue;
    }
    const values = new Float32Array(rows * layer.in);
    const fresh = draw === 'step' ? values.subarray(0, layer.in) : values;
    const first = draw === 'step' ? 0 : part.firstRow * layer.in;
    fillNormals(stream(seed, 'draw', step, layer.name), fresh, first);
    if (draw === 'step') for (let row = 1; row < rows; row++) values.copyWithin(row * layer.in, 0, layer.in);
    feeds[`${layer.name}.draw`] = float32([rows, layer.in], values);
  }
  return feeds;
}
