import type { Condition } from '../../evaluate/run-record.ts';
import { drawLevels, type LevelsData, levelsHeight } from '../charts/levels.ts';
import { extent } from '../charts/scale.ts';
import type { Section } from '../document.ts';
import type { Figure } from '../figure.ts';
import { capitalised, formatBare, formatTime, metricName, number } from '../names.ts';
import { inkedArms, metricTitle, printedScale, type ReportData } from '../report-data.ts';
import { cellAt } from '../summary.ts';
import { NONE, numbers, type Table, words } from '../table.ts';
import { withInterval } from './glance.ts';

/** A grid of many times and noises would otherwise fill the page; the tables have them all. */
const MOST_FIGURES = 4;

/** The main metric against time and against the noise scale; null if neither varies. */
export function levelsSection(data: ReportData): Section | null {
  const { conditions } = data.run;
  const slices = [
    ...slicesBy(conditions, 'noise').map((slice) => timeFigure(data, slice)),
    ...slicesBy(conditions, 'seconds').map((slice) => noiseFigure(data, slice)),
  ];
  if (slices.length === 0) return null;
  return {
    id: 'levels',
    title: `${capitalised(metricName(data.run.task.mainMetric))} against time and noise`,
    blocks: [{ kind: 'figures', figures: slices }],
  };
}

/** Groups of conditions that share one field while the other varies; the authored noise (1) and the first time lead. */
function slicesBy(
  conditions: readonly Condition[],
  shared: 'noise' | 'seconds',
): readonly (readonly Condition[])[] {
  const other = shared === 'noise' ? 'seconds' : 'noise';
  const rank = (condition: Condition): number =>
    shared === 'noise' ? Math.abs(condition.noise - 1) : condition.seconds;
  const values = [...new Set(conditions.map((condition) => condition[shared]))];
  return values
    .map((value) =>
      conditions.filter((condition) => condition[shared] === value).sort((a, b) => a[other] - b[other]),
    )
    .filter((slice) => slice.length > 1)
    .sort((a, b) => rank(a[0] as Condition) - rank(b[0] as Condition))
    .slice(0, MOST_FIGURES);
}

function timeFigure(data: ReportData, slice: readonly Condition[]): Figure {
  const noise = (slice[0] as Condition).noise;
  const reference = data.run.arms[0]?.profile.referenceSeconds ?? 1;
  return levelsFigure(data, slice, {
    id: noise === 1 ? 'against-time' : `against-time-noise-${noise}`,
    title: `Against time, noise scale ${number(noise)}`,
    baseTitle: 'time since the reference read',
    base: 'time',
    at: ({ seconds }) => Math.log10(seconds + reference),
    tick: ({ seconds }) => formatTime(seconds),
    remark: 'The time axis is logarithmic.',
  });
}

function noiseFigure(data: ReportData, slice: readonly Condition[]): Figure {
  const seconds = (slice[0] as Condition).seconds;
  const first = Math.min(...data.run.conditions.map((condition) => condition.seconds));
  return levelsFigure(data, slice, {
    id: seconds === first ? 'against-noise' : `against-noise-${seconds}s`,
    title: `Against the noise scale, at ${formatTime(seconds)}`,
    baseTitle: 'noise scale (1 = as authored)',
    base: 'noise scale',
    at: ({ noise }) => noise,
    tick: ({ noise }) => number(noise),
    remark: 'Noise scale multiplies the profile\u2019s random spreads.',
  });
}

interface Axis {
  readonly id: string;
  readonly title: string;
  readonly baseTitle: string;
  readonly base: string;
  readonly at: (condition: Condition) => number;
  readonly tick: (condition: Condition) => string;
  readonly remark: string;
}

function levelsFigure(data: ReportData, slice: readonly Condition[], axis: Axis): Figure {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  const scale = printedScale(metric);
  const arms = inkedArms(data);
  const probe = summary.probe?.[metric] ?? null;
  const references = arms.flatMap((arm) => {
    const clean = arm.clean?.[metric] ?? null;
    return clean === null ? [] : [{ ink: arm.ink, value: clean * scale, sign: 'dashed' as const }];
  });
  const ends = arms.flatMap((arm) =>
    arm.cells
      .filter((cell) => cell.metric === metric)
      .flatMap((cell) => [cell.mean, cell.low ?? cell.mean, cell.high ?? cell.mean]),
  );
  const levels: LevelsData = {
    valueTitle: `mean ${metricTitle(metricName(metric), metric)}`,
    baseTitle: axis.baseTitle,
    values: extent(
      [
        ...ends.map((end) => end * scale),
        ...references.map(({ value }) => value),
        ...(probe === null ? [] : [probe * scale]),
      ],
      0.03,
    ),
    ticks: slice.map((condition) => ({ at: axis.at(condition), text: axis.tick(condition) })),
    series: arms.map((arm) => ({
      name: arm.label,
      ink: arm.ink,
      points: slice.flatMap((condition) => {
        const cell = cellAt(summary, arm, condition);
        if (cell === undefined) return [];
        const { low, high } = cell;
        return [
          {
            at: axis.at(condition),
            mean: cell.mean * scale,
            low: low === null ? null : low * scale,
            high: high === null ? null : high * scale,
          },
        ];
      }),
    })),
    references: [
      ...references,
      ...(probe === null ? [] : [{ ink: null, value: probe * scale, sign: 'dotted' as const }]),
    ],
  };
  return {
    id: axis.id,
    title: axis.title,
    description: `Mean ${metricName(metric)} of each adapter against ${axis.base}, ${slice.length} points each, with intervals over chips. The table below holds the numbers.`,
    caption: `${axis.remark} Bars: ${Math.round(100 * summary.confidence)} % intervals over chips; the value axis does not start at 0. Dashed: each adapter on the clean digital model${probe === null ? '' : '; dotted: a head on the frozen model, clean'}.`,
    table: sliceTable(data, slice, axis),
    size: 'half',
    height: levelsHeight,
    draw: (pen, theme) => drawLevels(pen, levels, theme),
  };
}

function sliceTable(data: ReportData, slice: readonly Condition[], axis: Axis): Table {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  const arms = inkedArms(data);
  return {
    caption: `${axis.title}: mean ${metricTitle(metricName(metric), metric)}, with its interval over chips.`,
    columns: [words(axis.base), ...arms.map((arm) => numbers(arm.label)), numbers('chips')],
    rows: slice.map((condition) => {
      const cells = arms.map((arm) => cellAt(summary, arm, condition));
      const values = cells.map((cell) =>
        cell === undefined
          ? NONE
          : withInterval(formatBare(metric, cell.mean), metric, cell.low, cell.high, formatBare),
      );
      return [axis.tick(condition), ...values, String(Math.max(0, ...cells.map((cell) => cell?.chips ?? 0)))];
    }),
  };
}
