import { type Interval, tInterval } from '../src/core/intervals.ts';
import { mean, median } from '../src/core/statistics.ts';

/** Times of two rivals that took turns, in milliseconds, a pair a round. */
export interface PairedTimes {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** How many times faster we are: the geometric mean over rounds of theirs / ours, with its 95 % interval (Student's t). */
export function speedUp({ ours, theirs }: PairedTimes): { readonly ratio: number } & Interval {
  const logs = ours.map((own, round) => Math.log(theirs[round]! / own));
  const interval = tInterval(logs);
  if (interval === null)
    throw new RangeError(`speedUp: there must be two rounds, got ${ours.length}; run more`);
  return { ratio: Math.exp(mean(logs)), low: Math.exp(interval.low), high: Math.exp(interval.high) };
}

/** One line of a table: medians, and the ratio with its interval. */
export function pairedRow(name: string, times: PairedTimes): string {
  const { ratio, low, high } = speedUp(times);
  const ms = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`.padStart(11);
  const faster = `${ratio.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return name.padEnd(34) + ms(median(times.ours)) + ms(median(times.theirs)) + faster.padStart(22);
}
