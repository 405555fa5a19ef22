import { normalCdf } from '../../core/distributions.ts';
import { chiSquareTail } from '../../core/gamma.ts';
import { normal } from '../../core/normals.ts';
import { stream } from '../../core/stream.ts';
import type { Goodness } from './parameter.ts';

const MOST_DEGREES = 19;
const CELLS_A_BIN = 10;
/** Of a group: fewer do not tell a wrong spread from a wrong mean. */
const LEAST_BINS = 5;
/** A test of fit below this says that the data do not look like the model. */
export const DOUBTFUL = 0.001;

/**
 * Pearson's chi-square of values that are uniform over 0 to 1 under the model (each datum's own distribution function) in each of
 * some groups, in bins of equal width of each group's own: a spread that is too large at one state and too small at another
 * shows. Degrees are the bins less one a group; none is taken
 * off for the fitted laws, which are fitted to the data and not to the counts: that is the cautious end of Chernoff and
 * Lehmann's (1954) range. Null where there are too few data.
 */
export function uniformGoodness(of: string, groups: readonly (readonly number[])[]): Goodness | null {
  const most = Math.max(LEAST_BINS, Math.ceil(MOST_DEGREES / groups.length) + 1);
  let [value, degrees] = [0, 0];
  for (const uniforms of groups) {
    const bins = Math.min(most, Math.floor(uniforms.length / CELLS_A_BIN));
    if (bins < 2) continue;
    value += pearson(uniforms, bins);
    degrees += bins - 1;
  }
  return degrees === 0
    ? null
    : { of, statistic: 'chi-square', value, degrees, p: chiSquareTail(value, degrees) };
}

/** Sum of (count - expected)^2/expected over bins of equal width. */
function pearson(uniforms: readonly number[], bins: number): number {
  const counts = new Array<number>(bins).fill(0);
  for (const u of uniforms) counts[Math.min(bins - 1, Math.floor(u * bins))]! += 1;
  const expected = uniforms.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** A uniform number of a datum: where below its distribution function at 0 a censored one is placed. */
export function placeOfCensored(seed: number, datum: number): number {
  return normalCdf(normal(stream(seed, 'fit', 'censored'), datum));
}
