import type { LawsFit, Place } from './choose-laws.ts';
import { driftedCell } from './drift-likelihood.ts';
import { type DriftNoise, meanLog, timeLog } from './drift-noise.ts';
import type { Series } from './series.ts';

/** Relative std of single reads beyond which ln of them is too far from normal for their scatter to be told from drift. */
const MOST_SCATTER = 0.25;
/** Cells with a read of 0 beyond which those without are no fair sample. */
const MOST_ZEROS = 0.01;

/** Targets whose reads scatter by more than `MOST_SCATTER` about the power law of their cell, or reach 0. */
export function noisyTargets(followed: readonly Series[], referenceSeconds: number): number[] {
  const targets = [...new Set(followed.map(({ targetMicrosiemens }) => targetMicrosiemens))];
  return targets.filter((target) => {
    const own = followed.filter(({ targetMicrosiemens }) => targetMicrosiemens === target);
    const above = own.filter(({ reads }) => reads.every(({ values }) => values.every((value) => value > 0)));
    if (own.length - above.length > MOST_ZEROS * own.length) return true;
    let [squares, degrees] = [0, 0];
    for (const { reads } of above) {
      const cell = driftedCell(
        reads.map(({ seconds, values }) => ({
          l: timeLog(seconds, referenceSeconds),
          y: meanLog(values),
          variance: 1 / values.length,
        })),
      );
      squares += cell.squares;
      degrees += cell.degrees;
    }
    return squares > MOST_SCATTER ** 2 * degrees && degrees > 0;
  });
}

/** Targets whose reads scatter by more than `MOST_SCATTER` at the first or the last age by a fit. */
export function scatteringTargets(
  usable: readonly Series[],
  places: readonly Place[],
  noise: DriftNoise,
  fit: LawsFit,
): readonly number[] {
  const targets = usable.flatMap(({ targetMicrosiemens }, i) =>
    Math.max(...noise.ends(fit, places[i]!)) > MOST_SCATTER ? [targetMicrosiemens] : [],
  );
  return [...new Set(targets)];
}

/** What a reader must know of targets that are left out; null where none is. */
export function leftOutText(leftOut: readonly number[]): string | null {
  if (leftOut.length === 0) return null;
  const names = leftOut.slice(0, 8).map((target) => `${target} uS`);
  return `targets ${names.join(', ')}${leftOut.length > 8 ? ', ...' : ''} left out: single reads scatter by more than ${100 * MOST_SCATTER} % or reach 0`;
}
