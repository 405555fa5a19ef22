import { TABLE_POINTS } from '../core/table.ts';
import { shownNumber } from './fault.ts';
import type { Finding } from './finding.ts';
import type { Law } from './law.ts';

/** What counts as lost: so much of a law's largest value. */
const LOST_SHARE = 0.01;

/**
 * A warning where a law has a peak or a dip between two neighbouring points of the table that cells are simulated by: at a knot of
 * the author's table, or halfway. Steps between the two values pass.
 *
 * @param xs Ascending states of the table: neighbours.
 */
export function unresolved(
  law: Law | null,
  pointer: string,
  xs: readonly number[],
  times: readonly number[],
): Finding[] {
  if (law === null) return [];
  const knots = new Set(law.knots ?? []);
  for (const t of times) {
    const values = xs.map((x) => law.at(x, t));
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 1; i < xs.length; i++) {
      const [left, right] = [xs[i - 1]!, xs[i]!];
      const within = [(left + right) / 2, ...[...knots].filter((x) => x > left && x < right)];
      const [low, high] = [values[i - 1]!, values[i]!].sort((a, b) => a - b) as [number, number];
      for (const x of within) {
        const value = law.at(x, t);
        const off = Math.max(value - high, low - value);
        if (!(off > LOST_SHARE * Math.max(largest, Math.abs(value)))) continue;
        const message = `should have no peak between neighbours of the ${TABLE_POINTS} states that cells are simulated by, got ${shownNumber(value)} at x = ${shownNumber(x)} between ${shownNumber(values[i - 1]!)} and ${shownNumber(values[i]!)}`;
        const cure = 'widen it, or leave it: cells do not have it';
        return [{ severity: 'warning', pointer, message, cure }];
      }
    }
  }
  return [];
}
