import { formatDuration } from '../core/duration.ts';
import { UsageError } from '../core/errors.ts';
import { proportionLowerBound, proportionUpperBound } from '../core/intervals.ts';
import { chipsForYield } from '../core/tolerance.ts';
import type { RunRecord } from '../evaluate/run-record.ts';
import { chipsMeeting } from '../report/cells.ts';
import { areCopies, type ChipResult, chipResults, chipSamples } from '../report/chips.ts';
import { formatMetric, formatShare, formatTime, number } from '../report/names.ts';
import { mainSource } from '../report/summary.ts';
import { readRun } from './read-run.ts';

/** The gate: does a share of dies reach a limit, with a confidence? */
export interface CheckOptions {
  /** The RUN folder. */
  readonly run: string;
  readonly metric: string;
  /** The limit, in the metric's own units (0..1 for shares). */
  readonly min: number;
  /** Age in seconds. */
  readonly at: number;
  /** Share of dies that must reach the limit, between 0 and 1. */
  readonly yield: number;
  /** Between 0 and 1. */
  readonly confidence: number;
  /** Noise scale; 1. */
  readonly noise?: number;
  /** Only this arm; without it every arm must pass. */
  readonly arm?: string;
}

export type Gate = 'met' | 'not met' | 'inconclusive';

export interface ArmCheck {
  readonly arm: string;
  readonly gate: Gate;
  /** Chips at or above the limit, of all evaluated; copies of one count as one. */
  readonly meeting: number;
  readonly chips: number;
  /** One-sided Clopper-Pearson bounds of the yield, each at the confidence asked for. */
  readonly yieldAtLeast: number;
  readonly yieldAtMost: number;
  /** How many chips would settle a yes if no more of them failed. */
  readonly chipsNeeded: number;
  readonly sentence: string;
}

export interface CheckResult {
  /** Met if every arm meets it, not met if one does not. */
  readonly gate: Gate;
  /** 0 met, 1 otherwise. */
  readonly exitCode: 0 | 1;
  readonly metric: string;
  readonly min: number;
  readonly seconds: number;
  readonly noise: number;
  readonly source: string;
  readonly yield: number;
  readonly confidence: number;
  readonly arms: readonly ArmCheck[];
  readonly lines: readonly string[];
}

/**
 * Checks a run against a limit. Met: with the confidence asked for, at least the share `yield` of dies reaches `min`
 * (exact one-sided lower bound). Not met: with that confidence, fewer do (upper bound below `yield`). Else inconclusive:
 * too few chips to say. At noise scale 0, where all chips are copies of one, that one decides. A chip's value is the mean over its reads; one on which the metric is undefined misses.
 * @throws UsageError for options outside their range, or a metric, time, noise or arm that the run does not have.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  const { metric, min, at: seconds, confidence, noise = 1 } = options;
  checkOption('--min', min, Number.isFinite(min), 'a number');
  checkOption('--yield', options.yield, isShare(options.yield), SHARE);
  checkOption('--confidence', confidence, isShare(confidence), SHARE);
  const { run, samples } = await readRun(options.run);
  checkPlan(run, options, seconds, noise);
  const source = mainSource(run, samples);
  const wanted = run.arms.filter(({ arm }) => options.arm === undefined || arm === options.arm);
  const arms = wanted.map(({ arm }) => {
    const results = chipResults(chipSamples(samples, arm, source, { seconds, noise }), metric);
    return armCheck(arm, results, options);
  });
  const gate: Gate = arms.some((arm) => arm.gate === 'not met')
    ? 'not met'
    : arms.every((arm) => arm.gate === 'met')
      ? 'met'
      : 'inconclusive';
  const alone = source === 'all' ? '' : `, of chips with ${source} as the only source of error`;
  return {
    gate,
    exitCode: gate === 'met' ? 0 : 1,
    metric,
    min,
    seconds,
    noise,
    source,
    yield: options.yield,
    confidence,
    arms,
    lines: [
      `${gate}: ${metric} of at least ${formatMetric(metric, min)} on ${askedShare(options.yield)} of dies, at ${formatTime(seconds)} and noise scale ${number(noise)}, confidence ${askedShare(confidence)}${alone}`,
      ...arms.map(({ sentence }) => `  ${sentence}`),
    ],
  };
}

function armCheck(arm: string, results: readonly ChipResult[], options: CheckOptions): ArmCheck {
  const { min, confidence } = options;
  const meeting = chipsMeeting(results, min);
  const chips = results.length;
  const values = results.map(({ value }) => value);
  if (chips > 0 && areCopies(values, { noise: options.noise ?? 1 })) return copiesCheck(arm, meeting > 0);
  const chipsNeeded = chipsForYield(options.yield, confidence, chips - meeting);
  if (chips === 0) {
    const sentence = `${arm}: inconclusive: no chip was evaluated there yet; ${chipsNeeded} that all reach the limit would do`;
    return {
      arm,
      gate: 'inconclusive',
      meeting,
      chips,
      yieldAtLeast: 0,
      yieldAtMost: 1,
      chipsNeeded,
      sentence,
    };
  }
  const yieldAtLeast = proportionLowerBound(meeting, chips, confidence);
  const yieldAtMost = proportionUpperBound(meeting, chips, confidence);
  const gate: Gate =
    yieldAtLeast >= options.yield ? 'met' : yieldAtMost < options.yield ? 'not met' : 'inconclusive';
  const counted = `${meeting} of ${chips} chips reach it`;
  const sentence =
    gate === 'met'
      ? `${arm}: met: ${counted}, so the yield is at least ${formatShare(yieldAtLeast, 2)}`
      : gate === 'not met'
        ? `${arm}: not met: ${counted}, so the yield is at most ${formatShare(yieldAtMost, 2)}`
        : `${arm}: inconclusive: ${counted}, so the yield is between ${formatShare(yieldAtLeast, 2)} and ${formatShare(yieldAtMost, 2)}; ` +
          `${chipsNeeded} chips would do if no more of them fail`;
  return { arm, gate, meeting, chips, yieldAtLeast, yieldAtMost, chipsNeeded, sentence };
}

/** Without noise every die is the same one: its yield is 1 or 0 for certain, of however many copies. */
function copiesCheck(arm: string, reaches: boolean): ArmCheck {
  const bound = reaches ? 1 : 0;
  const gate = reaches ? 'met' : 'not met';
  const does = reaches ? 'reaches' : 'misses';
  return {
    arm,
    gate,
    meeting: bound,
    chips: 1,
    yieldAtLeast: bound,
    yieldAtMost: bound,
    chipsNeeded: 1,
    sentence: `${arm}: ${gate}: without noise all chips are copies of one, which ${does} it`,
  };
}

/** Beyond, more chips would be needed than there are whole numbers. */
const MOST_SHARE = 0.999999999;
const SHARE = `above 0 and at most ${MOST_SHARE}`;
const isShare = (value: number): boolean => value > 0 && value <= MOST_SHARE;

/** `99.95 %`: as many digits as were asked for. */
function askedShare(share: number): string {
  const percent = Number((100 * share).toPrecision(12));
  const digits = (String(percent).split('.')[1] ?? '').length;
  return formatShare(share, Math.max(1, digits));
}

function checkOption(option: string, value: number, holds: boolean, must: string): void {
  if (!holds) throw new UsageError(option, `must be ${must}, got ${value}; correct it`);
}

/** What is asked for must be in the run's plan: a typo must not read as "no chip reaches it". */
function checkPlan(
  run: RunRecord,
  { run: where, metric, arm }: CheckOptions,
  seconds: number,
  noise: number,
): void {
  if (!run.task.metrics.includes(metric)) {
    throw new UsageError(
      '--metric',
      `must be one of the run's (${run.task.metrics.join(', ')}), got ${metric}; choose one of them`,
    );
  }
  if (arm !== undefined && !run.arms.some((record) => record.arm === arm)) {
    throw new UsageError(
      '--arm',
      `must be one of the run's (${run.arms.map((a) => a.arm).join(', ')}), got ${arm}; choose one of them`,
    );
  }
  if (!run.conditions.some((condition) => condition.seconds === seconds && condition.noise === noise)) {
    const has = run.conditions.map((c) => `${formatDuration(c.seconds)} at noise ${c.noise}`).join(', ');
    throw new UsageError(
      where,
      `must have been evaluated at ${formatDuration(seconds)} and noise ${noise}, got only ${has}; evaluate that or ask for one of these`,
    );
  }
}
