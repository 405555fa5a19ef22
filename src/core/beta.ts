/**
 * The regularised incomplete beta function I_x(a, b), which Student's t, binomial tails and Clopper-Pearson limits are
 * made of. Continued fraction by Lentz's method; the prefactor is formed from logarithms of ratios near one, so that
 * it keeps its digits for counts of a million.
 */

/**
 * I_x(a, b) = integral from 0 to x of t^(a-1) (1-t)^(b-1) dt / B(a, b), for a, b > 0 and x in 0..1.
 * @throws RangeError outside that.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`incompleteBeta: a and b must be above 0, got ${a} and ${b}`);
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta: x must be from 0 to 1, got ${x}`);
  if (x === 0 || x === 1) return x;
  // The fraction converges fast on this side of the mode; the other side follows from I_x(a, b) = 1 - I_1-x(b, a).
  return x < (a + 1) / (a + b + 2) ? lowerTail(x, 1 - x, a, b) : 1 - lowerTail(1 - x, x, b, a);
}

/**
 * The x at which I_x(a, b) = p, by bisection down to neighbouring doubles.
 * @throws RangeError for p outside 0..1 or a, b not above 0.
 */
export function inverseIncompleteBeta(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`inverseIncompleteBeta: p must be from 0 to 1, got ${p}`);
  if (p === 0 || p === 1) return p;
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) return middle;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
}

/** Binomial tail P(X <= k) of n trials of probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return 1 - incompleteBeta(p, k + 1, n - k);
}

/** I_x(a, b) for x below the mode; y = 1 - x is handed in so that a small one keeps its digits. */
function lowerTail(x: number, y: number, a: number, b: number): number {
  const sum = a + b;
  const exponent = a * Math.log((x * sum) / a) + b * Math.log((y * sum) / b);
  const corrections = stirlingCorrection(a) + stirlingCorrection(b) - stirlingCorrection(sum);
  const prefactor = Math.exp(exponent - corrections) * Math.sqrt((a * b) / (sum * 2 * Math.PI));
  return (prefactor / a) * betaFraction(x, a, b);
}

/** What Stirling's formula lacks: ln Gamma(z) - ((z - 1/2) ln z - z + ln(2 pi)/2). */
function stirlingCorrection(z: number): number {
  let correction = 0;
  while (z < 12) {
    correction += (z + 0.5) * Math.log1p(1 / z) - 1;
    z += 1;
  }
  const s = 1 / (z * z);
  const series =
    1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))));
  return correction + series / z;
}

const LENTZ_STEPS = 100_000;

/** 1 + d1 x/(1 + d2 x/(1 + ...)), inverted: the continued fraction of I_x(a, b) times a over the prefactor. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (v: number): number => (Math.abs(v) < tiny ? tiny : v);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= LENTZ_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) return value;
  }
  throw new RangeError(`incompleteBeta: the fraction must converge, got none at x ${x}, a ${a}, b ${b}`);
}
