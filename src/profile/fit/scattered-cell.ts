import { type DriftedCell, driftLogLikelihood } from './drift-likelihood.ts';
import { LN_ROOT_2PI } from './normal-integrals.ts';
import { type Repeats, repeatsLogLikelihood } from './read-noise-likelihood.ts';

/** The reads of one cell whose noise is not known but fitted along with its drift. Arrays hold one number an age. */
export interface ScatteredCell {
  /** L = ln((t + t_c)/t_c). */
  readonly l: Float64Array;
  /** Where the age lies between the first and the last of the data, by L: 0 to 1. */
  readonly share: Float64Array;
  /** Mean of ln g over the reads of the age. */
  readonly y: Float64Array;
  /** How many they are. */
  readonly count: Float64Array;
  /** Of the ages that have several: the reads about their mean. */
  readonly repeats: readonly { readonly age: number; readonly reads: Repeats }[];
}

/** A cell's line by weights that a scatter gives, and ln of what those weights add to the density of the reads. */
export interface WeighedCell extends DriftedCell {
  readonly logWeights: number;
}

/**
 * The line of a cell whose reads have the relative std s_j = first + share_j (growth + bend (1 - share_j)): the mean of n_j values ln(1 + s z) lies at
 * -s^2/2 - 3 s^4/4 and has variance (s^2 + 5 s^4/2)/n_j. Null where an s_j is not above 0.
 */
export function weighedCell(
  cell: ScatteredCell,
  first: number,
  growth: number,
  bend: number,
): WeighedCell | null {
  const { l, share, y, count } = cell;
  const n = l.length;
  let [sum, sumL, sumY, logVariances] = [0, 0, 0, 0];
  for (let j = 0; j < n; j++) {
    const s = scatterAt(share[j]!, first, growth, bend);
    if (!(s > 0)) return null;
    const s2 = s * s;
    const variance = (s2 + 2.5 * s2 * s2) / count[j]!;
    const w = 1 / variance;
    sum += w;
    sumL += w * l[j]!;
    sumY += w * (y[j]! + 0.5 * s2 + 0.75 * s2 * s2);
    logVariances += Math.log(variance);
  }
  const [meanL, meanY] = [sumL / sum, sumY / sum];
  let [spread, cross, height] = [0, 0, 0];
  for (let j = 0; j < n; j++) {
    const s = scatterAt(share[j]!, first, growth, bend);
    const s2 = s * s;
    const w = count[j]! / (s2 + 2.5 * s2 * s2);
    const dl = l[j]! - meanL;
    const dy = y[j]! + 0.5 * s2 + 0.75 * s2 * s2 - meanY;
    spread += w * dl * dl;
    cross += w * dl * dy;
    height += w * dy * dy;
  }
  return {
    exponent: -cross / spread,
    variance: 1 / spread,
    squares: Math.max(0, height - (cross * cross) / spread),
    degrees: n - 2,
    logWeights: -0.5 * (logVariances + Math.log(sum * spread)) - (n - 2) * LN_ROOT_2PI,
  };
}

/** The relative std of reads at a share of the ages. */
function scatterAt(share: number, first: number, growth: number, bend: number): number {
  return first + share * (growth + bend * (1 - share));
}

/**
 * ln of the density of a cell's reads but for its level, y_j = c - nu L_j + noise with c not known: the density of what is left
 * about the weighed line, of its exponent, and of several reads of one age about their mean. What the reads say of c is given
 * up, as in restricted maximum likelihood.
 */
export function scatteredLogLikelihood(
  cell: ScatteredCell,
  mean: number,
  std: number,
  first: number,
  growth: number,
  bend: number,
): number {
  const weighed = weighedCell(cell, first, growth, bend);
  if (weighed === null) return Number.NEGATIVE_INFINITY;
  return cell.repeats.reduce(
    (sum, { age, reads }) =>
      sum + repeatsLogLikelihood(reads, scatterAt(cell.share[age]!, first, growth, bend)),
    weighed.logWeights + driftLogLikelihood(weighed, mean, std),
  );
}
