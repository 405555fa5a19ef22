import type { DrawnValue } from '../compile/drawn-values.ts';
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
 * Standard normals for noise that is new at each product. Those of an example are keyed by chip, graph input, event
 * (where it is stacked, by part) and the example's index: element `index 2^30 + token width + column` of the stream. So they do not depend on which other
 * examples share its batch, nor on the order of work; two arms on one chip meet the same ones. Padding is not drawn.
 */
export function createLiveDraws(
  values: readonly DrawnValue[],
  lengthOf: (example: number) => number,
): LiveDraws {
  const perToken = values.reduce((sum, { width, parts }) => sum + width * (parts ?? 1), 0);
  const arrays = values.map(() => new Float32Array(0));
  return {
    mostTokens: Math.max(1, Math.floor(MOST_DRAWS / Math.max(1, perToken))),
    fill({ indices, shape: [height, tokens] }, { chip, seconds, read }) {
      const feeds: Record<string, Tensor> = {};
      values.forEach(({ input, width, overTokens, parts }, number) => {
        const row = (overTokens ? tokens : 1) * width;
        if (row >= ROOM)
          throw new RangeError(`live draws: a text must have fewer tokens, got ${tokens}; cut it`);
        const size = height * row;
        const count = size * (parts ?? 1);
        if (arrays[number]!.length < count) arrays[number] = new Float32Array(count);
        const draws = arrays[number]!.subarray(0, count).fill(0);
        for (let part = 0; part < (parts ?? 1); part++) {
          const which = parts === null ? [] : [part];
          const source = stream(chip, 'live', input, ...which, seconds, read);
          indices.forEach((example, at) => {
            const length = overTokens ? lengthOf(example) * width : width;
            const from = part * size + at * row;
            fillNormals(source, draws.subarray(from, from + length), example * ROOM);
          });
        }
        const shape = overTokens ? [height, tokens, width] : [height, width];
        feeds[input] = float32(parts === null ? shape : [parts, ...shape], draws);
      });
      return feeds;
    },
  };
}
