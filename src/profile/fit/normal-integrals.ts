import { normalCdf } from '../../core/distributions.ts';

/** Nodes and weights of Gauss and Hermite's rule for the standard normal density, 7 points. */
export const NODES: readonly number[] = [
  -3.750439717725742, -2.366759410734541, -1.154405394739968, 0, 1.154405394739968, 2.366759410734541,
  3.750439717725742,
];
export const WEIGHTS: readonly number[] = [
  0.000548268855972218, 0.030757123967586498, 0.2401231786050127, 0.45714285714285713, 0.2401231786050127,
  0.030757123967586498, 0.000548268855972218,
];

/** ln sqrt(2 pi). */
export const LN_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

/** ln P(Z <= z) of a standard normal Z; by Mills' ratio far below 0. */
export function logNormalCdf(z: number): number {
  if (z > 8) return 0;
  if (z > -30) return Math.log(normalCdf(z));
  return -0.5 * z * z - LN_ROOT_2PI - Math.log(-z) + Math.log1p(-1 / (z * z));
}

/** ln(e^a + e^b). */
export function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
