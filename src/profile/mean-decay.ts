import { normalCdf } from '../core/distributions.ts';
import { exp } from '../core/math.ts';

/**
 * The mean over cells of exp(-nu L), nu = |m + s z| with z standard normal: what is left on average of conductances that each
 * drift with an exponent of their own. With u = L s - m/s and v = L s + m/s,
 *
 *   E = exp((u^2 - (m/s)^2)/2) Phi(-u) + exp((v^2 - (m/s)^2)/2) Phi(-v)
 *
 * @param mean m, of any sign: the exponent is the magnitude.
 * @param std s, at least 0; 0: exp(-|m| L).
 * @param driftLog L = ln((t + t_c)/t_c), at least 0.
 */
export function meanDecay(mean: number, std: number, driftLog: number): number {
  if (std === 0) return exp(-Math.abs(mean) * driftLog);
  const ratio = mean / std;
  const spread = driftLog * std;
  return side(spread - ratio, ratio) + side(spread + ratio, ratio);
}

/** exp((u^2 - r^2)/2) Phi(-u); far out, where its factors leave the numbers, by the asymptotic series of Phi. */
function side(u: number, ratio: number): number {
  if (u <= 20) return exp((u * u - ratio * ratio) / 2) * normalCdf(-u);
  return (exp((-ratio * ratio) / 2) * (1 - 1 / u ** 2 + 3 / u ** 4)) / (u * Math.sqrt(2 * Math.PI));
}
