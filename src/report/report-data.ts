import type { Condition, RunRecord } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';
import { type ChipResult, chipResults, chipSamples } from './chips.ts';
import { isShare } from './names.ts';
import { comparisonOrder } from './pairs.ts';
import type { ArmSummary, Summary } from './summary.ts';

/** What every section is made from. */
export interface ReportData {
  readonly run: RunRecord;
  readonly samples: readonly Sample[];
  readonly summary: Summary;
}

/** An arm with the number that gives its ink and its marker: the arm that others are compared with has 0. */
export interface InkedArm extends ArmSummary {
  readonly ink: number;
}

/** The arms in the order of comparison. */
export function inkedArms({ run, summary }: ReportData): readonly InkedArm[] {
  return comparisonOrder(run).flatMap(({ arm }, ink) => {
    const found = summary.arms.find((other) => other.arm === arm);
    return found === undefined ? [] : [{ ...found, ink }];
  });
}

/** Factor from a metric's value to the number printed: 100 for shares. */
export function printedScale(metric: string): number {
  return isShare(metric) ? 100 : 1;
}

/** `accuracy, %` */
export function metricTitle(name: string, metric: string): string {
  return isShare(metric) ? `${name}, %` : name;
}

/** The chips of an arm under a condition, of the main metric and source. */
export function mainResults(
  { run, samples, summary }: ReportData,
  arm: string,
  condition: Condition,
): readonly ChipResult[] {
  return chipResults(chipSamples(samples, arm, summary.source, condition), run.task.mainMetric);
}

/** Most chips that any cell has. */
export function mostChips({ summary }: Pick<ReportData, 'summary'>): number {
  return Math.max(0, ...summary.arms.flatMap((arm) => arm.cells.map((cell) => cell.chips)));
}
