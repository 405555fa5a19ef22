import { normalCdf, normalQuantile } from './distributions.ts';
import type { Interval } from './intervals.ts';
import { ascending, mean } from './statistics.ts';

/** Draws `count` whole numbers, each uniform on 0 .. below - 1. Successive calls go on in one seeded stream. */
export type Draw = (count: number, below: number) => ArrayLike<number>;

/** Fewer chips than this give a bootstrap nothing to resample. */
export const LEAST_CHIPS_FOR_BOOTSTRAP = 4;

/**
 * Bias-corrected and accelerated bootstrap interval of the mean over chips (Efron 1987): quantiles of resampled means,
 * moved by the bias z0 (the share of resampled means below the mean, ties half) and the acceleration of the jackknife.
 * Null for fewer than four values, or where all values are equal.
 */
export function bcaInterval(
  values: readonly number[],
  draw: Draw,
  { resamples = 2000, confidence = 0.95 }: { readonly resamples?: number; readonly confidence?: number } = {},
): Interval | null {
  const n = values.length;
  if (n < LEAST_CHIPS_FOR_BOOTSTRAP) return null;
  const centre = mean(values);
  const means: number[] = [];
  for (let r = 0; r < resamples; r++) {
    const picks = draw(n, n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[picks[i] as number] as number;
    means.push(sum / n);
  }
  const skew = jackknifeAcceleration(values, centre);
  if (skew === null) return null;
  const below = means.filter((m) => m < centre).length + means.filter((m) => m === centre).length / 2;
  // Half a resample keeps the share off 0 and 1, where z0 has no value.
  const share = Math.min(Math.max(below, 0.5), resamples - 0.5) / resamples;
  const z0 = normalQuantile(share);
  const order = ascending(means);
  const end = (p: number): number => {
    const z = z0 + normalQuantile(p);
    return orderStatistic(order, normalCdf(z0 + z / (1 - skew * z)));
  };
  return { low: end(0.5 - confidence / 2), high: end(0.5 + confidence / 2) };
}

/**
 * Interval of the mean of a table [chips, examples] when both chips and examples are resampled, each as a whole row or
 * column (the pigeonhole bootstrap, Owen 2007), since every chip saw the same examples. Percentile form. It is the
 * interval for *other chips and other examples*; the one over chips alone holds for these examples only.
 * Null for fewer than four rows.
 * @param rows one array a chip, all of one length
 */
export function crossedInterval(
  rows: readonly ArrayLike<number>[],
  draw: Draw,
  { resamples = 1000, confidence = 0.95 }: { readonly resamples?: number; readonly confidence?: number } = {},
): Interval | null {
  const chips = rows.length;
  const examples = rows[0]?.length ?? 0;
  if (chips < LEAST_CHIPS_FOR_BOOTSTRAP || examples < LEAST_CHIPS_FOR_BOOTSTRAP) return null;
  const means: number[] = [];
  const times = new Int32Array(examples);
  for (let r = 0; r < resamples; r++) {
    times.fill(0);
    const columns = draw(examples, examples);
    for (let j = 0; j < examples; j++) times[columns[j] as number]! += 1;
    const chosen = draw(chips, chips);
    let sum = 0;
    for (let i = 0; i < chips; i++) {
      const row = rows[chosen[i] as number] as ArrayLike<number>;
      for (let j = 0; j < examples; j++) sum += (times[j] as number) * (row[j] as number);
    }
    means.push(sum / (chips * examples));
  }
  const order = ascending(means);
  return {
    low: orderStatistic(order, 0.5 - confidence / 2),
    high: orderStatistic(order, 0.5 + confidence / 2),
  };
}

/** sum d^3 / (6 (sum d^2)^1.5) of the jackknifed means' deviations; null without any spread. */
function jackknifeAcceleration(values: readonly number[], centre: number): number | null {
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    const d = value - centre;
    squares += d * d;
    cubes += d * d * d;
  }
  if (squares <= values.length * 1e-24 * Math.max(1, centre * centre)) return null;
  return cubes / (6 * squares ** 1.5);
}

function orderStatistic(order: readonly number[], p: number): number {
  const at = Math.min(Math.max(p, 0), 1) * (order.length - 1);
  const below = Math.floor(at);
  const low = order[below] as number;
  const high = order[Math.min(below + 1, order.length - 1)] as number;
  return low + (high - low) * (at - below);
}
