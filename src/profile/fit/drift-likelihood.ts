import { normalCdf } from '../../core/distributions.ts';
import { LN_ROOT_2PI, logNormalCdf, logSum, NODES, WEIGHTS } from './normal-integrals.ts';

/** What the ages of one cell say of its drift: the line ln g = c - nu L fitted to its reads, L = ln((t + t_c)/t_c). */
export interface DriftedCell {
  /** Its exponent, by least squares. */
  readonly exponent: number;
  /** Variance of that exponent by the noise of the reads. */
  readonly variance: number;
  /** Sum of squares about the line in variances of the reads, and how many ages less two. */
  readonly squares: number;
  readonly degrees: number;
}

/**
 * ln of the density of a cell's fitted exponent, |mean + std z| + sqrt(variance) e, and of its reads about its line: the two
 * halves w >= 0 and w < 0 of w = mean + std z each give a normal density times a normal probability.
 */
export function driftLogLikelihood(cell: DriftedCell, mean: number, std: number): number {
  if (!(std >= 0)) return Number.NEGATIVE_INFINITY;
  const v = cell.variance;
  const s2 = std * std;
  const half = (centre: number): number => {
    const away = cell.exponent - centre;
    const density = -0.5 * ((away * away) / (s2 + v) + Math.log(s2 + v)) - LN_ROOT_2PI;
    const middle = (centre * v + cell.exponent * s2) / (s2 + v);
    const width = Math.sqrt((s2 * v) / (s2 + v));
    if (width === 0) return middle >= 0 ? density : Number.NEGATIVE_INFINITY;
    return density + logNormalCdf(middle / width);
  };
  const upper = half(mean);
  // The other half is out of reach of nearly all cells.
  return -0.5 * cell.squares + (mean > 8 * std && mean > 0 ? upper : logSum(upper, half(-mean)));
}

/** P(fitted exponent <= the cell's). */
export function driftCdf(cell: DriftedCell, mean: number, std: number): number {
  const error = Math.sqrt(cell.variance);
  if (mean > 4 * std) return normalCdf((cell.exponent - mean) / Math.hypot(std, error));
  return NODES.reduce((p, e, i) => {
    const w = cell.exponent - error * e;
    const inside = w <= 0 ? 0 : normalCdf((w - mean) / std) - normalCdf((-w - mean) / std);
    return p + WEIGHTS[i]! * inside;
  }, 0);
}

/** The line through a cell's points (L, ln g) with weights 1/variance. */
export function driftedCell(
  points: readonly { readonly l: number; readonly y: number; readonly variance: number }[],
): DriftedCell {
  const weight = points.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const meanL = points.reduce((sum, { l, variance }) => sum + l / variance, 0) / weight;
  const meanY = points.reduce((sum, { y, variance }) => sum + y / variance, 0) / weight;
  const spread = points.reduce((sum, { l, variance }) => sum + (l - meanL) ** 2 / variance, 0);
  const slope =
    points.reduce((sum, { l, y, variance }) => sum + ((l - meanL) * (y - meanY)) / variance, 0) / spread;
  const squares = points.reduce(
    (sum, { l, y, variance }) => sum + (y - meanY - slope * (l - meanL)) ** 2 / variance,
    0,
  );
  return { exponent: -slope, variance: 1 / spread, squares, degrees: points.length - 2 };
}
