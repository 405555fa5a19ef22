import { wilsonInterval } from '../../core/intervals.ts';
import { chipsForYield, provableYield } from '../../core/tolerance.ts';
import type { Section } from '../document.ts';
import { countOf, formatCount, formatShare } from '../names.ts';
import { mostChips, type ReportData } from '../report-data.ts';
import { mainPair, standing } from '../verdict.ts';

const YIELD = 0.99;
const CONFIDENCE = 0.95;

/** What this many chips, examples and trainings cannot say. */
export function limitsSection(data: ReportData): Section {
  const chips = mostChips(data);
  return {
    id: 'limits',
    title: `What ${chips === 1 ? 'one chip' : `${formatCount(chips)} chips`} cannot say`,
    blocks: [{ kind: 'list', items: limitStatements(data, chips) }],
  };
}

function limitStatements(data: ReportData, chips: number): string[] {
  const { run, summary } = data;
  return [
    ...(chips < 1 ? [] : [yieldStatement(chips)]),
    chips === 1
      ? 'One chip gives no interval: how much chips differ is unknown.'
      : `The worst of ${countOf(chips, 'chip')} is not the worst there is: one more chip falls below it with probability 1 in ${formatCount(chips + 1)}.`,
    examplesStatement(data),
    ...crossedStatement(data),
    trainingStatement(data),
    `The numbers hold for the device profile as it is written, on ${run.task.examples} ${run.task.split} examples of ${run.task.name}. They are a simulation, not a measurement of hardware.`,
    ...(summary.pairs.length > 0
      ? [
          'p values are corrected for the number of conditions of a pair and metric (Holm), not for several pairs or metrics.',
        ]
      : []),
  ];
}

function yieldStatement(chips: number): string {
  const needed = chipsForYield(YIELD, CONFIDENCE);
  const most = formatShare(provableYield(chips, CONFIDENCE), chips >= needed ? 2 : 1);
  const claim = `Without assuming how chips are distributed, ${countOf(chips, 'chip')} of which all reach a limit show a yield of at least ${most} at ${formatShare(CONFIDENCE, 0)} confidence, and no more.`;
  if (chips >= needed) return claim;
  return (
    `${claim} Whether ${formatShare(YIELD, 0)} of dies reach it is unknown: that needs ${needed} chips without a failure, ` +
    `or ${chipsForYield(YIELD, CONFIDENCE, 1)} with one.`
  );
}

function examplesStatement({ run, summary }: ReportData): string {
  const start = `Intervals are over chips, for these ${formatCount(run.task.examples)} examples.`;
  const clean = summary.arms[0]?.clean?.accuracy;
  if (run.task.kind !== 'classification' || clean === undefined || clean === null) {
    return `${start} Other examples would move all values together.`;
  }
  const { low, high } = wilsonInterval(
    Math.round(clean * run.task.examples),
    run.task.examples,
    summary.confidence,
  );
  return (
    `${start} Other examples would move all values together, by about \u00b1${((100 * (high - low)) / 2).toFixed(1)} points ` +
    `(${Math.round(100 * summary.confidence)}\u202f% interval of the clean accuracy); they move differences less, see \u201cover both\u201d in the table of differences.`
  );
}

/** Where a difference over these examples could vanish with others. */
function crossedStatement({ run, summary }: ReportData): string[] {
  const told = mainPair({ run, ...summary }).filter(
    (cell) => cell.crossedLow !== null && ['ahead', 'behind'].includes(standing(cell, summary.confidence)),
  );
  const open = told.filter((cell) => (cell.crossedLow as number) <= 0 && (cell.crossedHigh as number) >= 0);
  if (open.length === 0) return [];
  return [
    `Of the ${countOf(told.length, 'condition')} in which one adapter is ahead on these examples, ${open.length === told.length ? 'all' : open.length} ` +
      'could go the other way with other examples: there the interval over chips and examples holds 0.',
  ];
}

function trainingStatement({ run }: ReportData): string {
  const seeds = new Set((run.training ?? []).flatMap(({ seed }) => (seed === undefined ? [] : [seed])));
  const which = seeds.size === 1 ? ` (seed ${[...seeds][0]})` : '';
  return `Each adapter was trained once${which}. Another training seed may change a difference by more than the interval over chips shows.`;
}
