import { incompleteBeta, inverseIncompleteBeta } from './beta.ts';
import { exp } from './math.ts';

/** Student's t with `degrees` degrees of freedom: P(T <= t). */
export function studentCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`studentCdf: degrees of freedom must be above 0, got ${degrees}`);
  const square = t * t;
  // Of x = n/(n + t^2) and 1 - x take the smaller, which keeps its digits.
  const half =
    square < degrees
      ? 0.5 * (1 - incompleteBeta(square / (degrees + square), 0.5, degrees / 2))
      : 0.5 * incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5);
  return t < 0 ? half : 1 - half;
}

/** The t at which studentCdf(t) = p, for p strictly between 0 and 1. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`studentQuantile: p must be between 0 and 1, got ${p}`);
  if (!(degrees > 0))
    throw new RangeError(`studentQuantile: degrees of freedom must be above 0, got ${degrees}`);
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  const twoTails = 2 * (1 - p);
  if (twoTails > 0.5) {
    const y = inverseIncompleteBeta(1 - twoTails, 0.5, degrees / 2);
    return Math.sqrt((degrees * y) / (1 - y));
  }
  const x = inverseIncompleteBeta(twoTails, degrees / 2, 0.5);
  return Math.sqrt((degrees * (1 - x)) / x);
}

/** Two-sided p value of Student's t: P(|T| >= |t|). */
export function studentTwoSided(t: number, degrees: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5);
}

/** Standard normal P(Z <= z): the power series of the integral near 0, Laplace's continued fraction in the tails. */
export function normalCdf(z: number): number {
  if (z > 3) return 1 - normalCdf(-z);
  const density = exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z < -3) {
    let fraction = -z;
    for (let k = 200; k >= 1; k--) fraction = -z + k / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-18; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density * sum;
}

/** The z at which normalCdf(z) = p, for p strictly between 0 and 1; by bisection. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`normalQuantile: p must be between 0 and 1, got ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  let low = -40;
  let high = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
}
