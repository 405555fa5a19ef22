import { byTarget, targetsText } from './drift-targets.ts';
import type { Series } from './series.ts';

/** Cells that tell an empty level from one of which chance has read a few at 0. */
const LEAST_CELLS = 20;

/**
 * Targets of many cells that all read 0 at first: how far below 0 they were written such reads do not say, and a likelihood of
 * them has no maximum.
 */
export function emptyTargets(cells: readonly Series[]): readonly number[] {
  return [...byTarget(cells)]
    .filter(([, own]) => {
      const isEmpty = own.every((i) => cells[i]!.reads[0]!.values.every((g) => g === 0));
      return own.length >= LEAST_CELLS && isEmpty;
    })
    .map(([target]) => target);
}

/** What a reader must know of them; null where there are none. */
export function emptyText(targets: readonly number[]): string | null {
  return targets.length === 0 ? null : `targets ${targetsText(targets)} left out: all of their cells read 0`;
}
