import { BadFileError } from '../../core/errors.ts';
import type { Weights } from './checkpoint.ts';
import type { StoredWeights } from './stored-weights.ts';

/** How many faults a message tells one by one. */
const LISTED = 5;

/** The size of a tensor that is missing: it agrees with any. */
const UNKNOWN = Number.NaN;

/**
 * Builds a graph once over without a weight being read, by the names and shapes of the files' headers, so that what is
 * missing or of another shape is known at once, and all of it.
 * @param build Takes what the true weights will be asked for. What it gives is good for nothing.
 * @throws BadFileError if weights are not as the graph takes them, or as `build`
 */
export function rehearse({ where, shapes }: StoredWeights, build: (weights: Weights) => unknown): void {
  const left = new Map(shapes);
  const faults: string[] = [];
  const weights: Weights = {
    where,
    has: (name) => left.has(name),
    take(name, wanted) {
      const got = left.get(name);
      const fault = takeFault(name, got, wanted);
      if (fault !== null) faults.push(fault);
      left.delete(name);
      const shape = wanted.map((size, axis) => size ?? got?.[axis] ?? UNKNOWN);
      return { dtype: 'float32', shape, data: new Float32Array() };
    },
    turned: (matrix) => ({ ...matrix, shape: matrix.shape.toReversed() }),
  };
  try {
    build(weights);
  } catch (error) {
    // What else is wrong may follow from a tensor that is not there.
    if (faults.length === 0) throw error;
  }
  if (faults.length > 0) throw weightsError(where, faults);
}

/** What is wrong with a tensor that is asked for; null if nothing is. A wanted size of null may be any. */
export function takeFault(
  name: string,
  got: readonly number[] | undefined,
  wanted: readonly (number | null)[],
): string | null {
  if (got === undefined) return `must hold the tensor "${name}", got none`;
  const agrees = (size: number | null, axis: number) =>
    size === null || Number.isNaN(size) || size === got[axis];
  if (got.length === wanted.length && wanted.every(agrees)) return null;
  const sizes = wanted.map((size) => (size === null || Number.isNaN(size) ? '?' : size));
  return `"${name}" must be [${sizes.join(', ')}] by config.json, got [${got.join(', ')}]`;
}

export function weightsError(where: string, faults: readonly string[]): BadFileError {
  const cure = 'fetch the checkpoint again, or mend config.json';
  if (faults.length === 1) return new BadFileError(where, `${faults[0]}; ${cure}`);
  const rest = faults.length > LISTED ? `\n  and ${faults.length - LISTED} more` : '';
  return new BadFileError(
    where,
    `must hold every tensor as config.json has it, got ${faults.length} faults; ${cure}:\n  ${faults.slice(0, LISTED).join('\n  ')}${rest}`,
  );
}
