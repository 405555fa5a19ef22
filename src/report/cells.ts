import { bcaInterval } from '../core/bootstrap.ts';
import { drawsFrom } from '../core/draw.ts';
import { clopperPearson, type Interval, tInterval } from '../core/intervals.ts';
import { mean, median, std } from '../core/statistics.ts';
import { stream } from '../core/stream.ts';
import type { Condition } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';
import { areCopies, type ChipResult, chipResults, chipSamples, definedValues } from './chips.ts';

/** One metric of one arm under one condition, over chips. Metric values are as in the samples (shares 0..1). */
export interface Cell extends Condition {
  readonly metric: string;
  readonly source: string;
  readonly mean: number;
  /** Student's t interval of the mean over chips; null for one chip. */
  readonly low: number | null;
  readonly high: number | null;
  /** BCa bootstrap interval over chips; null for fewer than four chips or equal values. */
  readonly bcaLow: number | null;
  readonly bcaHigh: number | null;
  /** Standard deviation over chips; null for one chip. */
  readonly std: number | null;
  /** Chips that the metric is defined on. */
  readonly chips: number;
  /** Chips on which the metric was undefined; they are not in the mean. */
  readonly undefinedChips: number;
  readonly worst: number;
  readonly median: number;
  readonly best: number;
  /** Reads of each chip (the most that any chip has), and the mean over chips of the standard deviation over reads. */
  readonly reads: number;
  readonly readStd: number | null;
  /** Means over rows; null where nothing was counted. */
  readonly clippedInputs: number | null;
  readonly saturatedConversions: number | null;
  /** Share of chips at or above the limit, with its exact interval; only where a limit was asked for. */
  readonly yield?: number;
  readonly yieldLow?: number;
  readonly yieldHigh?: number;
  readonly yieldLimit?: number;
}

/** What a cell is asked for. */
export interface CellQuestion {
  readonly arm: string;
  readonly source: string;
  readonly condition: Condition;
  readonly metric: string;
  readonly confidence: number;
  /** Limit for the yield; null = none. */
  readonly limit: number | null;
}

/** Summarises one cell; null if no chip has a value there. */
export function cellOf(samples: readonly Sample[], question: CellQuestion): Cell | null {
  const { arm, source, condition, metric, confidence, limit } = question;
  const results = chipResults(chipSamples(samples, arm, source, condition), metric);
  const values = definedValues(results);
  if (values.length === 0) return null;
  const interval = tInterval(values, confidence);
  const draws = drawsFrom(
    stream(0, 'report', 'bca', arm, source, condition.seconds, condition.noise, metric),
  );
  const bca = bcaInterval(values, draws, { confidence });
  const rows = results.flatMap((result) => result.samples);
  const readStds = results.flatMap(({ readStd }) => (readStd === null ? [] : [readStd]));
  return {
    seconds: condition.seconds,
    noise: condition.noise,
    metric,
    source,
    mean: mean(values),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    bcaLow: bca?.low ?? null,
    bcaHigh: bca?.high ?? null,
    std: std(values),
    chips: values.length,
    undefinedChips: results.length - values.length,
    worst: Math.min(...values),
    median: median(values),
    best: Math.max(...values),
    reads: Math.max(...results.map((result) => result.samples.length)),
    readStd: readStds.length === 0 ? null : mean(readStds),
    clippedInputs: meanShare(rows, 'clippedInputs'),
    saturatedConversions: meanShare(rows, 'saturatedConversions'),
    ...(limit === null ? {} : yieldAt(results, question, limit)),
  };
}

/** How many of the chips are at or above a limit. A chip on which the metric is undefined misses it. */
export function chipsMeeting(results: readonly ChipResult[], limit: number): number {
  return results.filter(({ value }) => value !== null && value >= limit).length;
}

/** The share of chips at or above a limit: its exact interval, or of copies of one chip the share itself, which is 0 or 1. */
export function yieldInterval(
  results: readonly ChipResult[],
  { condition, confidence }: Pick<CellQuestion, 'condition' | 'confidence'>,
  limit: number,
): Interval {
  const meeting = chipsMeeting(results, limit);
  if (
    !areCopies(
      results.map(({ value }) => value),
      condition,
    )
  )
    return clopperPearson(meeting, results.length, confidence);
  return { low: meeting / results.length, high: meeting / results.length };
}

function yieldAt(results: readonly ChipResult[], question: CellQuestion, limit: number) {
  const { low, high } = yieldInterval(results, question, limit);
  return {
    yield: chipsMeeting(results, limit) / results.length,
    yieldLow: low,
    yieldHigh: high,
    yieldLimit: limit,
  };
}

function meanShare(rows: readonly Sample[], field: 'clippedInputs' | 'saturatedConversions'): number | null {
  const shares = rows.flatMap((row) => {
    const share = row[field];
    return share === null ? [] : [share];
  });
  return shares.length === 0 ? null : mean(shares);
}
