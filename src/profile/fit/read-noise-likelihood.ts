import { LN_ROOT_2PI } from './normal-integrals.ts';

/** Repeated reads of one cell at one age, as shares of their mean. */
export interface Repeats {
  readonly count: number;
  /** Sum of squares of read/mean. */
  readonly squares: number;
}

/** Reads above 0 as shares of their mean. */
export function repeatsOf(values: readonly number[]): Repeats {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value / mean) ** 2, 0);
  return { count: values.length, squares };
}

/**
 * ln of the density of reads m_j = g (1 + s z_j) of a cell whose g is not known, whatever it was written to: the marginal
 * likelihood of the ratios of the reads, integral of prod_j N(m_j; g, g s) dg/g. With u = 1/g it is
 *
 *   (2 pi)^(-n/2) s^-n integral u^(n-1) exp(-(A u^2 - 2 B u + C)/2) du,  A = sum m^2/s^2, B = sum m/s^2, C = n/s^2,
 *
 * by Laplace's method with its next term: right to s^4. Reads are above 0, s below 0.5.
 */
export function repeatsLogLikelihood({ count: n, squares }: Repeats, s: number): number {
  if (!(s > 0)) return Number.NEGATIVE_INFINITY;
  const a = squares / (s * s);
  const b = n / (s * s);
  const u = (b + Math.sqrt(b * b + 4 * a * (n - 1))) / (2 * a);
  const k = a + (n - 1) / (u * u);
  const third = (2 * (n - 1)) / u ** 3;
  const fourth = (-6 * (n - 1)) / u ** 4;
  const correction = fourth / (8 * k * k) + (5 * third * third) / (24 * k ** 3);
  const exponent = -0.5 * (a * u * u - 2 * b * u + b) + (n - 1) * Math.log(u);
  return exponent - n * Math.log(s) - 0.5 * Math.log(k) - (n - 1) * LN_ROOT_2PI + Math.log1p(correction);
}
