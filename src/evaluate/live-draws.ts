import { type DrawnProduct, readDrawInput } from '../compile/live-reads.ts';
import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import type { Batch } from '../data/batches.ts';
import { float32, type Tensor } from '../graph/graph.ts';

/** One read event of a chip, whose live draws are asked for. */
export interface LiveEvent {
  readonly chip: number;
  readonly seconds: number;
  /** Number of the repeated read. */
  readonly read: number;
}

/** Draws that one example can have of one product: its tokens times the columns must not reach this. */
const ROOM = 2 ** 30;

/** Draws of a batch at most, all products together: 128 MiB. */
const MOST_DRAWS = 2 ** 25;

/** Fills the draws of one batch. */
export interface LiveDraws {
  /** Tokens a batch may have, so that its draws stay within 128 MiB; a single longer text has more. */
  readonly mostTokens: number;
  /** The graph inputs of the draws. Arrays are used again by the next call. */
  fill(batch: Pick<Batch, 'indices' | 'shape'>, event: LiveEvent): Record<string, Tensor>;
}

/**
 * Standard normals for the outputs of a program's products. Those of an example are keyed by chip, product, event
 * and the example's index: element `index 2^30 + token out + column` of the stream. So they do not depend on which other
 * examples share its batch, nor on the order of work; two arms on one chip meet the same ones. Padding is not drawn.
 */
export function createLiveDraws(
  products: readonly DrawnProduct[],
  lengthOf: (example: number) => number,
): LiveDraws {
  const perToken = products.reduce((sum, { out }) => sum + out, 0);
  const arrays = products.map(() => new Float32Array(0));
  return {
    mostTokens: Math.max(1, Math.floor(MOST_DRAWS / Math.max(1, perToken))),
    fill({ indices, shape: [height, width] }, { chip, seconds, read }) {
      const feeds: Record<string, Tensor> = {};
      products.forEach(({ product, out, overTokens }, number) => {
        const row = (overTokens ? width : 1) * out;
        if (row >= ROOM)
          throw new RangeError(`live draws: a text must have fewer tokens, got ${width}; cut it`);
        if (arrays[number]!.length < height * row) arrays[number] = new Float32Array(height * row);
        const draws = arrays[number]!.subarray(0, height * row).fill(0);
        const source = stream(chip, 'live read', product, seconds, read);
        indices.forEach((example, at) => {
          const length = overTokens ? lengthOf(example) * out : out;
          fillNormals(source, draws.subarray(at * row, at * row + length), example * ROOM);
        });
        const shape = overTokens ? [height, width, out] : [height, out];
        feeds[readDrawInput(product)] = float32(shape, draws);
      });
      return feeds;
    },
  };
}
