import type { Condition } from '../../evaluate/run-record.ts';
import { chipsMeeting, yieldInterval } from '../cells.ts';
import { extent } from '../charts/scale.ts';
import { drawStrips, stripsHeight } from '../charts/strips.ts';
import { drawYields, yieldsHeight } from '../charts/yields.ts';
import { definedValues } from '../chips.ts';
import type { Section } from '../document.ts';
import type { Figure } from '../figure.ts';
import {
  capitalised,
  conditionLabel,
  formatBare,
  formatMetric,
  formatShare,
  metricName,
  number,
} from '../names.ts';
import { inkedArms, mainResults, metricTitle, printedScale, type ReportData } from '../report-data.ts';
import { cellAt } from '../summary.ts';
import { NONE, numbers, type Table, words } from '../table.ts';

/** Conditions drawn; the tables have them all. */
const MOST_CONDITIONS = 12;

/** How chips differ: every chip as a dot, and the share of chips that reach a limit. */
export function chipsSection(data: ReportData): Section {
  const conditions = data.run.conditions.filter((condition) =>
    data.summary.arms.some((arm) => cellAt(data.summary, arm, condition) !== undefined),
  );
  const shown = conditions.slice(0, MOST_CONDITIONS);
  const left = conditions.length - shown.length;
  return {
    id: 'chips',
    title: 'Chip by chip',
    blocks: [
      {
        kind: 'figures',
        figures: shown.length === 0 ? [] : [stripsFigure(data, shown), yieldsFigure(data, shown)],
      },
      ...(left > 0
        ? [
            {
              kind: 'paragraph' as const,
              text: `The figures show the first ${shown.length} of ${conditions.length} conditions.`,
            },
          ]
        : []),
    ],
  };
}

function stripsFigure(data: ReportData, conditions: readonly Condition[]): Figure {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  const scale = printedScale(metric);
  const arms = inkedArms(data);
  const blocks = conditions.map((condition) => ({
    label: conditionLabel(condition),
    lanes: arms.flatMap((arm) => {
      const cell = cellAt(summary, arm, condition);
      if (cell === undefined) return [];
      return [
        {
          ink: arm.ink,
          values: definedValues(mainResults(data, arm.arm, condition)).map((value) => value * scale),
          mean: cell.mean * scale,
          low: cell.low === null ? null : cell.low * scale,
          high: cell.high === null ? null : cell.high * scale,
        },
      ];
    }),
  }));
  const inks = arms.map((arm) => {
    const clean = arm.clean?.[metric] ?? null;
    return { name: arm.label, ink: arm.ink, clean: clean === null ? null : clean * scale };
  });
  const values = blocks.flatMap((block) => block.lanes.flatMap((lane) => lane.values));
  const cleans = inks.flatMap(({ clean }) => (clean === null ? [] : [clean]));
  const chart = {
    baseTitle: metricTitle(metricName(metric), metric),
    values: extent([...values, ...cleans], 0.01),
    blocks,
    arms: inks,
  };
  return {
    id: 'chips-strip',
    title: 'Every chip',
    description: `${capitalised(metricName(metric))} of every chip as a dot, by condition and adapter, with the mean and its interval.`,
    caption: 'One dot a chip (the mean of its reads). Mark: mean over chips; pale bar: its interval.',
    table: spreadTable(data, conditions),
    size: 'full',
    height: (theme) => stripsHeight(chart, theme),
    draw: (pen, theme) => drawStrips(pen, chart, theme),
  };
}

function spreadTable(data: ReportData, conditions: readonly Condition[]): Table {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  return {
    caption: `${metricTitle(`${capitalised(metricName(metric))} over chips`, metric)}.`,
    columns: [
      words('condition'),
      words('adapter'),
      ...['worst', 'median', 'mean', 'best', 'std', 'chips'].map(numbers),
    ],
    rows: conditions.flatMap((condition) =>
      inkedArms(data).flatMap((arm) => {
        const cell = cellAt(summary, arm, condition);
        if (cell === undefined) return [];
        const values = [cell.worst, cell.median, cell.mean, cell.best].map((value) =>
          formatBare(metric, value),
        );
        return [
          [
            conditionLabel(condition),
            arm.label,
            ...values,
            cell.std === null ? NONE : formatBare(metric, cell.std),
            String(cell.chips),
          ],
        ];
      }),
    ),
  };
}

function yieldsFigure(data: ReportData, conditions: readonly Condition[]): Figure {
  const metric = data.run.task.mainMetric;
  const scale = printedScale(metric);
  const arms = inkedArms(data);
  const panels = conditions.map((condition) => ({
    label: conditionLabel(condition),
    arms: arms.map((arm) => {
      const results = mainResults(data, arm.arm, condition);
      return {
        ink: arm.ink,
        values: definedValues(results).map((value) => value * scale),
        chips: results.length,
      };
    }),
  }));
  const values = panels.flatMap((panel) => panel.arms.flatMap((arm) => arm.values));
  const chart = {
    baseTitle: `limit of ${metricTitle(metricName(metric), metric)}`,
    values: extent(values, 0.02),
    panels,
    arms: arms.map(({ label, ink }) => ({ name: label, ink })),
  };
  return {
    id: 'yield',
    title: 'Yield: which share of chips reaches a limit',
    description: `Share of chips at or above a limit of ${metricName(metric)} against the limit, one panel a condition.`,
    caption:
      'Read it so: choose the limit that your product needs on the base axis; the curve gives the share of these chips that reach it. The table has exact intervals.',
    table: yieldTable(data, conditions),
    size: 'full',
    height: (theme) => yieldsHeight(chart, theme),
    draw: (pen, theme) => drawYields(pen, chart, theme),
  };
}

/** Yields at a few round limits within the range seen, and at the one asked for. */
function yieldTable(data: ReportData, conditions: readonly Condition[]): Table {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  const arms = inkedArms(data);
  const limits = limitsShown(data, conditions);
  return {
    caption: `Chips at or above a limit of ${metricName(metric)}, of those evaluated, with the exact ${Math.round(100 * summary.confidence)} % interval (Clopper and Pearson) of the share.`,
    columns: [
      words('condition'),
      words('adapter'),
      ...limits.map((limit) => numbers(`\u2265 ${formatMetric(metric, limit)}`)),
    ],
    rows: conditions.flatMap((condition) =>
      arms.flatMap((arm) => {
        const results = mainResults(data, arm.arm, condition);
        if (results.length === 0) return [];
        return [
          [
            conditionLabel(condition),
            arm.label,
            ...limits.map((limit) => {
              const meeting = chipsMeeting(results, limit);
              const { low, high } = yieldInterval(
                results,
                { condition, confidence: summary.confidence },
                limit,
              );
              return `${number(meeting)} of ${results.length} [${formatShare(low, 0).replace(/\u202f%$/, '')}, ${formatShare(high, 0)}]`;
            }),
          ],
        ];
      }),
    ),
  };
}

/** The limit that was asked for, if one was, among the round ones. */
function limitsShown(data: ReportData, conditions: readonly Condition[]): number[] {
  const asked = data.summary.arms.flatMap(({ cells }) => cells.flatMap(({ yieldLimit }) => yieldLimit ?? []));
  return [...new Set([...asked, ...roundLimits(data, conditions)])].sort((a, b) => a - b);
}

function roundLimits(data: ReportData, conditions: readonly Condition[]): number[] {
  const values = conditions.flatMap((condition) =>
    data.summary.arms.flatMap((arm) => definedValues(mainResults(data, arm.arm, condition))),
  );
  const low = Math.min(...values);
  const high = Math.max(...values);
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((size) => (high - low) / size <= 5) ?? 1;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.max(1, Math.floor(high / step + 1e-9) - first + 1);
  return Array.from({ length: Math.min(count, 6) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
