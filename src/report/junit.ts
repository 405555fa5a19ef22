import { escapeMarkup } from './escape.ts';
import { conditionLabel, formatMetric, formatRange } from './names.ts';
import type { Summary } from './summary.ts';

/** One test case: no text = passed. */
export interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly failure?: string;
  readonly skipped?: string;
  /** Printed with the case, passed or not. */
  readonly note?: string;
}

/** `report.junit.xml`: the run's own checks and one case for each arm and condition, for a build server to show. */
export function reportJunit(summary: Summary): string {
  return junit('holdfast report', [...runCases(summary), ...cellCases(summary)]);
}

function runCases({ idealCheck, rows }: Summary): TestCase[] {
  const ideal: TestCase = { suite: 'run', name: 'an ideal device reproduces the digital model' };
  const complete: TestCase = { suite: 'run', name: 'every planned row is there' };
  return [
    idealCheck === null
      ? { ...ideal, skipped: 'not checked in this run' }
      : idealCheck.passed
        ? ideal
        : {
            ...ideal,
            failure: `largest difference ${idealCheck.maxAbsoluteError}, bound ${idealCheck.bound}`,
          },
    rows.found >= rows.planned
      ? complete
      : { ...complete, failure: `${rows.found} of ${rows.planned} rows are there; evaluate again to resume` },
  ];
}

/** With a limit, a case fails if a chip misses it; without one the cases only carry their numbers. */
function cellCases({ arms, task }: Summary): TestCase[] {
  return arms.flatMap((arm) =>
    arm.cells
      .filter(({ metric }) => metric === task.mainMetric)
      .map((cell) => {
        const interval =
          cell.low === null || cell.high === null
            ? 'no interval'
            : formatRange(cell.metric, cell.low, cell.high);
        const note = `mean ${formatMetric(cell.metric, cell.mean)}, ${interval}, worst ${formatMetric(cell.metric, cell.worst)}, ${cell.chips} chips`;
        const base = { suite: arm.arm, name: `${cell.metric} at ${conditionLabel(cell)}`, note };
        if (cell.yield === undefined || cell.yieldLimit === undefined || cell.yield === 1) return base;
        const missing = Math.round((1 - cell.yield) * (cell.chips + cell.undefinedChips));
        return {
          ...base,
          failure: `${missing} of ${cell.chips + cell.undefinedChips} chips miss ${formatMetric(cell.metric, cell.yieldLimit)}`,
        };
      }),
  );
}

/** JUnit XML of some cases, one suite for each name. */
export function junit(name: string, cases: readonly TestCase[]): string {
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) => {
    const own = cases.filter((testCase) => testCase.suite === suite);
    return [
      `  <testsuite name="${escapeMarkup(suite)}" ${counts(own)}>`,
      ...own.map((testCase) => caseXml(testCase)),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeMarkup(name)}" ${counts(cases)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(cases: readonly TestCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((testCase) => testCase.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function caseXml({ suite, name, failure, skipped, note }: TestCase): string {
  const inner = [
    ...(failure === undefined ? [] : [`<failure message="${escapeMarkup(failure)}"/>`]),
    ...(skipped === undefined ? [] : [`<skipped message="${escapeMarkup(skipped)}"/>`]),
    ...(note === undefined ? [] : [`<system-out>${escapeMarkup(note)}</system-out>`]),
  ].join('');
  const open = `    <testcase classname="holdfast.${escapeMarkup(suite)}" name="${escapeMarkup(name)}"`;
  return inner === '' ? `${open}/>` : `${open}>${inner}</testcase>`;
}
