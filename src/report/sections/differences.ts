import { type DifferencesData, differencesHeight, drawDifferences } from '../charts/differences.ts';
import type { Section } from '../document.ts';
import type { Figure } from '../figure.ts';
import { conditionLabel, formatBareDifference, formatP, isShare, metricName } from '../names.ts';
import type { PairCell } from '../pairs.ts';
import { type InkedArm, inkedArms, printedScale, type ReportData } from '../report-data.ts';
import { NONE, numbers, type Table, words } from '../table.ts';
import { mainPair, standing } from '../verdict.ts';
import { withInterval } from './glance.ts';

/** Pairs drawn as figures; the numbers of all others are in `summary.json`. */
const MOST_FIGURES = 4;

/** The paired differences, the main pair first, then each other arm against the arm of comparison; null without a pair. */
export function differencesSection(data: ReportData): Section | null {
  const { run, summary } = data;
  const main = mainPair({ run, ...summary });
  if (main.length === 0) return null;
  const ofMetric = summary.pairs.filter(({ metric }) => metric === run.task.mainMetric);
  const key = ({ a, b }: PairCell): string => JSON.stringify([a, b]);
  const first = key(main[0] as PairCell);
  const reference = inkedArms(data)[0]?.arm;
  const keys = [...new Set([first, ...ofMetric.filter(({ a }) => a === reference).map(key)])];
  const shown = keys.slice(0, MOST_FIGURES);
  const all = new Set(ofMetric.map(key)).size;
  const figures = shown.map((pair) =>
    differenceFigure(
      data,
      ofMetric.filter((cell) => key(cell) === pair),
    ),
  );
  const left = all - shown.length;
  return {
    id: 'differences',
    title: 'Differences on the same chips',
    blocks: [
      {
        kind: 'paragraph',
        text:
          'The adapters ran on chips with the same seeds, so what one chip happens to be like cancels from the difference. ' +
          'A filled mark: the adapter with that mark is ahead there, after correction for the number of conditions. A hollow mark: these chips do not tell the two apart.',
      },
      { kind: 'figures', figures },
      ...(left > 0
        ? [
            {
              kind: 'paragraph' as const,
              text: `${left} more ${left === 1 ? 'pair is' : 'pairs are'} in summary.json.`,
            },
          ]
        : []),
    ],
  };
}

function differenceFigure(data: ReportData, cells: readonly PairCell[]): Figure {
  const { run, summary } = data;
  const metric = run.task.mainMetric;
  const scale = printedScale(metric);
  const unit = isShare(metric) ? ', points' : '';
  const arms = inkedArms(data);
  const { a, b } = cells[0] as PairCell;
  const armOf = (name: string): InkedArm => arms.find(({ arm }) => arm === name) as InkedArm;
  const chart: DifferencesData = {
    a: { name: armOf(a).label, ink: armOf(a).ink },
    b: { name: armOf(b).label, ink: armOf(b).ink },
    baseTitle: `difference in ${metricName(metric)}${unit}`,
    rows: cells.map((cell) => ({
      label: conditionLabel(cell),
      difference: cell.difference * scale,
      low: cell.low === null ? null : cell.low * scale,
      high: cell.high === null ? null : cell.high * scale,
      text: formatBareDifference(metric, cell.difference),
      standing: standing(cell, summary.confidence),
    })),
  };
  const title = `${chart.b.name} \u2212 ${chart.a.name}`;
  return {
    id: arms.length === 2 ? 'difference' : `difference-${armOf(a).ink}-${armOf(b).ink}`,
    title,
    description: `Mean difference in ${metricName(metric)}, ${chart.b.name} minus ${chart.a.name}, under ${cells.length} conditions, each with its interval over chips.`,
    caption: `Mean over chips of ${chart.b.name} minus ${chart.a.name}, with ${Math.round(100 * summary.confidence)} % intervals (Student\u2019s t, chips as the unit).`,
    table: differenceTable(title, metric, cells),
    size: 'full',
    height: () => differencesHeight(chart),
    draw: (pen, theme) => drawDifferences(pen, chart, theme),
  };
}

function differenceTable(title: string, metric: string, cells: readonly PairCell[]): Table {
  const optional = (value: number | null): string =>
    value === null ? NONE : formatP(value).replace(/^p (= )?/, '');
  return {
    caption:
      `${title}${isShare(metric) ? ', points' : ''}. Interval over chips: for these examples. Over both: chips and examples resampled, ` +
      'for other examples too. p: paired t test, alone and after Holm; Wilcoxon: exact signed ranks.',
    columns: [
      words('condition'),
      numbers('difference, over chips'),
      numbers('over both'),
      numbers('p'),
      numbers('p (Holm)'),
      numbers('p (Wilcoxon)'),
      numbers('ahead / level / behind'),
    ],
    rows: cells.map((cell) => [
      conditionLabel(cell),
      withInterval(
        formatBareDifference(metric, cell.difference),
        metric,
        cell.low,
        cell.high,
        formatBareDifference,
      ),
      cell.crossedLow === null || cell.crossedHigh === null
        ? NONE
        : `[${formatBareDifference(metric, cell.crossedLow)}, ${formatBareDifference(metric, cell.crossedHigh)}]`,
      optional(cell.p),
      optional(cell.pHolm),
      optional(cell.pWilcoxon),
      `${cell.ahead} / ${cell.level} / ${cell.behind}`,
    ]),
  };
}
