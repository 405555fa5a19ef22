import { UsageError } from './errors.ts';

/** Seconds in each unit of a duration, largest first. A year is 365 days. */
const SECONDS: ReadonlyArray<readonly [name: string, seconds: number]> = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/**
 * Reads a duration of the command line: `0s`, `20s`, `90m`, `1h`, `1.5d`, `1y` (365 d).
 * @param where The option that it was given to, for the message.
 * @returns Seconds, >= 0.
 * @throws UsageError if it is anything else.
 */
export function parseDuration(text: string, where = 'duration'): number {
  const match = /^(\d+(?:\.\d+)?)([smhdy])$/u.exec(text.trim());
  const unit = SECONDS.find(([name]) => name === match?.[2]);
  const seconds = match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit[1];
  if (!Number.isFinite(seconds)) {
    throw new UsageError(
      where,
      `must be a number and one of s, m, h, d, y (like 20s, 90m or 1y), got "${text}"; write zero as 0s`,
    );
  }
  return seconds;
}

/** Reads a list of durations, separated by commas, in the order given. @throws UsageError as `parseDuration`, or for a repeated time. */
export function parseDurations(text: string, where = 'durations'): number[] {
  const seconds = text.split(',').map((part) => parseDuration(part, where));
  const repeated = seconds.find((value, i) => seconds.indexOf(value) !== i);
  if (repeated !== undefined) {
    throw new UsageError(
      where,
      `must name each time once, got ${formatDuration(repeated)} twice in "${text}"; leave one out`,
    );
  }
  return seconds;
}

/**
 * Writes seconds as `parseDuration` reads them, in the largest unit that leaves a whole number: `90m`, `30d`, `1y`;
 * seconds with a fraction stay seconds. `parseDuration(formatDuration(s))` is s.
 */
export function formatDuration(seconds: number): string {
  for (const [name, size] of SECONDS) {
    if (seconds > 0 && seconds % size === 0 && seconds / size < 1e15) return `${seconds / size}${name}`;
  }
  return `${plain(seconds)}s`;
}

/** A number without an exponent: 1e-7 as 0.0000001. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e-') ? value.toFixed(20).replace(/0+$/u, '') : text;
}
