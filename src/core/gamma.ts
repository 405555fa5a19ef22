/** The regularised incomplete gamma function and what is made of it: tails of chi-square. */

/** ln Gamma(z) for z > 0: Stirling's series after shifting z above 12; relative error below 1e-14. */
export function lnGamma(z: number): number {
  if (!(z > 0)) throw new RangeError(`lnGamma: z must be above 0, got ${z}`);
  let shift = 0;
  let at = z;
  while (at < 12) {
    shift += Math.log(at);
    at += 1;
  }
  const s = 1 / (at * at);
  const series =
    1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))));
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series / at - shift;
}

/** Q(a, x) = integral from x to infinity of t^(a-1) e^-t dt / Gamma(a), for a > 0 and x >= 0. @throws RangeError outside that. */
export function upperGamma(a: number, x: number): number {
  if (!(a > 0 && x >= 0))
    throw new RangeError(`upperGamma: a must be above 0 and x at least 0, got ${a}, ${x}`);
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) return 1 - front * seriesOfLower(a, x);
  return front * fractionOfUpper(a, x);
}

/** P(X >= x) of a chi-square variable with `degrees` degrees of freedom. */
export function chiSquareTail(x: number, degrees: number): number {
  return upperGamma(degrees / 2, Math.max(0, x) / 2);
}

const STEPS = 100_000;

function seriesOfLower(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < STEPS && term > 1e-17 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The continued fraction of the upper tail, by Lentz's method. */
function fractionOfUpper(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < STEPS; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / (Math.abs(step * d + b) < tiny ? tiny : step * d + b);
    c = Math.abs(b + step / c) < tiny ? tiny : b + step / c;
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return value;
}
