import {
  conditionLabel,
  formatCount,
  formatMetric,
  formatRange,
  methodName,
  metricName,
} from '../report/names.ts';
import { NONE, numbers, type Table, words } from '../report/table.ts';
import type { CompareRow } from './compare.ts';

/** The rows as a table for people; columns that say nothing are left out. */
export function compareTable(rows: readonly CompareRow[]): Table {
  const columns = [
    { column: words('run'), text: (row: CompareRow) => row.run },
    {
      column: words('method'),
      text: (row: CompareRow) => (row.method === null ? NONE : methodName(row.method)),
    },
    { column: words('task'), text: (row: CompareRow) => `${row.task} ${row.split}` },
    {
      column: words('chips'),
      text: ({ seconds, noise }: CompareRow) =>
        seconds === null || noise === null ? 'clean' : conditionLabel({ seconds, noise }),
    },
    { column: words('metric'), text: (row: CompareRow) => metricName(row.metric) },
    {
      column: numbers('mean'),
      text: ({ metric, mean }: CompareRow) => (mean === null ? NONE : formatMetric(metric, mean)),
    },
    {
      column: words('95 % interval'),
      text: ({ metric, low, high }: CompareRow) =>
        low === null || high === null ? NONE : formatRange(metric, low, high),
    },
    { column: words('over'), text: ({ count, over }: CompareRow) => `${count} ${over}` },
    { column: numbers('trained numbers'), text: (row: CompareRow) => counted(row.trainableParameters) },
    { column: numbers('with head'), text: (row: CompareRow) => counted(row.trainableParametersWithHead) },
    {
      column: numbers('minutes'),
      text: ({ trainingSeconds }: CompareRow) =>
        trainingSeconds === null ? NONE : (trainingSeconds / 60).toFixed(1),
    },
    {
      column: numbers('peak MB'),
      text: ({ peakMemoryBytes }: CompareRow) =>
        peakMemoryBytes === null ? NONE : formatCount(Math.round(peakMemoryBytes / 1e6)),
    },
  ];
  const told = columns.filter(({ text }) => rows.some((row) => text(row) !== NONE));
  return {
    caption:
      'Means with Student’s t intervals at 95 %: over training seeds on the clean model, over chips on chips. Minutes are the mean of the runs’ steps, memory the most that a process held.',
    columns: told.map(({ column }) => column),
    rows: rows.map((row) => told.map(({ text }) => text(row))),
  };
}

function counted(count: number | null): string {
  return count === null ? NONE : formatCount(count);
}
