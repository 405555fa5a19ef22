import { normalCdf } from '../core/distributions.ts';
import { exp } from '../core/math.ts';
import { lookup, type Table, tabulate } from '../core/table.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import { readBounds, readIsRandom } from './read.ts';

/** Mean and variance of one read of a cell, as functions of its present x = g/gMax. */
export interface ReadMoments {
  /** Mean of a read less the present conductance, in units of gMax: not 0 where reads are clipped. */
  readonly shift: Table;
  /** Variance of a read, in units of gMax squared. */
  readonly variance: Table;
}

/**
 * The moments of one read min(high, max(low, g + s g std(x) z)), the clipping counted in. With sigma = s g std(x),
 * a = (low - g)/sigma, b = (high - g)/sigma, phi and Phi the normal density and distribution:
 *
 *     m  = a Phi(a) + b (1 - Phi(b)) + phi(a) - phi(b)
 *     v  = a^2 Phi(a) + b^2 (1 - Phi(b)) + Phi(b) - Phi(a) + a phi(a) - b phi(b) - m^2
 *     E g' = g + sigma m,   Var g' = sigma^2 v
 *
 * With telegraph noise the cell is, with probability p(x), read from its lower state: of the moments of both, 1 and 2,
 *
 *     E = (1 - p) E1 + p E2,   Var = (1 - p) Var1 + p Var2 + p (1 - p) (E1 - E2)^2
 *
 * @returns null where a read draws nothing.
 */
export function readMoments(laws: CellLaws, noiseScale: number): ReadMoments | null {
  const { readStd, gMaxMicrosiemens: gMax } = laws;
  const { telegraphProbability: probability, telegraphAmplitude: amplitude } = laws;
  const isTelegraphic = probability !== null && amplitude !== null && noiseScale !== 0;
  if (!readIsRandom(laws, noiseScale) && !isTelegraphic) return null;
  const [low, high] = readBounds(laws).map((bound) => bound / gMax) as [number, number];
  const oneState = (x: number): { mean: number; variance: number } => {
    const sigma = readStd === null ? 0 : noiseScale * x * lookup(readStd, Math.fround(x));
    if (sigma === 0) return { mean: Math.min(high, Math.max(low, x)), variance: 0 };
    const { mean, variance } = clippedMoments((low - x) / sigma, (high - x) / sigma);
    return { mean: x + sigma * mean, variance: sigma * sigma * variance };
  };
  const of = (x: number): { shift: number; variance: number } => {
    const upper = oneState(x);
    if (!isTelegraphic) return { shift: upper.mean - x, variance: upper.variance };
    const p = lookup(probability, Math.fround(x));
    const lower = oneState(x * Math.max(0, 1 - noiseScale * lookup(amplitude, Math.fround(x))));
    return {
      shift: (1 - p) * upper.mean + p * lower.mean - x,
      variance: (1 - p) * upper.variance + p * lower.variance + p * (1 - p) * (upper.mean - lower.mean) ** 2,
    };
  };
  return { shift: tabulate((x) => of(x).shift), variance: tabulate((x) => of(x).variance) };
}

/** Mean and variance of a standard normal that is clipped to a..b; either may be infinite. */
export function clippedMoments(a: number, b: number): { mean: number; variance: number } {
  const [low, high] = [edge(a, normalCdf), edge(b, (z) => normalCdf(-z))];
  const mean = low.first + high.first + low.density - high.density;
  const within = 1 - low.share - high.share;
  const square = low.second + high.second + within + low.slope - high.slope;
  return { mean, variance: Math.max(0, square - mean * mean) };
}

/** At one bound z: the share beyond it, z and z^2 times that share, the density, z times the density. */
function edge(z: number, beyond: (z: number) => number) {
  // Beyond 40 deviations all of it is below the smallest float64.
  if (Math.abs(z) > 40) {
    const share = beyond(Math.sign(z) * 40) > 0.5 ? 1 : 0;
    return { share, first: share * finite(z), second: share * finite(z) ** 2, density: 0, slope: 0 };
  }
  const share = beyond(z);
  const density = exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return { share, first: z * share, second: z * z * share, density, slope: z * density };
}

function finite(z: number): number {
  return Number.isFinite(z) ? z : 0;
}
