import { log } from '../../core/math.ts';
import { lawAt } from './basis.ts';
import { type LawsFit, type Place, partOf } from './choose-laws.ts';
import { type DriftedCell, driftedCell, driftLogLikelihood } from './drift-likelihood.ts';
import type { ReadNoiseFit } from './fit-read-noise.ts';
import type { LikelihoodJob } from './maximise.ts';
import { repeatsOf } from './read-noise-likelihood.ts';
import { type ScatteredCell, scatteredLogLikelihood, weighedCell } from './scattered-cell.ts';
import type { Data, Series } from './series.ts';

type LogLikelihood = LikelihoodJob['logLikelihood'];

/** Cells with a line of three ages or more, from which on the scatter about lines is fitted. */
const LEAST_LINES = 20;
/** A scatter of nothing, where the spread of exponents takes all of it. */
const NONE = 1e-18;

/** What the reads of cells say of drift, by the noise that they are taken to have. */
export interface DriftNoise {
  /**
   * `reads`: the read noise of repeated reads is taken off. `lines`: the scatter of reads about each cell's own line is fitted
   * by state and age. `none`: there is neither, and spread of exponents and noise are one.
   */
  readonly source: 'reads' | 'lines' | 'none';
  /** Each cell as the read noise weighs it; of `lines` and `none` with equal weights and a scatter of 1. */
  readonly cells: readonly DriftedCell[];
  /** By scalars mean, std and, of `lines`, scatter, its growth and its bend; phi: other parameters of the read noise. */
  readonly logLikelihood: (phi?: readonly number[]) => LogLikelihood;
  /** Each cell as the noise of a fit weighs it. */
  readonly weighed: (fit: LawsFit) => readonly DriftedCell[];
  /** Relative std of reads of a cell at the first and the last age, by a fit of `lines`. */
  readonly ends: (fit: LawsFit, place: Place) => readonly [first: number, last: number];
}

/** The logarithm of time that a power law is a line in. */
export function timeLog(seconds: number, referenceSeconds: number): number {
  return log((seconds + referenceSeconds) / referenceSeconds);
}

/** The noise of cells that stand at some places. */
export function driftNoise(
  data: Data,
  usable: readonly Series[],
  places: readonly Place[],
  gMax: number,
  referenceSeconds: number,
  readNoise: ReadNoiseFit,
): DriftNoise {
  const cellsBy = (phi?: readonly number[]) =>
    usable.map((series) => driftedCell(pointsOf(series, gMax, referenceSeconds, readNoise, phi)));
  const cells = cellsBy();
  const scatterOf = ({ bases, maximum }: LawsFit, { x }: Place) =>
    [2, 3, 4].map((k) => lawAt(bases[k]!, partOf(bases, maximum.theta, k), x)) as [number, number, number];
  const ends: DriftNoise['ends'] = (fit, place) => {
    const [first, growth] = scatterOf(fit, place);
    return [first, first + growth];
  };
  if (readNoise.law !== null) {
    const logLikelihood = (phi?: readonly number[]): LogLikelihood => {
      const from = phi === undefined ? cells : cellsBy(phi);
      return (i, s) => driftLogLikelihood(from[i]!, s[0]!, s[1]!);
    };
    return { source: 'reads', cells, logLikelihood, weighed: () => cells, ends };
  }
  if (cells.filter(({ degrees }) => degrees > 0).length < LEAST_LINES) {
    const logLikelihood = (): LogLikelihood => (i, s) => unfolded(cells[i]!, s[0]!, s[1]!);
    const weighed = () => cells.map((cell) => ({ ...cell, variance: NONE, squares: 0 }));
    return { source: 'none', cells, logLikelihood, weighed, ends };
  }
  const range = [data.ages[0]!, data.ages.at(-1)!].map((age) => timeLog(age, referenceSeconds));
  const scattered = usable.map((series) => scatteredOf(series, referenceSeconds, range[0]!, range[1]!));
  const logLikelihood = (): LogLikelihood => (i, s) =>
    scatteredLogLikelihood(scattered[i]!, s[0]!, s[1]!, s[2]!, s[3]!, s[4]!);
  const weighed = (fit: LawsFit) =>
    scattered.map((cell, i) => {
      const [first, growth, bend] = scatterOf(fit, places[i]!);
      return weighedCell(cell, first, growth, bend)!;
    });
  return { source: 'lines', cells, logLikelihood, weighed, ends };
}

/** A cell's points (L, mean of ln g); with known read noise s the bias -s^2/2 - 3 s^4/4 and the variance s^2 + 5 s^4/2 of ln(1 + s z). */
function pointsOf(
  { reads }: Series,
  gMax: number,
  referenceSeconds: number,
  readNoise: ReadNoiseFit,
  phi?: readonly number[],
) {
  return reads.map(({ seconds, values }) => {
    const l = timeLog(seconds, referenceSeconds);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const y = meanLog(values);
    if (readNoise.law === null) return { l, y, variance: 1 / values.length };
    const s2 = readNoise.at(mean / gMax, seconds, phi) ** 2;
    return { l, y: y + s2 / 2 + 0.75 * s2 * s2, variance: (s2 + 2.5 * s2 * s2) / values.length };
  });
}

function scatteredOf(
  { reads }: Series,
  referenceSeconds: number,
  first: number,
  last: number,
): ScatteredCell {
  const l = Float64Array.from(reads, ({ seconds }) => timeLog(seconds, referenceSeconds));
  return {
    l,
    share: l.map((each) => (each - first) / (last - first)),
    y: Float64Array.from(reads, ({ values }) => meanLog(values)),
    count: Float64Array.from(reads, ({ values }) => values.length),
    repeats: reads.flatMap(({ values }, age) =>
      values.length > 1 ? [{ age, reads: repeatsOf(values) }] : [],
    ),
  };
}

/** Mean of ln g over the reads of one age. */
export function meanLog(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
}

function unfolded({ exponent }: DriftedCell, mean: number, std: number): number {
  return std > 0 ? -0.5 * ((exponent - mean) / std) ** 2 - Math.log(std) : Number.NEGATIVE_INFINITY;
}
