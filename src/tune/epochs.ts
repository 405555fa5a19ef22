import { permutation } from '../core/philox.ts';
import { stream } from '../core/stream.ts';

/** Batches whose lengths are sorted together: longer runs pad less but mix less. */
const BATCHES_A_RUN = 8;

/**
 * The order of one epoch: the examples are shuffled, sorted by length within runs of eight batches (so that a batch
 * pads little), cut into batches, and the batches shuffled.
 *
 * @param lengths Token count of each example.
 * @param shuffle False keeps the examples in their given order.
 * @returns Indices of the examples of each batch; the last cut may be smaller.
 */
export function epochBatches(
  lengths: readonly number[],
  size: number,
  seed: number,
  epoch: number,
  shuffle: boolean,
): number[][] {
  if (!shuffle)
    return cut(
      lengths.map((_, index) => index),
      size,
    );
  const order = Array.from(permutation(lengths.length, stream(seed, 'epoch', epoch)));
  const runs = cut(order, size * BATCHES_A_RUN);
  const batches = runs.flatMap((run) =>
    cut(
      run.sort((a, b) => lengths[a]! - lengths[b]! || a - b),
      size,
    ),
  );
  const turns = Array.from(permutation(batches.length, stream(seed, 'batches', epoch)));
  return turns.map((turn) => batches[turn]!);
}

/** A list in pieces of `size`, the last perhaps shorter. */
export function cut<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < list.length; from += size) parts.push(list.slice(from, from + size));
  return parts;
}
