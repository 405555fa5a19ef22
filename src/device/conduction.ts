import type { ConductionLaw } from '../profile/profile.ts';

/**
 * What a cell conducts at the voltage V, as a share of what it conducts at the read voltage Vr, by u = V/Vr:
 *
 *     sinh:  I/(g Vr) = sinh(k u)/sinh(k),        k = Vr/V0
 *     cubic: I/(g Vr) = (u + a u^3)/(1 + a),      a = c Vr^2
 *
 * Odd, and 1 at u = 1, where g was measured. Beyond the read voltage, which no input drives but by an error of its
 * converter, it goes on as u does.
 *
 * Sources: the sinh of V, its factor set by the state, is that of Z. Jiang and H.-S. P. Wong, Stanford University
 * Resistive-Switching Random Access Memory Verilog-A Model 1.0.0, doi 10.4231/D37H1DN48; the cubic is CrossSim's.
 */
export function conductionAt(law: ConductionLaw, u: number): number {
  if (Math.abs(u) > 1) return u;
  if (law.form === 'sinh') return Math.sinh(law.ratio * u) / Math.sinh(law.ratio);
  return (u + law.share * u ** 3) / (1 + law.share);
}
