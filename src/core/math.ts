/**
 * exp, log, pow, sin and cos in float64, from + - x / and square root alone.
 *
 * JavaScript leaves the last bits of `Math.exp` and its kin to each engine. Profile formulas are tabulated with these
 * instead, so that a table, and every cell drawn from it, is the same bytes on every machine. Each result lies within
 * 1e-15 (relative) of the exact one, a power near the ends of float64 within 4e-15; infinities, NaN and signed zeros go
 * as in `Math`.
 */

/** ln 2 = LN2_HIGH + LN2_MIDDLE + LN2_LOW; the first two have 32 bits, so a small integer times each is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_MIDDLE = 1.9082149288430703e-10;
const LN2_LOW = 4.275175589747649e-20;
const LOG2_E = Math.LOG2E;

/** pi/2 in three parts; the first two have 33 bits, so an integer below 2^20 times each is exact. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_MIDDLE = 6.077100506303966e-11;
const HALF_PI_LOW = 2.0222662487959506e-21;
const TWO_OVER_PI = 0.6366197723675814;

/** Beyond this the reduction of an angle to a quarter turn would lose digits. */
export const LARGEST_ANGLE = 1e6;

const LARGEST_EXPONENT = 709.782712893384;
const SMALLEST_EXPONENT = -745.1332191019412;
const TWO_54 = 2 ** 54;

const bits = new DataView(new ArrayBuffer(8));

/** e^x. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** Natural logarithm; NaN below zero, -Infinity at zero. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { exponent, fraction } = split(x);
  const f = fraction - 1;
  const s = f / (2 + f);
  const halfSquare = 0.5 * f * f;
  // ln(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + tail): the large terms f and f^2/2 carry no division's rounding.
  const rest = s * (halfSquare + atanhTail(s * s));
  const low = exponent * LN2_LOW + rest + exponent * LN2_MIDDLE;
  return exponent * LN2_HIGH + (f - (halfSquare - low));
}

/** x^y, with `Math.pow`'s meaning of zeros, infinities and negative bases. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const size = Math.abs(x);
  if (!Number.isFinite(y)) {
    if (size === 1) return NaN;
    return size > 1 === y > 0 ? Infinity : 0;
  }
  const isInteger = Math.floor(y) === y;
  const isOdd = isInteger && y - 2 * Math.floor(y / 2) === 1;
  if (x < 0 && !isInteger && size !== Infinity) return NaN;
  const negative = isOdd && (x < 0 || Object.is(x, -0));
  const result = powOfPositive(size, y);
  return negative ? -result : result;
}

/** Sine of an angle in radians. @throws RangeError beyond +-1e6 radians. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  if (x === 0) return x;
  const { quarter, angle, rest } = quarterTurn('sin', x);
  const value = quarter % 2 === 0 ? sinNearZero(angle, rest) : cosNearZero(angle, rest);
  return quarter < 2 ? value : -value;
}

/** Cosine of an angle in radians. @throws RangeError beyond +-1e6 radians. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { quarter, angle, rest } = quarterTurn('cos', x);
  const value = quarter % 2 === 0 ? cosNearZero(angle, rest) : sinNearZero(angle, rest);
  return quarter === 0 || quarter === 3 ? value : -value;
}

/** e^(high + low), low being far smaller than high. */
function expOfSum(high: number, low: number): number {
  if (Number.isNaN(high)) return NaN;
  if (high > LARGEST_EXPONENT) return Infinity;
  if (high < SMALLEST_EXPONENT) return 0;
  const k = Math.floor(high * LOG2_E + 0.5);
  const r = high - k * LN2_HIGH - k * LN2_MIDDLE;
  const rest = low - k * LN2_LOW;
  let tail = 0;
  for (let n = EXP_TERMS.length - 1; n >= 0; n--) tail = tail * r + EXP_TERMS[n]!;
  const curve = r * r * tail;
  const mantissa = 1 + (r + (rest * (1 + r + curve) + curve));
  // Two factors, as 2^k itself may be too large or too small for a float64.
  const half = Math.floor(k / 2);
  return mantissa * powerOfTwo(half) * powerOfTwo(k - half);
}

/** x = fraction * 2^exponent with the fraction in about [sqrt(1/2), sqrt 2). */
function split(x: number): { exponent: number; fraction: number } {
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= TWO_54;
    exponent = -54;
  }
  bits.setFloat64(0, x);
  const top = bits.getUint32(0);
  // 0x3fe6a09e is the upper half of sqrt(1/2): the subtraction borrows an exponent below it.
  const shift = (top - 0x3fe6a09e) >> 20;
  bits.setUint32(0, top - shift * 0x100000);
  return { exponent: exponent + shift, fraction: bits.getFloat64(0) };
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** 1/(n + 2)!: e^r = 1 + r + r^2 (1/2! + r/3! + ...). */
const EXP_TERMS = reciprocalFactorials(2, 14);

function reciprocalFactorials(from: number, below: number): number[] {
  const terms: number[] = [];
  let factorial = 1;
  for (let n = 1; n < below; n++) {
    factorial *= n;
    if (n >= from) terms.push(1 / factorial);
  }
  return terms;
}

/** 2 atanh(s)/s - 2 = 2 s^2/3 + 2 s^4/5 + ... for s^2 < 0.0295. */
function atanhTail(square: number): number {
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = sum * square + 2 / n;
  return sum * square;
}

/** x^y for x >= 0 and y finite, not 0: the logarithm is kept to about 100 bits, as y multiplies its error. */
function powOfPositive(x: number, y: number): number {
  if (x === 0) return y > 0 ? 0 : Infinity;
  if (x === Infinity) return y > 0 ? Infinity : 0;
  if (x === 1) return 1;
  const { exponent, fraction } = split(x);
  const f = fraction - 1;
  const divisor = 2 + f;
  const s = f / divisor;
  const sLow = (-productError(s, divisor, f) - s * (f - (divisor - 2))) / divisor;
  const start = exponent * LN2_HIGH;
  const sum = start + 2 * s;
  const larger = Math.abs(start) > Math.abs(2 * s);
  const lost = larger ? 2 * s - (sum - start) : start - (sum - 2 * s);
  const low = lost + exponent * LN2_MIDDLE + (2 * sLow + s * atanhTail(s * s) + exponent * LN2_LOW);
  const logHigh = sum + low;
  const logLow = sum - logHigh + low;
  const high = y * logHigh;
  if (!(Math.abs(high) < 1000)) return high > 0 ? Infinity : 0;
  return expOfSum(high, productError(y, logHigh, high) + y * logLow);
}

/** a * b - p, exactly where p is the rounded product (Veltkamp's splitting, Dekker's product). */
function productError(a: number, b: number, p: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aHigh * bHigh - p + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

function upperHalf(a: number): number {
  bits.setFloat64(0, a);
  bits.setUint32(4, bits.getUint32(4) & 0xf8000000);
  return bits.getFloat64(0);
}

/** x = quarter * pi/2 + angle + rest (modulo a full turn), |angle| <= pi/4, quarter in 0..3. */
function quarterTurn(name: string, x: number): { quarter: number; angle: number; rest: number } {
  if (Math.abs(x) > LARGEST_ANGLE) {
    throw new RangeError(
      `${name}: the angle must lie within +-${LARGEST_ANGLE} radians, got ${x}; take it modulo a full turn first`,
    );
  }
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const near = x - n * HALF_PI_HIGH;
  const middle = n * HALF_PI_MIDDLE;
  const high = near - middle;
  const low = near - high - middle - n * HALF_PI_LOW;
  const angle = high + low;
  return { quarter: n - 4 * Math.floor(n / 4), angle, rest: high - angle + low };
}

const SIN_TERMS = [3, 5, 7, 9, 11, 13, 15, 17].map((n, i) => (i % 2 === 0 ? -1 : 1) * factorialReciprocal(n));
const COS_TERMS = [4, 6, 8, 10, 12, 14, 16, 18].map(
  (n, i) => (i % 2 === 0 ? 1 : -1) * factorialReciprocal(n),
);

function factorialReciprocal(n: number): number {
  return reciprocalFactorials(n, n + 1)[0]!;
}

function sinNearZero(angle: number, rest: number): number {
  const square = angle * angle;
  let sum = 0;
  for (let i = SIN_TERMS.length - 1; i >= 0; i--) sum = sum * square + SIN_TERMS[i]!;
  return angle + (angle * square * sum + rest * (1 - 0.5 * square));
}

function cosNearZero(angle: number, rest: number): number {
  const square = angle * angle;
  let sum = 0;
  for (let i = COS_TERMS.length - 1; i >= 0; i--) sum = sum * square + COS_TERMS[i]!;
  const start = 1 - 0.5 * square;
  // What the subtraction above rounded away comes back with the small terms.
  return start + (1 - start - 0.5 * square + (square * square * sum - angle * rest));
}
