import { fitDrift } from './fit-drift.ts';
import { fitReadNoise, knownAt } from './fit-read-noise.ts';
import { fitUnlabelled } from './fit-unlabelled.ts';
import { fitWriting, type WritingFit } from './fit-writing.ts';
import type { FitChoice, FittedLaw, Goodness, Refusal } from './parameter.ts';
import type { Data } from './series.ts';

/** What to fit. */
export interface FitJob extends FitChoice {
  readonly data: Data;
  readonly gMaxMicrosiemens: number;
  /** t_c: from writing to the reference read, from which the ages of the data count. */
  readonly referenceSeconds: number;
  /** Of the places that censored cells are given in goodness of fit. */
  readonly seed: number;
}

/** The laws of a device that measurements support, and what they do not. */
export interface DeviceFit {
  readonly laws: readonly FittedLaw[];
  readonly refusals: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  readonly writing: WritingFit;
}

/**
 * Maximum-likelihood fit of read noise, drift and writing, in that order: each is a likelihood that does not depend on the
 * laws that come after it (ratios of a cell's reads at one age; a cell's exponent; its first reads), and the uncertainty of
 * the laws before it is carried on. Read noise is taken off at ages at which it is known: from the first to the last age at
 * which cells are read twice. Cells that read 0 are censored.
 * @throws UsageError where a form is asked for that the data cannot carry
 */
export function fitDevice({
  data,
  gMaxMicrosiemens: gMax,
  referenceSeconds,
  seed,
  ...choice
}: FitJob): DeviceFit {
  if (!data.hasDevices) {
    const { writing, exponentMean, refusals } = fitUnlabelled(data, gMax, referenceSeconds, choice, seed);
    const laws = [writing.std, writing.meanShift, exponentMean];
    return {
      laws: laws.filter((law) => law !== null),
      refusals: [...writing.refusals, ...refusals],
      goodness: writing.goodness,
      writing,
    };
  }
  const readNoise = fitReadNoise(data, gMax, referenceSeconds, choice);
  const drift = fitDrift(data, gMax, referenceSeconds, knownAt(readNoise, data), choice);
  const known = knownAt(readNoise, data, data.ages.slice(0, 1));
  const writing = fitWriting(data, gMax, referenceSeconds, known, drift, choice, seed);
  const laws = [writing.std, writing.meanShift, drift.mean, drift.std, readNoise.law];
  return {
    laws: laws.filter((law) => law !== null),
    refusals: [...writing.refusals, ...drift.refusals, ...readNoise.refusals],
    goodness: [...writing.goodness, ...drift.goodness, ...readNoise.goodness],
    writing,
  };
}
