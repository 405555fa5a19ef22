import type { Condition, RunRecord } from '../evaluate/run-record.ts';
import {
  conditionPhrase,
  countOf,
  formatBare,
  formatBareDifference,
  formatDifference,
  formatGap,
  formatMetric,
  formatRange,
  formatTime,
  listOf,
  metricName,
  number,
} from './names.ts';
import type { PairCell } from './pairs.ts';
import type { ArmSummary } from './summary.ts';

/** What the chips say of b against a under one condition. */
export type Standing = 'ahead' | 'behind' | 'open' | 'unknown';

/**
 * b is ahead or behind where the paired t test, after Holm's correction over the conditions, stays below 1 - confidence
 * and the interval agrees; else the question is open. Without a p it is unknown for one chip; where all chips are the same one
 * (noise scale 0) nothing is drawn, and the difference itself says it.
 */
export function standing(pair: PairCell, confidence: number): Standing {
  if (pair.low === null || pair.high === null) return 'unknown';
  if (pair.pHolm !== null && pair.pHolm >= 1 - confidence) return 'open';
  if (pair.low > 0) return 'ahead';
  return pair.high < 0 ? 'behind' : 'open';
}

/** What the verdict is computed from. */
export interface VerdictData {
  readonly run: RunRecord;
  readonly arms: readonly ArmSummary[];
  readonly pairs: readonly PairCell[];
  readonly confidence: number;
}

/** The pair that the report is about: StochGRASP against GRASP if both are there, else the second arm against the first. */
export function mainPair({
  run,
  arms,
  pairs,
}: Pick<VerdictData, 'run' | 'arms' | 'pairs'>): readonly PairCell[] {
  const method = new Map(arms.map((arm) => [arm.arm, arm.method]));
  const ofMetric = pairs.filter(({ metric }) => metric === run.task.mainMetric);
  const wanted =
    ofMetric.find(({ a, b }) => method.get(a) === 'grasp' && method.get(b) === 'stochgrasp') ?? ofMetric[0];
  return wanted === undefined ? [] : ofMetric.filter(({ a, b }) => a === wanted.a && b === wanted.b);
}

/** The verdict in a sentence or three, computed from the data, as plain about losing as about winning. */
export function verdictOf(data: VerdictData): string {
  const cells = mainPair(data);
  const sentences =
    cells.length > 0 ? pairVerdict(data, cells) : data.arms.map((arm) => armVerdict(data, arm));
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function pairVerdict({ run, arms, confidence }: VerdictData, cells: readonly PairCell[]): string[] {
  const metric = run.task.mainMetric;
  const label = (arm: string): string => arms.find((other) => other.arm === arm)?.label ?? arm;
  const { a, b } = cells[0] as PairCell;
  const by = (state: Standing): PairCell[] => cells.filter((cell) => standing(cell, confidence) === state);
  const [ahead, behind, open, unknown] = [by('ahead'), by('behind'), by('open'), by('unknown')];
  const level = `${Math.round(100 * confidence)}\u202f% interval`;
  const largest = (list: readonly PairCell[]): PairCell =>
    list.reduce((most, cell) => (Math.abs(cell.difference) > Math.abs(most.difference) ? cell : most));

  if (unknown.length === cells.length) {
    return [
      `Whether ${label(b)} is ahead of ${label(a)} is not known: one chip gives no interval. On that chip the difference is ` +
        `${listOf(cells.map((cell) => `${formatDifference(metric, cell.difference)} at ${conditionPhrase(cell)}`))}.`,
      cleanSentence(run, arms, [a, b]),
    ];
  }
  const sentences: string[] = [];
  const tried = cells.length === 1 ? 'the one condition tried' : `all ${cells.length} conditions tried`;
  if (ahead.length > 0) {
    const top = largest(ahead);
    const where =
      ahead.length === cells.length ? tried : `${ahead.length} of the ${cells.length} conditions tried`;
    const range = (low: number, high: number): string =>
      `${formatBareDifference(metric, low).replace('+', '')} to ${formatBareDifference(metric, high).replace('+', '')}`;
    const both =
      top.crossedLow === null || top.crossedHigh === null
        ? ''
        : `, over chips and examples ${range(top.crossedLow, top.crossedHigh)}`;
    sentences.push(
      `${label(b)} is ahead of ${label(a)} in ${where}, by ${ahead.length > 1 ? 'up to ' : ''}${formatGap(metric, top.difference)} ` +
        `(${conditionPhrase(top)}; ${level} over ${countOf(top.chips, 'chip')} ${range(top.low ?? 0, top.high ?? 0)}${both}).`,
    );
  } else {
    const nowhere = cells.length === 1 ? tried : `any of the ${cells.length} conditions tried`;
    sentences.push(`${label(b)} is not ahead of ${label(a)} in ${nowhere}.`);
  }
  if (behind.length > 0) {
    const gap = formatGap(metric, largest(behind).difference);
    sentences.push(`It is behind ${places(behind)}, by ${behind.length > 1 ? 'up to ' : ''}${gap}.`);
  }
  if (open.length > 0) {
    sentences.push(`The chips do not tell the two apart ${places(open)}.`);
  }
  if (unknown.length > 0) {
    sentences.push(`With one chip, nothing can be said ${places(unknown)}.`);
  }
  sentences.push(cleanSentence(run, arms, [a, b]));
  return sentences;
}

/** `at noise scale 1 (0 s and 1 h) and at noise scale 2 (0 s)`. */
function places(cells: readonly Condition[]): string {
  const noises = [...new Set(cells.map(({ noise }) => noise))];
  return listOf(
    noises.map((noise) => {
      const times = cells.filter((cell) => cell.noise === noise).map(({ seconds }) => formatTime(seconds));
      return `at noise scale ${number(noise)} (${listOf(times)})`;
    }),
  );
}

/** What the two make without any hardware, and what the more robust one costs or gains there. */
function cleanSentence(
  run: RunRecord,
  arms: readonly ArmSummary[],
  [a, b]: readonly [string, string],
): string {
  const metric = run.task.mainMetric;
  const clean = (name: string): number | null =>
    arms.find(({ arm }) => arm === name)?.clean?.[metric] ?? null;
  const label = (name: string): string => arms.find(({ arm }) => arm === name)?.label ?? name;
  const [ofA, ofB] = [clean(a), clean(b)];
  if (ofA === null || ofB === null) return '';
  const probe = run.probe?.metrics[metric] ?? null;
  const levels = [
    `${label(a)} reaches ${formatMetric(metric, ofA)}`,
    `${label(b)} ${formatMetric(metric, ofB)}`,
    ...(probe === null ? [] : [`a head on the frozen model ${formatMetric(metric, probe)}`]),
  ];
  return `On the clean digital model ${listOf(levels)}.`;
}

/** For a run without a pair: what the arm keeps, and where it keeps least. */
function armVerdict({ run, confidence }: VerdictData, arm: ArmSummary): string {
  const metric = run.task.mainMetric;
  const cells = arm.cells.filter((cell) => cell.metric === metric);
  if (cells.length === 0) return `${arm.label}: no chip has a value of ${metricName(metric)} yet.`;
  const least = cells.reduce((low, cell) => (cell.mean < low.mean ? cell : low));
  const clean = arm.clean?.[metric] ?? null;
  const interval =
    least.low === null || least.high === null
      ? 'one chip: no interval'
      : `${Math.round(100 * confidence)}\u202f% interval over ${countOf(least.chips, 'chip')} ${formatRange(metric, least.low, least.high)}`;
  const start =
    clean === null
      ? `${arm.label} has no clean row to compare with;`
      : `${arm.label} reaches ${formatMetric(metric, clean)} ${metricName(metric)} on the clean digital model;`;
  const most = cells.reduce((high, cell) => (cell.mean > high.mean ? cell : high));
  const range =
    most === least
      ? `on chips it keeps ${formatMetric(metric, least.mean)} at ${conditionPhrase(least)} (${interval}).`
      : `on chips its mean goes from ${formatBare(metric, most.mean)} (${conditionPhrase(most)}) down to ` +
        `${formatMetric(metric, least.mean)} at ${conditionPhrase(least)} (${interval}).`;
  return `${start} ${range}`;
}
