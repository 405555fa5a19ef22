import { normalCdf } from '../../core/distributions.ts';
import { chiSquareTail } from '../../core/gamma.ts';
import { normal } from '../../core/normals.ts';
import { stream } from '../../core/stream.ts';
import type { Goodness } from './parameter.ts';

const MOST_DEGREES = 19;
const CELLS_A_BIN = 10;

/**
 * Pearson's chi-square of values that are uniform over 0 to 1 under the model (each datum's own distribution function), in bins of
 * equal width; degrees are bins - 1 - parameters. Null where there are too few data.
 */
export function uniformGoodness(
  of: string,
  uniforms: readonly number[],
  parameters: number,
): Goodness | null {
  const bins = Math.min(MOST_DEGREES + 1 + parameters, Math.floor(uniforms.length / CELLS_A_BIN));
  const degrees = bins - 1 - parameters;
  if (degrees < 1) return null;
  const counts = new Array<number>(bins).fill(0);
  for (const u of uniforms) counts[Math.min(bins - 1, Math.floor(u * bins))]! += 1;
  const expected = uniforms.length / bins;
  const value = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return { of, statistic: 'chi-square', value, degrees, p: chiSquareTail(value, degrees) };
}

/** A uniform number of a datum: where below its distribution function at 0 a censored one is placed. */
export function placeOfCensored(seed: number, datum: number): number {
  return normalCdf(normal(stream(seed, 'fit', 'censored'), datum));
}
