import { inverseIncompleteBeta } from './beta.ts';
import { normalQuantile, studentQuantile } from './distributions.ts';
import { mean, std } from './statistics.ts';

/** A confidence interval, both ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Student's t interval of a mean: mean +- t(n-1) std/sqrt(n). The values are independent draws (chips).
 * Null for fewer than two values: one chip says nothing about the spread over chips.
 */
export function tInterval(values: readonly number[], confidence = 0.95): Interval | null {
  checkConfidence('tInterval', confidence);
  const spread = std(values);
  if (spread === null) return null;
  const centre = mean(values);
  const half = (studentQuantile(0.5 + confidence / 2, values.length - 1) * spread) / Math.sqrt(values.length);
  return { low: centre - half, high: centre + half };
}

/** Wilson's score interval of a proportion, k of n. Short and near its level on average; not guaranteed to reach it. */
export function wilsonInterval(k: number, n: number, confidence = 0.95): Interval {
  checkCounts('wilsonInterval', k, n);
  checkConfidence('wilsonInterval', confidence);
  const z = normalQuantile(0.5 + confidence / 2);
  const share = k / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
}

/** Clopper and Pearson's interval of a proportion, k of n: covers at least at the level stated, for every true share. */
export function clopperPearson(k: number, n: number, confidence = 0.95): Interval {
  checkConfidence('clopperPearson', confidence);
  const tail = (1 - confidence) / 2;
  return { low: proportionLowerBound(k, n, 1 - tail), high: proportionUpperBound(k, n, 1 - tail) };
}

/** One-sided Clopper-Pearson: with this confidence the true share is at least the value returned. */
export function proportionLowerBound(k: number, n: number, confidence: number): number {
  checkCounts('proportionLowerBound', k, n);
  checkConfidence('proportionLowerBound', confidence);
  return k === 0 ? 0 : inverseIncompleteBeta(1 - confidence, k, n - k + 1);
}

/** One-sided Clopper-Pearson: with this confidence the true share is at most the value returned. */
export function proportionUpperBound(k: number, n: number, confidence: number): number {
  checkCounts('proportionUpperBound', k, n);
  checkConfidence('proportionUpperBound', confidence);
  return k === n ? 1 : inverseIncompleteBeta(confidence, k + 1, n - k);
}

function checkCounts(call: string, k: number, n: number): void {
  if (!(Number.isSafeInteger(n) && n > 0 && Number.isSafeInteger(k) && k >= 0 && k <= n)) {
    throw new RangeError(
      `${call}: k of n must be whole numbers with 0 <= k <= n and n > 0, got ${k} of ${n}`,
    );
  }
}

function checkConfidence(call: string, confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`${call}: confidence must be between 0 and 1, got ${confidence}`);
  }
}
