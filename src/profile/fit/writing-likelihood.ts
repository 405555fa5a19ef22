import { normalCdf } from '../../core/distributions.ts';
import { LN_ROOT_2PI, logNormalCdf, NODES, WEIGHTS } from './normal-integrals.ts';

/** What is known of one written cell. */
export interface WrittenCell {
  readonly targetMicrosiemens: number;
  /** Mean of its reads at one age. 0: the cell is censored, for a conductance is never negative. */
  readonly meanMicrosiemens: number;
  /** Mean over cells of what drift left of it by then: 1 at the reference read. */
  readonly factor: number;
  /** Relative std tau of that mean about the cell's written conductance, by read noise and by drift, at the mean. */
  readonly relative: number;
  /** d tau / d ln g there: reads are noisy by what the cell holds, not by what was read of it. */
  readonly relativeSlope: number;
}

/**
 * The conductance g that a cell holds where y was read of it with noise e: y = g (1 + tau(g) e), tau(g) = tau + s (g/y - 1).
 * Null where there is none.
 * @returns y/g, and dy/dg at that e
 */
function heldCell(
  { relative: tau, relativeSlope: s }: WrittenCell,
  e: number,
): { readonly grown: number; readonly slope: number } | null {
  const b = 1 + (tau - s) * e;
  const square = b * b + 4 * s * e;
  if (!(square > 0)) return null;
  const slope = Math.sqrt(square);
  const grown = 0.5 * (b + slope);
  return grown < LEAST_GROWN ? null : { grown, slope };
}

/** Noise that takes more than that of a cell away is left out: the rule's outermost nodes alone reach it. */
const LEAST_GROWN = 0.02;

/**
 * ln of the density of y = m/factor, m = factor g (1 + tau(g) e), g = max(0, target + shift + std z), e and z standard normal:
 * E over e of N(g(y, e); target + shift, std) dg/dy, by Gauss and Hermite's rule about the peak; at m = 0 the
 * probability of g <= 0.
 */
export function writtenLogLikelihood(cell: WrittenCell, shift: number, std: number): number {
  if (!(std > 0)) return Number.NEGATIVE_INFINITY;
  const mean = cell.targetMicrosiemens + shift;
  if (cell.meanMicrosiemens === 0) return logNormalCdf(-mean / std);
  const y = cell.meanMicrosiemens / cell.factor;
  const tau = cell.relative;
  if (tau === 0) return -0.5 * ((y - mean) / std) ** 2 - Math.log(std) - LN_ROOT_2PI;
  const lever = (y * tau) / std;
  const precision = 1 + lever * lever;
  const peak = (lever * (y - mean)) / std / precision;
  const width = 1 / Math.sqrt(precision);
  // The sum of exponentials about the largest of them.
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    const node = NODES[i]!;
    const e = peak + width * node;
    const held = heldCell(cell, e);
    if (held === null) continue;
    const z = (y / held.grown - mean) / std;
    const exponent = 0.5 * (node * node - e * e - z * z) - Math.log(held.slope);
    if (exponent > most) {
      sum *= Math.exp(most - exponent);
      most = exponent;
    }
    sum += WEIGHTS[i]! * Math.exp(exponent - most);
  }
  if (sum === 0) return Number.NEGATIVE_INFINITY;
  return most + Math.log(sum * width) - Math.log(std) - LN_ROOT_2PI;
}

/** P(measured <= m), by the same rule over the narrower of the two spreads. */
export function writtenCdf(cell: WrittenCell, shift: number, std: number): number {
  const mean = cell.targetMicrosiemens + shift;
  const y = cell.meanMicrosiemens / cell.factor;
  const tau = cell.relative;
  if (y === 0 || tau === 0) return normalCdf((y - mean) / std);
  if (tau * y < std) {
    return NODES.reduce((p, e, i) => {
      const grown = heldCell(cell, e)?.grown ?? LEAST_GROWN;
      return p + WEIGHTS[i]! * normalCdf((y / grown - mean) / std);
    }, 0);
  }
  return NODES.reduce((p, z, i) => {
    const g = mean + std * z;
    const noise = Math.max(1e-3 * tau, tau + cell.relativeSlope * (g / y - 1));
    return p + WEIGHTS[i]! * (g <= 0 ? 1 : normalCdf((y / g - 1) / noise));
  }, 0);
}
