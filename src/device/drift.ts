import { expOfNegative } from '../core/float32.ts';
import { lookup } from '../core/table.ts';
import type { CellLaws } from '../profile/cell-laws.ts';

const f = Math.fround;

/**
 * Drift: the second stage of a cell. Its exponent is drawn once for each written cell, from the target:
 *
 *   g(t) = g exp(-nu ln((t + t_c)/t_c)),  nu = |mean(x) + s std(x) z|,  x = target/gMax,
 *
 * z standard normal, s the noise scale. The same stream at another time (other `driftLog`) gives the same exponents,
 * so a cell keeps its own as it ages. Without both laws, or at t = 0, the cell is left as it is, bit for bit. In the
 * float32 operations of the kernel, in their order; a cell never falls below e^-87 of itself.
 */
export function driftedCell(
  g: number,
  target: number,
  z: number,
  laws: CellLaws,
  noiseScale: number,
): number {
  return agedCell(g, driftExponent(target, z, laws, noiseScale), laws, noiseScale);
}

/** The exponent nu of a cell with this target: drawn once, its own at all ages. */
export function driftExponent(target: number, z: number, laws: CellLaws, noiseScale: number): number {
  const x = f(target * f(1 / laws.gMaxMicrosiemens));
  let exponent = laws.driftExponentMean === null ? 0 : lookup(laws.driftExponentMean, x);
  if (exponentIsRandom(laws, noiseScale) && laws.driftExponentStd !== null) {
    exponent = f(exponent + f(f(f(noiseScale) * lookup(laws.driftExponentStd, x)) * z));
  }
  return Math.abs(exponent);
}

/** A cell with exponent nu at the age of the laws, as `driftedCell` has it. */
export function agedCell(g: number, exponent: number, laws: CellLaws, noiseScale: number): number {
  const elapsed = f(laws.driftLog);
  const drifts = laws.driftExponentMean !== null || exponentIsRandom(laws, noiseScale);
  if (!drifts || elapsed === 0) return g;
  return f(g * expOfNegative(-f(exponent * elapsed)));
}

/** Whether the exponents are drawn, a normal number for each cell. */
export function exponentIsRandom(laws: CellLaws, noiseScale: number): boolean {
  return laws.driftExponentStd !== null && f(noiseScale) !== 0;
}

/** Whether drift draws a normal number for each cell. */
export function driftIsRandom(laws: CellLaws, noiseScale: number): boolean {
  return exponentIsRandom(laws, noiseScale) && f(laws.driftLog) !== 0;
}
