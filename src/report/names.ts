import { formatDuration } from '../core/duration.ts';
import type { Condition, RunRecord } from '../evaluate/run-record.ts';

/** How the report writes names and numbers: the one place that decides on digits, units and signs. */

const METHOD_NAMES: Readonly<Record<string, string>> = {
  grasp: 'GRASP',
  stochgrasp: 'StochGRASP',
  lora: 'LoRA',
  bitfit: 'BitFit',
  ia3: '(IA)³',
  head: 'Frozen probe',
  full: 'Full fine-tuning',
};

const METRIC_NAMES: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  f1: 'F1',
  matthews: 'Matthews correlation',
  pearson: 'Pearson correlation',
  spearman: 'Spearman correlation',
};

/** Metrics that are shares, written in per cent; all others are written as plain numbers. */
const SHARES: ReadonlySet<string> = new Set(['accuracy', 'f1']);

const MINUS = '\u2212';
/** Keeps a number and its unit on one line. */
const THIN = '\u202f';

export function methodName(method: string): string {
  return METHOD_NAMES[method] ?? method;
}

export function metricName(metric: string): string {
  return METRIC_NAMES[metric] ?? metric;
}

/** Display name of every arm: its method where that tells the arms apart, else the arm's own name. */
export function armNames(run: Pick<RunRecord, 'arms'>): ReadonlyMap<string, string> {
  const methods = run.arms.map((arm) => (arm.adapter === null ? null : methodName(arm.adapter.method)));
  const telling = !methods.includes(null) && new Set(methods).size === methods.length;
  return new Map(run.arms.map((arm, i) => [arm.arm, telling ? (methods[i] as string) : arm.arm]));
}

/** Is the metric written in per cent? Then differences are in (percentage) points. */
export function isShare(metric: string): boolean {
  return SHARES.has(metric);
}

/** `86.2 %` or `0.862`. */
export function formatMetric(metric: string, value: number): string {
  return isShare(metric) ? `${fixed(100 * value, 1)}${THIN}%` : fixed(value, 3);
}

/** A metric without its unit, for tables whose head has it. */
export function formatBare(metric: string, value: number): string {
  return isShare(metric) ? fixed(100 * value, 1) : fixed(value, 3);
}

/** `+2.4 points`, or `+0.024` for metrics that are not shares. */
export function formatDifference(metric: string, value: number): string {
  return isShare(metric) ? `${signed(100 * value, 1)} points` : signed(value, 3);
}

/** A difference without its unit. */
export function formatBareDifference(metric: string, value: number): string {
  return isShare(metric) ? signed(100 * value, 1) : signed(value, 3);
}

/** A size without sign: `2.4 points`. */
export function formatGap(metric: string, value: number): string {
  const size = Math.abs(value);
  return isShare(metric) ? `${fixed(100 * size, 1)} points` : fixed(size, 3);
}

/** `86.0 to 86.4 %`. */
export function formatRange(metric: string, low: number, high: number): string {
  return `${formatBare(metric, low)} to ${formatMetric(metric, high)}`;
}

/** `p < 0.001`, `p = 0.03`. */
export function formatP(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p < 0.1 ? p.toPrecision(2) : p.toFixed(2)}`;
}

/** `12.3 %` of a share 0..1. */
export function formatShare(share: number, digits = 1): string {
  return `${fixed(100 * share, digits)}${THIN}%`;
}

/** `1 h`, `90 m`, `0 s`: a duration as the command line takes it, with its unit set apart. */
export function formatTime(seconds: number): string {
  return formatDuration(seconds).replace(/([smhdy])$/, `${THIN}$1`);
}

/** Short name of a condition, for tables and figures: `1 d, noise 1`. */
export function conditionLabel(condition: Condition): string {
  return `${formatTime(condition.seconds)}, noise ${number(condition.noise)}`;
}

/** Name of a condition within a sentence: `1 d and noise scale 2`. */
export function conditionPhrase(condition: Condition): string {
  return `${formatTime(condition.seconds)} and noise scale ${number(condition.noise)}`;
}

/** Digits grouped by thousands: `1,920`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number in its shortest form, with a true minus sign. */
export function number(value: number): string {
  return String(value).replace(/^-/, MINUS);
}

/** The text with a capital in front. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `one chip`, `20 chips`. */
export function countOf(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${formatCount(count)} ${noun}s`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).replace(/^-/, MINUS);
}

function signed(value: number, digits: number): string {
  const text = fixed(value, digits);
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}
