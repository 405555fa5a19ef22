import { normalCdf } from '../core/distributions.ts';
import { exp, pow } from '../core/math.ts';
import type { Law } from './law.ts';

/** What writing by pulses and reads between them leaves of one state. */
export interface VerifiedState {
  /** Mean and standard deviation of the error. */
  readonly mean: number;
  readonly std: number;
  /** Expected pulses a cell. */
  readonly pulses: number;
  /** The share of cells that no pulse has brought within the tolerance: they keep the last one's error. */
  readonly missed: number;
}

/** Below this width of the window, in spreads, the density in it is even. */
const NARROW = 1e-3;

/**
 * Iterative write-verify: each pulse leaves an error m + s z of its own about the target, z standard normal; the first that is
 * read within the tolerance ends it, and so does the last that is allowed. With a = (-tol - m)/s, b = (tol - m)/s,
 * p = Phi(b) - Phi(a), q = (1 - p)^n:
 *
 *   inside   E1 = (phi(a) - phi(b))/p,      E2 = 1 + (a phi(a) - b phi(b))/p
 *   outside  E1 = -p E1in/(1 - p),          E2 = (1 - p E2in)/(1 - p)
 *   all      mean m + s ((1 - q) E1in + q E1out), pulses (1 - q)/p, missed q
 *
 * @param mean m and std s of one pulse, of one unit with the tolerance; s at least 0
 * @param pulses n, at least 1
 */
export function verifiedState(mean: number, std: number, tolerance: number, pulses: number): VerifiedState {
  if (std === 0) {
    const isWithin = Math.abs(mean) <= tolerance;
    return { mean, std, pulses: isWithin ? 1 : pulses, missed: isWithin ? 0 : 1 };
  }
  const [a, b] = [(-tolerance - mean) / std, (tolerance - mean) / std];
  // From the nearer tail, so that a window far out keeps its digits.
  const p = a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
  const q = pow(1 - p, pulses);
  const all = p < 1e-300 ? pulses : -Math.expm1(pulses * Math.log1p(-Math.min(p, 1 - 2 ** -53))) / p;
  if (p < 1e-12) return { mean, std, pulses: all, missed: q };
  const inside = within(a, b, p);
  const [first, second] =
    1 - p < 1e-12
      ? [inside.first, inside.second]
      : [
          (1 - q) * inside.first - (q * p * inside.first) / (1 - p),
          (1 - q) * inside.second + (q * (1 - p * inside.second)) / (1 - p),
        ];
  return {
    mean: mean + std * first,
    std: std * Math.sqrt(Math.max(0, second - first * first)),
    pulses: all,
    missed: q,
  };
}

/** Mean and mean square of a standard normal within a..b, whose probability is p. */
function within(a: number, b: number, p: number): { readonly first: number; readonly second: number } {
  if (b - a < NARROW) {
    const middle = (a + b) / 2;
    return { first: middle, second: middle * middle + (b - a) ** 2 / 12 };
  }
  const phi = (z: number) => exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return { first: (phi(a) - phi(b)) / p, second: 1 + (a * phi(a) - b * phi(b)) / p };
}

/** Write-verify of a profile, microsiemens. */
export interface Verify {
  readonly toleranceMicrosiemens: number;
  readonly maxPulses: number;
  readonly source: string | null;
  /** What it leaves of the state x, in microsiemens, at the first age that the profile knows. */
  readonly at: (x: number) => VerifiedState;
}

/**
 * The laws of writing after write-verify, from those of one pulse. It takes place at the first age that the profile knows; what
 * relaxes afterwards is added to it: the change of the mean, and of the variance where that grows. Cells stay normal, with these moments.
 */
export function verifiedLaws(
  std: Law,
  meanShift: Law | null,
  { toleranceMicrosiemens: tolerance, maxPulses, at }: Verify,
  firstSeconds: number,
): { readonly std: Law; readonly meanShift: Law | null } {
  const shiftAt = (x: number, t: number) => meanShift?.at(x, t) ?? 0;
  const text = `, verified within ${Number(tolerance.toPrecision(6))} uS by at most ${maxPulses} pulses`;
  const verifiedStd = (x: number, t: number) => {
    const left = at(x).std;
    if (!std.dependsOnAge || t === firstSeconds) return left;
    const [first, now] = [std.at(x, firstSeconds), std.at(x, t)];
    return now >= first ? Math.sqrt(left * left + now * now - first * first) : (left * now) / first;
  };
  return {
    // Verified, a law bends between its knots.
    std: { ...std, knots: null, text: `${std.text}${text}`, at: verifiedStd },
    meanShift:
      meanShift === null
        ? null
        : {
            ...meanShift,
            knots: null,
            text: `${meanShift.text}${text}`,
            at: (x, t) => at(x).mean + shiftAt(x, t) - shiftAt(x, firstSeconds),
          },
  };
}
