import type { Condition } from '../../evaluate/run-record.ts';
import type { Section } from '../document.ts';
import { conditionLabel, formatBare, formatBareDifference, isShare, metricName } from '../names.ts';
import type { PairCell } from '../pairs.ts';
import { inkedArms, metricTitle, type ReportData } from '../report-data.ts';
import { cellAt } from '../summary.ts';
import { NONE, numbers, type Table, words } from '../table.ts';
import { mainPair } from '../verdict.ts';

/** The first table: every condition, every arm, and the difference of the pair that the report is about. */
export function glanceSection(data: ReportData): Section {
  return { id: 'glance', title: 'At a glance', blocks: [{ kind: 'table', table: glanceTable(data) }] };
}

export function glanceTable(data: ReportData): Table {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  const arms = inkedArms(data);
  const pair = mainPair({ run, ...summary });
  const label = (name: string | undefined): string => arms.find(({ arm }) => arm === name)?.label ?? '';
  const clean = arms.map((arm) => arm.clean?.[metric] ?? null);
  const cleanRow = [
    'clean model',
    ...clean.map((value) => (value === null ? NONE : formatBare(metric, value))),
    ...(pair.length > 0 ? [cleanDifference(data, pair[0]?.a, pair[0]?.b)] : []),
  ];
  const rows = run.conditions.map((condition) => {
    const values = arms.map((arm) => {
      const cell = cellAt(summary, arm, condition);
      if (cell === undefined) return NONE;
      return withInterval(formatBare(metric, cell.mean), metric, cell.low, cell.high, formatBare);
    });
    return [
      conditionLabel(condition),
      ...values,
      ...(pair.length > 0 ? [differenceText(pair, condition)] : []),
    ];
  });
  const level = Math.round(100 * summary.confidence);
  const difference = arms.length > 2 ? `${label(pair[0]?.b)} \u2212 ${label(pair[0]?.a)}` : 'difference';
  return {
    caption:
      `Mean ${metricTitle(metricName(metric), metric)}, with its ${level} % interval over chips` +
      (pair.length > 0
        ? `, and the difference ${label(pair[0]?.b)} \u2212 ${label(pair[0]?.a)}${isShare(metric) ? ' in points' : ''} on the same chips, with its own.`
        : '.'),
    columns: [
      words('condition'),
      ...arms.map((arm) => numbers(arm.label)),
      ...(pair.length > 0 ? [numbers(difference)] : []),
    ],
    rows: [cleanRow, ...rows],
  };
}

function differenceText(pair: readonly PairCell[], { seconds, noise }: Condition): string {
  const cell = pair.find((other) => other.seconds === seconds && other.noise === noise);
  if (cell === undefined) return NONE;
  const { metric, difference, low, high } = cell;
  return withInterval(formatBareDifference(metric, difference), metric, low, high, formatBareDifference);
}

function cleanDifference({ run, summary }: ReportData, a: string | undefined, b: string | undefined): string {
  const metric = run.task.mainMetric;
  const of = (name: string | undefined): number | null =>
    summary.arms.find(({ arm }) => arm === name)?.clean?.[metric] ?? null;
  const [ofA, ofB] = [of(a), of(b)];
  return ofA === null || ofB === null ? NONE : formatBareDifference(metric, ofB - ofA);
}

/** `86.2 [85.9, 86.5]`; without an interval the value alone. */
export function withInterval(
  text: string,
  metric: string,
  low: number | null,
  high: number | null,
  format: (metric: string, value: number) => string,
): string {
  return low === null || high === null ? text : `${text} [${format(metric, low)}, ${format(metric, high)}]`;
}
