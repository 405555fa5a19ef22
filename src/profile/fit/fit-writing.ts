import { formatDuration } from '../../core/duration.ts';
import { lawAt } from './basis.ts';
import { candidatesOf } from './candidates.ts';
import { ABSENT, chooseLaws, type LawsFit, type Place, type Slot, withPlugged } from './choose-laws.ts';
import { timeLog } from './drift-noise.ts';
import { emptyTargets, emptyText } from './empty-targets.ts';
import type { DriftFit } from './fit-drift.ts';
import type { ReadNoiseFit } from './fit-read-noise.ts';
import { placeOfCensored, uniformGoodness } from './goodness.ts';
import { type FitChoice, type FittedLaw, type Goodness, lawOf, type Refusal } from './parameter.ts';
import type { Data, Series } from './series.ts';
import { type WrittenCell, writtenCdf, writtenLogLikelihood } from './writing-likelihood.ts';

const LEAST_CELLS = 20;
/** Relative errors that are rounding. */
const EXACT = 1e-6;
/** Relative step of a derivative by conductance. */
const STEP = 0.01;

export interface WritingFit {
  readonly std: FittedLaw | null;
  readonly meanShift: FittedLaw | null;
  readonly refusals: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  /** The age at which the cells were seen. */
  readonly seconds: number;
  /** How many of them were read as 0: censored. */
  readonly censored: number;
  /** Errors about the target in standard deviations of what is fitted, by cell. */
  readonly residuals: readonly { readonly x: number; readonly z: number }[];
}

/**
 * Fits shift of the mean and std of writing by state to the first age of each cell. The noise of the reads, where it is
 * known, and of drift until that age are taken off.
 */
export function fitWriting(
  data: Data,
  gMax: number,
  referenceSeconds: number,
  readNoise: ReadNoiseFit,
  drift: DriftFit,
  choice: FitChoice,
  seed: number,
): WritingFit {
  const seconds = data.ages[0]!;
  const seen = data.cells.filter(
    ({ reads, targetMicrosiemens: target }) =>
      reads[0]!.seconds === seconds && !readNoise.leftOut.includes(target),
  );
  const empty = emptyTargets(seen);
  const usable = seen.filter(({ targetMicrosiemens: target }) => !empty.includes(target));
  if (usable.length < LEAST_CELLS) {
    const text = emptyText(empty);
    const without = text === null ? '' : ` (${text})`;
    const why = `${usable.length} cells are read at the first age (${seconds} s), fewer than ${LEAST_CELLS}${without}`;
    const measure = `read at least ${LEAST_CELLS} cells at that age, over several targets`;
    return refused(seconds, { why, measure });
  }
  const places = usable.map(({ targetMicrosiemens }): Place => ({ x: targetMicrosiemens / gMax, seconds }));
  const cellsBy = (theta?: readonly number[]) =>
    usable.map((series) =>
      written(series, gMax, timeLog(seconds, referenceSeconds), readNoise, drift, theta),
    );
  const cells = cellsBy();
  const slots = slotsOf(places, cells, choice);
  const likelihoodOf = (from: readonly WrittenCell[]) => (i: number, s: Float64Array) =>
    writtenLogLikelihood(from[i]!, s[0]!, s[1]!);
  const chosen = chooseLaws(places, slots, likelihoodOf(cells));
  if (chosen === null) {
    const isExact = cells.every(({ meanMicrosiemens: mean, factor, targetMicrosiemens: target }) => {
      return Math.abs(mean / factor - target) <= EXACT * target;
    });
    return refused(
      seconds,
      isExact
        ? {
            why: 'cells read their targets to the last digit',
            measure: 'record what was read, not the target',
          }
        : { why: 'its likelihood has no maximum', measure: 'write more cells, to more targets' },
    );
  }
  const fit =
    readNoise.law === null
      ? chosen
      : withPlugged(
          chosen,
          places,
          slots.map(({ scale }) => scale),
          readNoise.law,
          (phi) => likelihoodOf(cellsBy(phi)),
        );
  return resultOf(fit, cells, places, seconds, readNoise, seed, empty);
}

function resultOf(
  fit: LawsFit,
  cells: readonly WrittenCell[],
  places: readonly Place[],
  seconds: number,
  readNoise: ReadNoiseFit,
  seed: number,
  empty: readonly number[],
): WritingFit {
  const where = readNoise.restsOn.length === 0 ? '' : ` at ${formatDuration(seconds)}`;
  const left = emptyText(empty);
  const oneRead =
    readNoise.law === null
      ? [`the noise of one read is part of it: no read noise is known${where} to take off`]
      : [];
  const note = [...oneRead, ...(left === null ? [] : [left])].join('; ') || null;
  const ages = [seconds];
  const std = lawOf(fit, 1, { name: 'writing.std', count: cells.length, ages, note });
  const meanShift =
    fit.bases[0]!.size === 0
      ? null
      : lawOf(fit, 0, {
          name: 'writing.meanShift',
          count: cells.length,
          ages,
          note: left,
        });
  const laws = places.map(({ x }) => ({
    shift: meanShift === null ? 0 : lawAt(meanShift.basis, meanShift.theta, x),
    std: lawAt(std.basis, std.theta, x),
  }));
  const uniforms = cells.map((cell, i) => {
    const below = writtenCdf(cell, laws[i]!.shift, laws[i]!.std);
    return cell.meanMicrosiemens > 0 ? below : below * placeOfCensored(seed, i);
  });
  const goodness = uniformGoodness('written cells', [uniforms]);
  const residuals = cells.flatMap((cell, i) => {
    if (cell.meanMicrosiemens === 0) return [];
    const error = cell.meanMicrosiemens / cell.factor - cell.targetMicrosiemens - laws[i]!.shift;
    const all = Math.hypot(laws[i]!.std, (cell.relative * cell.meanMicrosiemens) / cell.factor);
    return [{ x: places[i]!.x, z: error / all }];
  });
  const censored = cells.length - residuals.length;
  return {
    std,
    meanShift,
    refusals: [],
    goodness: goodness === null ? [] : [goodness],
    seconds,
    censored,
    residuals,
  };
}

/** A cell at its first age: the mean of its reads there. */
function written(
  { targetMicrosiemens, reads }: Series,
  gMax: number,
  elapsed: number,
  readNoise: ReadNoiseFit,
  drift: DriftFit,
  theta?: readonly number[],
): WrittenCell {
  const { values, seconds } = reads[0]!;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const exponent = drift.at(targetMicrosiemens / gMax);
  const readAt = (g: number) =>
    readNoise.law === null ? 0 : readNoise.at(g / gMax, seconds, theta) / Math.sqrt(values.length);
  const read = readAt(mean);
  const relative = Math.hypot(read, elapsed * exponent.std);
  const readSlope = (readAt(mean * (1 + STEP)) - readAt(mean * (1 - STEP))) / (2 * STEP);
  return {
    targetMicrosiemens,
    meanMicrosiemens: mean,
    factor: Math.exp(-elapsed * exponent.mean),
    relative,
    relativeSlope: relative === 0 ? 0 : (read / relative) * readSlope,
  };
}

function slotsOf(
  places: readonly Place[],
  cells: readonly WrittenCell[],
  choice: FitChoice,
): readonly Slot[] {
  const states = places.map(({ x }) => x);
  const square = cells.reduce((sum, cell) => {
    const error = cell.meanMicrosiemens / cell.factor - cell.targetMicrosiemens;
    return sum + error * error;
  }, 0);
  const spread = Math.max(Math.sqrt(square / cells.length), 1e-9);
  const families = (name: string) => candidatesOf(states, cells.length, choice, name);
  return [
    {
      name: 'shift',
      candidates: [ABSENT, ...families('writing.meanShift')],
      start: 0,
      scale: spread,
      isSpread: false,
    },
    { name: 'std', candidates: families('writing.std'), start: spread, scale: spread, isSpread: true },
  ];
}

function refused(seconds: number, reason: Omit<Refusal, 'parameter'>): WritingFit {
  const names = ['writing.std', 'writing.meanShift'] as const;
  const refusals = names.map((parameter) => ({ parameter, ...reason }));
  return { std: null, meanShift: null, refusals, goodness: [], seconds, censored: 0, residuals: [] };
}
