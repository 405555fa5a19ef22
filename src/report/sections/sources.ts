import { extent } from '../charts/scale.ts';
import { drawStrips, type StripsData, stripsHeight } from '../charts/strips.ts';
import { chipResults, chipSamples, definedValues } from '../chips.ts';
import type { Section } from '../document.ts';
import type { Figure } from '../figure.ts';
import { capitalised, conditionLabel, formatBare, metricName } from '../names.ts';
import { inkedArms, metricTitle, printedScale, type ReportData } from '../report-data.ts';
import { NONE, numbers, words } from '../table.ts';
import { withInterval } from './glance.ts';

/** Blocks drawn; the table has them all. */
const MOST_BLOCKS = 12;

/** One source of variation left on at a time (`--ablate`); null where only one source was evaluated. */
export function sourcesSection(data: ReportData): Section | null {
  if (data.summary.arms.every((arm) => arm.ablations.length === 0)) return null;
  return {
    id: 'sources',
    title: 'By source of variation',
    blocks: [
      {
        kind: 'paragraph',
        text: 'Each source of variation alone, the others switched off. Losses of single sources need not add up to that of all together.',
      },
      { kind: 'figures', figures: [sourcesFigure(data)] },
    ],
  };
}

function sourcesFigure(data: ReportData): Figure {
  const { run, samples, summary } = data;
  const metric = run.task.mainMetric;
  const scale = printedScale(metric);
  const arms = inkedArms(data);
  const sources = [summary.source, ...run.sources.filter((source) => source !== summary.source)];
  const settings = run.conditions.flatMap((condition) => sources.map((source) => ({ condition, source })));
  const measured = settings.map(({ condition, source }) => ({
    label: `${source}: ${conditionLabel(condition)}`,
    cells: arms.map((arm) => ({
      arm,
      cell: [...arm.cells, ...arm.ablations].find(
        (cell) =>
          cell.metric === metric &&
          cell.source === source &&
          cell.seconds === condition.seconds &&
          cell.noise === condition.noise,
      ),
      values: definedValues(chipResults(chipSamples(samples, arm.arm, source, condition), metric)),
    })),
  }));
  const present = measured.filter(({ cells }) => cells.some(({ cell }) => cell !== undefined));
  const blocks = present.slice(0, MOST_BLOCKS).map(({ label, cells }) => ({
    label,
    lanes: cells.flatMap(({ arm, cell, values }) =>
      cell === undefined
        ? []
        : [
            {
              ink: arm.ink,
              values: values.map((value) => value * scale),
              mean: cell.mean * scale,
              low: cell.low === null ? null : cell.low * scale,
              high: cell.high === null ? null : cell.high * scale,
            },
          ],
    ),
  }));
  const cleans = arms.map((arm) => ({
    name: arm.label,
    ink: arm.ink,
    clean: printed(arm.clean?.[metric], scale),
  }));
  const seen = [
    ...blocks.flatMap((block) => block.lanes.flatMap((lane) => lane.values)),
    ...cleans.flatMap(({ clean }) => (clean === null ? [] : [clean])),
  ];
  const chart: StripsData = {
    baseTitle: metricTitle(metricName(metric), metric),
    values: extent(seen, 0.01),
    blocks,
    arms: cleans,
  };
  return {
    id: 'sources-strip',
    title: 'One source at a time',
    description: `${capitalised(metricName(metric))} of every chip with one source of variation left on, by source, condition and adapter.`,
    caption: 'One dot a chip. Mark: mean over chips; pale bar: its interval.',
    table: {
      caption: `Mean ${metricTitle(metricName(metric), metric)} with its interval over chips, one source on at a time.`,
      columns: [words('source and condition'), ...arms.map((arm) => numbers(arm.label))],
      rows: present.map(({ label, cells }) => [
        label,
        ...cells.map(({ cell }) =>
          cell === undefined
            ? NONE
            : withInterval(formatBare(metric, cell.mean), metric, cell.low, cell.high, formatBare),
        ),
      ]),
    },
    size: 'full',
    height: (theme) => stripsHeight(chart, theme),
    draw: (pen, theme) => drawStrips(pen, chart, theme),
  };
}

function printed(value: number | null | undefined, scale: number): number | null {
  return value === undefined || value === null ? null : value * scale;
}
