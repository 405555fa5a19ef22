import type { LawsFit, Place } from './choose-laws.ts';
import { driftedCell } from './drift-likelihood.ts';
import { type DriftNoise, meanLog, timeLog } from './drift-noise.ts';
import type { Refusal } from './parameter.ts';
import type { Series } from './series.ts';

/** Relative std of single reads beyond which ln of them is too far from normal for their scatter to be told from drift. */
const MOST_SCATTER = 0.25;
/** Standard errors by which a mean exponent below 0 is no chance. */
const MOST_ERRORS = 5;
/** Cells with a read of 0 beyond which those without are no fair sample. */
const MOST_ZEROS = 0.01;

/** Targets whose reads scatter by more than `MOST_SCATTER` about the power law of their cell, or reach 0. */
export function noisyTargets(followed: readonly Series[], referenceSeconds: number): number[] {
  return [...byTarget(followed)]
    .filter(([, places]) => {
      const own = places.map((i) => followed[i]!);
      const above = own.filter(({ reads }) =>
        reads.every(({ values }) => values.every((value) => value > 0)),
      );
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
    })
    .map(([target]) => target);
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

/**
 * Targets whose cells gain conductance with age, by more than `MOST_ERRORS` standard errors of their mean exponent.
 * @param least Cells that a target needs to be judged.
 */
export function growingTargets(
  usable: readonly Series[],
  { cells }: Pick<DriftNoise, 'cells'>,
  least: number,
): readonly number[] {
  return [...byTarget(usable)]
    .filter(([, own]) => {
      if (own.length < least) return false;
      const mean = own.reduce((sum, i) => sum + cells[i]!.exponent, 0) / own.length;
      const square = own.reduce((sum, i) => sum + (cells[i]!.exponent - mean) ** 2, 0);
      return mean < -MOST_ERRORS * Math.sqrt(square / (own.length - 1) / own.length);
    })
    .map(([target]) => target);
}

/** Which of some cells each target has, by their places. */
export function byTarget(
  cells: readonly Pick<Series, 'targetMicrosiemens'>[],
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  cells.forEach(({ targetMicrosiemens: target }, i) => {
    const own = found.get(target);
    if (own === undefined) found.set(target, [i]);
    else own.push(i);
  });
  return found;
}

/** Why such cells have no power law: the exponent of a profile is a magnitude. */
export function growthRefusal(targets: readonly number[]): Omit<Refusal, 'parameter'> {
  return {
    why: `cells of ${targetsText(targets)} gain conductance with age, and a power law of drift only loses it`,
    measure: 'give "writing" a "meanShift" by ages in the profile instead',
  };
}

/** "5 uS, 10 uS", the first eight of them. */
export function targetsText(targets: readonly number[]): string {
  const names = targets.slice(0, 8).map((target) => `${target} uS`);
  return `${names.join(', ')}${targets.length > 8 ? ', ...' : ''}`;
}

/** What a reader must know of targets that are left out; null where none is. */
export function leftOutText(leftOut: readonly number[]): string | null {
  if (leftOut.length === 0) return null;
  return `targets ${targetsText(leftOut)} left out: single reads scatter by more than ${100 * MOST_SCATTER} % or reach 0`;
}
