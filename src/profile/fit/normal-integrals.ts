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

/** P(Z > a) e^(a^2/2) for 0 <= a < 4, lowest power first: Hart et al., Computer Approximations (1968), no. 5666. */
const OVER: readonly number[] = [
  220.2068679123761, 221.2135961699311, 112.0792914978709, 33.912866078383, 6.37396220353165,
  0.7003830644436881, 0.03526249659989109,
];
const UNDER: readonly number[] = [
  440.4137358247522, 793.8265125199484, 637.3336333788311, 296.5642487796737, 86.78073220294608,
  16.06417757920695, 1.755667163182642, 0.08838834764831845,
];

/** ln P(Z <= z) of a standard normal Z, to 1e-14 of P; by Mills' ratio as a continued fraction far below 0. */
export function logNormalCdf(z: number): number {
  const a = Math.abs(z);
  const tail = a < 4 ? polynomial(OVER, a) / polynomial(UNDER, a) : millsRatio(a);
  return z < 0 ? Math.log(tail) - 0.5 * z * z : Math.log1p(-tail * Math.exp(-0.5 * z * z));
}

function millsRatio(a: number): number {
  let rest = a;
  for (let k = 40; k > 0; k--) rest = a + k / rest;
  return 1 / (rest * Math.sqrt(2 * Math.PI));
}

function polynomial(coefficients: readonly number[], a: number): number {
  let value = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) value = value * a + coefficients[k]!;
  return value;
}

/** ln(e^a + e^b). */
export function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
