import { crossedInterval } from '../core/bootstrap.ts';
import { drawsFrom } from '../core/draw.ts';
import { holm, pairedDifference } from '../core/paired.ts';
import { stream } from '../core/stream.ts';
import type { ArmRecord, Condition, RunRecord } from '../evaluate/run-record.ts';
import { outcomeBits, type Sample } from '../evaluate/sample.ts';
import { areCopies, chipResults, chipSamples } from './chips.ts';

/** Two arms on the same chips under one condition: b - a, chip by chip. */
export interface PairCell extends Condition {
  readonly a: string;
  readonly b: string;
  readonly metric: string;
  readonly source: string;
  /** Mean of b - a over chips. */
  readonly difference: number;
  /** Student's t interval over chips, for these examples; null for one chip. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided p of the paired t test; null for one chip, and where all chips are the same one (noise scale 0). */
  readonly p: number | null;
  /** The same after Holm's correction over the conditions of this pair and metric. */
  readonly pHolm: number | null;
  /** Exact p of Wilcoxon's signed-rank test and of the sign test; null where `p` is. */
  readonly pWilcoxon: number | null;
  readonly pSign: number | null;
  /** Interval for other chips *and* other examples (both resampled); accuracy only, null where outcomes are missing. */
  readonly crossedLow: number | null;
  readonly crossedHigh: number | null;
  readonly chips: number;
  /** Chips on which b was above, level with, below a. */
  readonly ahead: number;
  readonly level: number;
  readonly behind: number;
}

/** The arms in the order in which they are compared: the one with plain GRASP first, if there is one. */
export function comparisonOrder(run: Pick<RunRecord, 'arms'>): readonly ArmRecord[] {
  const reference = run.arms.find((arm) => arm.adapter?.method === 'grasp') ?? run.arms[0];
  return [...run.arms].sort((x, y) => Number(y === reference) - Number(x === reference));
}

/** Every pair (a, b) of arms, a before b in the order of comparison. */
export function armPairs(run: Pick<RunRecord, 'arms'>): readonly (readonly [a: string, b: string])[] {
  const order = comparisonOrder(run).map(({ arm }) => arm);
  return order.flatMap((a, i) => order.slice(i + 1).map((b) => [a, b] as const));
}

/** The paired differences of all pairs of arms, conditions and metrics that have chips in common. */
export function pairCells(
  run: RunRecord,
  samples: readonly Sample[],
  source: string,
  confidence: number,
): readonly PairCell[] {
  return armPairs(run).flatMap(([a, b]) =>
    run.task.metrics.flatMap((metric) => {
      const cells = run.conditions.flatMap((condition) => {
        const cell = pairCell(samples, a, b, { condition, metric, source, confidence });
        return cell === null ? [] : [cell];
      });
      const adjusted = holm(cells.map(({ p }) => p));
      return cells.map((cell, i) => ({ ...cell, pHolm: adjusted[i] ?? null }));
    }),
  );
}

interface PairQuestion {
  readonly condition: Condition;
  readonly metric: string;
  readonly source: string;
  readonly confidence: number;
}

function pairCell(samples: readonly Sample[], a: string, b: string, question: PairQuestion): PairCell | null {
  const { condition, metric, source, confidence } = question;
  const ofA = chipSamples(samples, a, source, condition);
  const ofB = chipSamples(samples, b, source, condition);
  const valuesA = new Map(chipResults(ofA, metric).map(({ chip, value }) => [chip, value]));
  const common = chipResults(ofB, metric).flatMap(({ chip, value }) => {
    const other = valuesA.get(chip) ?? null;
    return value === null || other === null ? [] : [{ chip, a: other, b: value }];
  });
  if (common.length === 0) return null;
  const [ofArmA, ofArmB] = [common.map((both) => both.a), common.map((both) => both.b)];
  const compared = pairedDifference(ofArmA, ofArmB, confidence);
  // Copies of one chip are no evidence beyond the first: any number of them would make the smallest difference significant.
  const isOneChip = areCopies(ofArmA, condition) && areCopies(ofArmB, condition);
  const rows = metric === 'accuracy' ? outcomeDifferences(common, ofA, ofB) : null;
  const draws = drawsFrom(stream(0, 'report', 'crossed', a, b, source, condition.seconds, condition.noise));
  const crossed = rows === null ? null : crossedInterval(rows, draws, { confidence });
  return {
    a,
    b,
    seconds: condition.seconds,
    noise: condition.noise,
    metric,
    source,
    difference: compared.difference,
    low: compared.interval?.low ?? null,
    high: compared.interval?.high ?? null,
    p: isOneChip ? null : compared.p,
    pHolm: null,
    pWilcoxon: isOneChip ? null : compared.pWilcoxon,
    pSign: isOneChip ? null : compared.pSign,
    crossedLow: crossed?.low ?? null,
    crossedHigh: crossed?.high ?? null,
    chips: compared.chips,
    ahead: compared.ahead,
    level: compared.level,
    behind: compared.behind,
  };
}

/** For each common chip: right in b minus right in a, for each example, meaned over reads; null if not to be had. */
function outcomeDifferences(
  common: readonly { readonly chip: number }[],
  ofA: ReadonlyMap<number, readonly Sample[]>,
  ofB: ReadonlyMap<number, readonly Sample[]>,
): Float64Array[] | null {
  const rows: Float64Array[] = [];
  for (const { chip } of common) {
    const a = meanOutcomes(ofA.get(chip) ?? []);
    const b = meanOutcomes(ofB.get(chip) ?? []);
    if (a === null || b === null || a.length !== b.length || a.length !== (rows[0]?.length ?? a.length))
      return null;
    rows.push(b.map((right, i) => right - (a[i] as number)));
  }
  return rows;
}

function meanOutcomes(reads: readonly Sample[]): Float64Array | null {
  const examples = reads[0]?.examples ?? 0;
  if (reads.some((read) => read.outcomes === '' || read.examples !== examples)) return null;
  const sums = new Float64Array(examples);
  for (const read of reads) {
    outcomeBits(read).forEach((bit, i) => {
      sums[i]! += bit / reads.length;
    });
  }
  return sums;
}
