/** One gain against drift for each: nothing, chip, layer's strip, or column of a strip. */
export type Compensation = 'none' | 'global' | 'layer' | 'column';

export const COMPENSATIONS: readonly Compensation[] = ['none', 'global', 'layer', 'column'];

/**
 * Gains from reference reads. A reference read drives the rows one at a time and sums each column's difference
 * current with the sign of its target, which the program knows:
 *
 *     S = sum over cells of sign(gPlusTarget - gMinusTarget) x (gPlus - gMinus) x scale,   gain = S(t_c) / S(t)
 *
 * Being linear in what is read, it is not biased by read noise (a sum of magnitudes would be). The present sum is that
 * of the read which is evaluated: its noise is shared, one degree of freedom in the R cells of a column.
 *
 * @param before S of each column of each strip at the reference time, `[strips, out]` of each layer.
 * @param now The same at the present age.
 * @returns A gain a column, in the same layout. 1 where nothing was read (an all-zero column).
 */
export function compensationGains(
  compensate: Compensation,
  before: readonly Float64Array[],
  now: readonly Float64Array[],
  outs: readonly number[],
): Float32Array[] {
  const ones = before.map((sums) => new Float32Array(sums.length).fill(1));
  if (compensate === 'none') return ones;
  if (compensate === 'global') {
    const total = (all: readonly Float64Array[]) => all.reduce((sum, sums) => sum + sumOf(sums), 0);
    const gain = ratio(total(before), total(now));
    return ones.map((gains) => gains.fill(gain));
  }
  return before.map((sums, layer) => {
    const span = compensate === 'layer' ? outs[layer]! : 1;
    const gains = ones[layer]!;
    for (let from = 0; from < sums.length; from += span) {
      const gain = ratio(
        sumOf(sums.subarray(from, from + span)),
        sumOf(now[layer]!.subarray(from, from + span)),
      );
      gains.fill(gain, from, from + span);
    }
    return gains;
  });
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** A reading of zero or of the other sign tells nothing: then the gain is 1. */
function ratio(before: number, now: number): number {
  const gain = before / now;
  return Number.isFinite(gain) && gain > 0 ? gain : 1;
}
