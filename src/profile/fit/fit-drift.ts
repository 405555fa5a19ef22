import { chiSquareTail } from '../../core/gamma.ts';
import { log } from '../../core/math.ts';
import { lawAt, polynomialBasis } from './basis.ts';
import { candidatesOf } from './candidates.ts';
import { ABSENT, chooseLaws, type LawsFit, type Place, type Slot, withPlugged } from './choose-laws.ts';
import { type DriftedCell, driftCdf, driftedCell, driftLogLikelihood } from './drift-likelihood.ts';
import type { ReadNoiseFit } from './fit-read-noise.ts';
import { uniformGoodness } from './goodness.ts';
import { type FitChoice, type FittedLaw, type Goodness, lawOf, type Refusal } from './parameter.ts';
import type { Data, Series } from './series.ts';

const LEAST_CELLS = 20;
/** A scatter of nothing, where the spread of exponents takes all of it. */
const NONE = 1e-9;

export interface DriftFit {
  readonly mean: FittedLaw | null;
  readonly std: FittedLaw | null;
  readonly refusals: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  readonly at: (x: number) => { readonly mean: number; readonly std: number };
}

/** The logarithm of time that a power law is a line in. */
export function timeLog(seconds: number, referenceSeconds: number): number {
  return log((seconds + referenceSeconds) / referenceSeconds);
}

/**
 * Fits mean and spread of the drift exponent by state to cells that are followed over ages. What the read noise adds to a cell's
 * exponent is taken off, by the fitted read noise or, from three ages on, by the scatter about each cell's own line.
 */
export function fitDrift(
  data: Data,
  gMax: number,
  referenceSeconds: number,
  readNoise: ReadNoiseFit,
  choice: FitChoice,
): DriftFit {
  const usable = data.cells.filter(
    ({ reads, targetMicrosiemens: target }) =>
      target > 0 &&
      reads.length > 1 &&
      !readNoise.leftOut.includes(target) &&
      reads.every(({ values }) => values.every((value) => value > 0)),
  );
  if (usable.length < LEAST_CELLS) return refused(reasonOf(data, usable.length));
  const places = usable.map(
    ({ targetMicrosiemens }): Place => ({ x: targetMicrosiemens / gMax, seconds: 0 }),
  );
  const cellsBy = (theta?: readonly number[]) =>
    usable.map((series) => driftedCell(pointsOf(series, gMax, referenceSeconds, readNoise, theta)));
  const cells = cellsBy();
  const isKnown = readNoise.law !== null;
  const hasLine = cells.some(({ degrees }) => degrees > 0);
  const slots = slotsOf(places, cells, choice, isKnown, hasLine);
  const likelihoodOf = (from: readonly DriftedCell[]) => (i: number, s: Float64Array) =>
    isKnown || hasLine
      ? driftLogLikelihood(from[i]!, s[0]!, s[1]!, isKnown ? 1 : s[2]!)
      : unfolded(from[i]!, s[0]!, s[1]!);
  const chosen = chooseLaws(places, slots, likelihoodOf(cells));
  if (chosen === null) {
    const measure = 'follow more cells over more ages';
    return refused({ why: 'its likelihood has no maximum', measure });
  }
  const scale = slots.map((slot) => slot.scale);
  const fit = isKnown
    ? withPlugged(chosen, places, scale, readNoise.law, (phi) => likelihoodOf(cellsBy(phi)))
    : chosen;
  return resultOf(fit, cells, places, isKnown, hasLine);
}

function resultOf(
  fit: LawsFit,
  cells: readonly DriftedCell[],
  places: readonly Place[],
  isKnown: boolean,
  hasLine: boolean,
): DriftFit {
  const meanLaw = lawOf(fit, 0, { name: 'drift.exponentMean', count: cells.length, note: null });
  const hasStd = fit.bases[1]!.size > 0 && (isKnown || hasLine);
  const stdLaw = hasStd
    ? lawOf(fit, 1, { name: 'drift.exponentStd', count: cells.length, note: null })
    : null;
  const at = (x: number) => ({
    mean: lawAt(meanLaw.basis, meanLaw.theta, x),
    std: stdLaw === null ? 0 : lawAt(stdLaw.basis, stdLaw.theta, x),
  });
  const scatter = isKnown ? 1 : hasLine ? fit.maximum.theta.at(-1)! : NONE;
  const seen = lawOf(fit, 1, { name: 'drift.exponentStd', count: 0, note: null });
  const uniforms = cells.map((cell, i) => {
    const { x } = places[i]!;
    const std = seen.basis.size === 0 ? 0 : lawAt(seen.basis, seen.theta, x);
    return driftCdf(cell, at(x).mean, std, scatter);
  });
  const exponents = uniformGoodness('exponents of cells', uniforms, fit.maximum.theta.length);
  const degrees = cells.reduce((sum, cell) => sum + cell.degrees, 0);
  const value = cells.reduce((sum, cell) => sum + cell.squares, 0);
  const lines: Goodness[] =
    isKnown && degrees > 0
      ? [
          {
            of: 'reads about the power law of their cell',
            statistic: 'chi-square',
            value,
            degrees,
            p: chiSquareTail(value, degrees),
          },
        ]
      : [];
  const refusals: Refusal[] = hasStd
    ? []
    : [
        isKnown || hasLine
          ? {
              parameter: 'drift.exponentStd',
              why: 'the exponents of cells differ by no more than the noise of their reads explains',
              measure: 'more cells, later ages or more reads of each',
            }
          : {
              parameter: 'drift.exponentStd',
              why: 'with two ages and one read at each, spread of exponents and read noise cannot be told apart',
              measure: 'read each cell twice at one age, or at three ages',
            },
      ];
  return {
    mean: meanLaw,
    std: stdLaw,
    refusals,
    goodness: [...(exponents === null ? [] : [exponents]), ...lines],
    at,
  };
}

function slotsOf(
  places: readonly Place[],
  cells: readonly DriftedCell[],
  choice: FitChoice,
  isKnown: boolean,
  hasLine: boolean,
): readonly Slot[] {
  const states = places.map(({ x }) => x);
  const mean = cells.reduce((sum, { exponent }) => sum + exponent, 0) / cells.length;
  const square = cells.reduce((sum, { exponent }) => sum + (exponent - mean) ** 2, 0) / cells.length;
  const spread = Math.max(Math.sqrt(square), 1e-6);
  const degrees = cells.reduce((sum, cell) => sum + cell.degrees, 0);
  const scatter = Math.sqrt(cells.reduce((sum, cell) => sum + cell.squares, 0) / Math.max(1, degrees));
  const families = (name: string) => candidatesOf(states, cells.length, choice, name);
  const scatterSlot: Slot = {
    name: 'scatter',
    candidates: [polynomialBasis(0, 0, 1)],
    start: Math.max(scatter, 1e-6),
    scale: Math.max(scatter, 1e-6),
    isSpread: true,
  };
  return [
    { name: 'mean', candidates: families('drift.exponentMean'), start: mean, scale: spread, isSpread: false },
    {
      name: 'std',
      candidates: [...families('drift.exponentStd'), ...(isKnown || hasLine ? [ABSENT] : [])],
      start: spread,
      scale: spread,
      isSpread: true,
    },
    ...(isKnown || !hasLine ? [] : [scatterSlot]),
  ];
}

/** A cell's points (L, mean of ln g); with known read noise s the bias -s^2/2 - 3 s^4/4 and the variance s^2 + 5 s^4/2 of ln(1 + s z). */
function pointsOf(
  { reads }: Series,
  gMax: number,
  referenceSeconds: number,
  readNoise: ReadNoiseFit,
  theta?: readonly number[],
) {
  return reads.map(({ seconds, values }) => {
    const l = timeLog(seconds, referenceSeconds);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const y = values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
    if (readNoise.law === null) return { l, y, variance: 1 / values.length };
    const s2 = readNoise.at(mean / gMax, seconds, theta) ** 2;
    return { l, y: y + s2 / 2 + 0.75 * s2 * s2, variance: (s2 + 2.5 * s2 * s2) / values.length };
  });
}

function unfolded({ exponent }: DriftedCell, mean: number, std: number): number {
  return std > 0 ? -0.5 * ((exponent - mean) / std) ** 2 - Math.log(std) : Number.NEGATIVE_INFINITY;
}

function reasonOf(data: Data, cells: number): Omit<Refusal, 'parameter'> {
  if (data.ages.length < 2) {
    return {
      why: `all reads are of one age (${data.ages[0]} s)`,
      measure: 'read the same cells at a second, later age too',
    };
  }
  return {
    why: `${cells} cells above 0 uS are followed over two ages or more, fewer than ${LEAST_CELLS}`,
    measure: `follow at least ${LEAST_CELLS} cells, named in "device", over two ages or more`,
  };
}

function refused(reason: Omit<Refusal, 'parameter'>): DriftFit {
  const names = ['drift.exponentMean', 'drift.exponentStd'] as const;
  return {
    mean: null,
    std: null,
    refusals: names.map((parameter) => ({ parameter, ...reason })),
    goodness: [],
    at: () => ({ mean: 0, std: 0 }),
  };
}
