import { binomialCdf } from './beta.ts';
import { studentTwoSided } from './distributions.ts';
import { type Interval, tInterval } from './intervals.ts';
import { mean, std } from './statistics.ts';

/** Result of comparing two methods on the same chips: differences b - a, chip by chip. */
export interface PairedDifference {
  readonly chips: number;
  /** Mean difference. */
  readonly difference: number;
  readonly std: number | null;
  /** Student's t interval of the mean difference; null for one chip. */
  readonly interval: Interval | null;
  /** Two-sided p of the paired t test; of the sign test where all differences are equal but not 0; null for one chip. */
  readonly p: number | null;
  /** Two-sided exact p of Wilcoxon's signed-rank test; null for one chip. */
  readonly pWilcoxon: number | null;
  /** Two-sided exact p of the sign test; null for one chip. */
  readonly pSign: number | null;
  readonly ahead: number;
  readonly level: number;
  readonly behind: number;
}

/**
 * Compares paired values, b - a, of metrics of order one: differences are rounded to 1e-12, so that equal steps of a
 * share (0.86 - 0.85 and 0.85 - 0.84) tie. @throws RangeError if the lists differ in length or are empty.
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  confidence = 0.95,
): PairedDifference {
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(
      `pairedDifference: needs two lists of one length from 1, got ${a.length} and ${b.length}`,
    );
  }
  const differences = a.map((value, i) => Math.round(((b[i] as number) - value) * 1e12) / 1e12);
  const spread = std(differences);
  const centre = mean(differences);
  const several = differences.length > 1;
  return {
    chips: differences.length,
    difference: centre,
    std: spread,
    interval: tInterval(differences, confidence),
    p: several ? pairedT(differences) : null,
    pWilcoxon: several ? wilcoxonSignedRank(differences) : null,
    pSign: several ? signTest(differences) : null,
    ahead: differences.filter((d) => d > 0).length,
    level: differences.filter((d) => d === 0).length,
    behind: differences.filter((d) => d < 0).length,
  };
}

/** Two-sided p of the one-sample t test that the mean of the differences is 0. */
export function pairedT(differences: readonly number[]): number {
  const n = differences.length;
  const centre = mean(differences);
  const spread = std(differences);
  if (spread === null) throw new RangeError(`pairedT: needs at least two differences, got ${n}`);
  // Without any spread t is infinite or undefined; the sign test says what such data can say.
  if (spread <= Math.abs(centre) * 1e-12) return signTest(differences);
  return studentTwoSided((centre * Math.sqrt(n)) / spread, n - 1);
}

/** Two-sided exact p of the sign test; differences of 0 are left out (p = 1 if all are). */
export function signTest(differences: readonly number[]): number {
  const positive = differences.filter((d) => d > 0).length;
  const negative = differences.filter((d) => d < 0).length;
  return Math.min(1, 2 * binomialCdf(Math.min(positive, negative), positive + negative, 0.5));
}

/**
 * Two-sided exact p of Wilcoxon's signed-rank test; zeros left out, ties share mean ranks. The distribution given the
 * ranks is counted over all sign patterns by dynamic programming on doubled ranks (whole numbers), so ties stay exact.
 * Cost O(n^3): meant for up to a few hundred differences.
 */
export function wilcoxonSignedRank(differences: readonly number[]): number {
  const sizes = differences.filter((d) => d !== 0).sort((x, y) => Math.abs(x) - Math.abs(y));
  if (sizes.length === 0) return 1;
  const doubled = doubledRanks(sizes.map(Math.abs));
  const total = doubled.reduce((sum, r) => sum + r, 0);
  const positive = doubled.reduce((sum, r, i) => sum + ((sizes[i] as number) > 0 ? r : 0), 0);
  const extreme = Math.min(positive, total - positive);
  // probability[s] = P(doubled rank sum of the positive ones = s), each sign an even coin.
  let probability = new Float64Array(total + 1);
  probability[0] = 1;
  for (const rank of doubled) {
    const next = new Float64Array(total + 1);
    for (let s = 0; s <= total; s++) {
      next[s] = 0.5 * (probability[s] as number) + (s >= rank ? 0.5 * (probability[s - rank] as number) : 0);
    }
    probability = next;
  }
  let tail = 0;
  for (let s = 0; s <= extreme; s++) tail += probability[s] as number;
  return Math.min(1, 2 * tail);
}

/** Twice the rank of each of the ascending sizes, ties at the mean of their ranks. */
function doubledRanks(sizes: readonly number[]): number[] {
  return sizes.map((size) => sizes.indexOf(size) + 1 + sizes.lastIndexOf(size) + 1);
}

/** Holm's step-down correction: adjusted p values, in the order given. Nulls stay null and do not count. */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const order = ps.flatMap((p, i) => (p === null ? [] : [{ p, i }])).sort((x, y) => x.p - y.p || x.i - y.i);
  const adjusted: (number | null)[] = ps.map(() => null);
  let least = 0;
  order.forEach(({ p, i }, rank) => {
    least = Math.max(least, Math.min(1, p * (order.length - rank)));
    adjusted[i] = least;
  });
  return adjusted;
}

/** Exact McNemar test of two classifiers on the same examples: two-sided sign test on the examples they differ in. */
export function mcnemar(onlyA: number, onlyB: number): number {
  return Math.min(1, 2 * binomialCdf(Math.min(onlyA, onlyB), onlyA + onlyB, 0.5));
}
