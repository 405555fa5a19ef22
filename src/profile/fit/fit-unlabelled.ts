import { normalCdf } from '../../core/distributions.ts';
import { lawAt, polynomialBasis } from './basis.ts';
import { candidatesOf } from './candidates.ts';
import { ABSENT, chooseLaws, type Place, type Slot } from './choose-laws.ts';
import { timeLog } from './drift-noise.ts';
import { emptyTargets, emptyText } from './empty-targets.ts';
import type { WritingFit } from './fit-writing.ts';
import { placeOfCensored, uniformGoodness } from './goodness.ts';
import { LN_ROOT_2PI, logNormalCdf } from './normal-integrals.ts';
import { type FitChoice, type FittedLaw, lawOf, type Refusal } from './parameter.ts';
import type { Data } from './series.ts';

const LEAST_ROWS = 20;

/** What can be told of reads whose cells are not named. */
export interface UnlabelledFit {
  readonly writing: WritingFit;
  readonly exponentMean: FittedLaw | null;
  readonly refusals: readonly Refusal[];
}

/**
 * Fits reads of which it is not known which cell each is of, each taken for another cell: with L = ln((t + t_c)/t_c) and
 * f = exp(-nu(x) L),
 *
 *   m ~ max(0, N((target + shift(x)) f, (std(x)^2 + target^2 v L^2) f^2)).
 *
 * std holds writing and one read, v the growth of the spread by drift and by read noise: those cannot be told apart.
 */
export function fitUnlabelled(
  data: Data,
  gMax: number,
  referenceSeconds: number,
  choice: FitChoice,
  seed: number,
): UnlabelledFit {
  const first = data.ages[0]!;
  const empty = emptyTargets(data.cells);
  const cells = data.cells.filter(({ targetMicrosiemens: target }) => !empty.includes(target));
  const rows = cells.map(({ targetMicrosiemens: target, reads }) => ({
    target,
    l: timeLog(reads[0]!.seconds, referenceSeconds),
    measured: reads[0]!.values[0]!,
  }));
  const drifts = data.ages.length > 1;
  const refusals = refusalsOf(drifts, first);
  if (rows.length < LEAST_ROWS) return tooFew(rows.length, first, refusals);
  const places = cells.map(
    ({ targetMicrosiemens, reads }): Place => ({ x: targetMicrosiemens / gMax, seconds: reads[0]!.seconds }),
  );
  const likelihood = (i: number, s: Float64Array): number => {
    const { mean, std } = momentsOf(rows[i]!, s);
    if (!(std > 0)) return Number.NEGATIVE_INFINITY;
    const { measured } = rows[i]!;
    if (measured === 0) return logNormalCdf(-mean / std);
    return -0.5 * ((measured - mean) / std) ** 2 - Math.log(std) - LN_ROOT_2PI;
  };
  const fit = chooseLaws(places, slotsOf(rows, places, choice, drifts), likelihood);
  if (fit === null) return tooFew(rows.length, first, refusals);
  const count = rows.length;
  const isAlone = fit.bases[0]!.size === 0;
  const left = emptyText(empty);
  const oneRead = 'the noise of one read is part of it: without "device" it cannot be told from writing';
  const note = left === null ? oneRead : `${oneRead}; ${left}`;
  const { ages } = data;
  const std = lawOf(fit, 1, { name: 'writing.std', count, ages, note });
  const meanShift = isAlone ? null : lawOf(fit, 0, { name: 'writing.meanShift', count, ages, note: left });
  const meanNote = 'of the mean over cells; each row taken for another cell';
  const exponentMean = drifts
    ? lawOf(fit, 2, { name: 'drift.exponentMean', count, ages, note: meanNote })
    : null;
  const scored = rows.map((row, i) => {
    const { x, seconds } = places[i]!;
    let offset = 0;
    const s = Float64Array.from(fit.bases, (basis) => {
      const part = fit.maximum.theta.slice(offset, offset + basis.size);
      offset += basis.size;
      return lawAt(basis, part, x, seconds);
    });
    const { mean, std: all } = momentsOf(row, s);
    const z = (row.measured - mean) / all;
    return {
      x,
      z,
      u: row.measured > 0 ? normalCdf(z) : normalCdf(z) * placeOfCensored(seed, i),
      isZero: row.measured === 0,
    };
  });
  const goodness = uniformGoodness('cells', [scored.map(({ u }) => u)]);
  const residuals = scored.filter(({ isZero }) => !isZero);
  const writing: WritingFit = {
    std,
    meanShift,
    refusals: [],
    goodness: goodness === null ? [] : [goodness],
    seconds: first,
    censored: rows.length - residuals.length,
    residuals,
  };
  return { writing, exponentMean, refusals };
}

interface Row {
  readonly target: number;
  readonly l: number;
  readonly measured: number;
}

/** Mean and std of a read by the scalars shift, std, exponent and growth. */
function momentsOf({ target, l }: Row, s: Float64Array): { readonly mean: number; readonly std: number } {
  const factor = Math.exp(-(s[2] ?? 0) * l);
  const variance = s[1]! * s[1]! + target * target * (s[3] ?? 0) * l * l;
  return {
    mean: (target + s[0]!) * factor,
    std: s[1]! > 0 && variance > 0 ? Math.sqrt(variance) * factor : Number.NaN,
  };
}

function slotsOf(
  rows: readonly Row[],
  places: readonly Place[],
  choice: FitChoice,
  drifts: boolean,
): readonly Slot[] {
  const states = places.map(({ x }) => x);
  const square = rows.reduce((sum, { target, measured }) => sum + (measured - target) ** 2, 0);
  const spread = Math.max(Math.sqrt(square / rows.length), 1e-9);
  const families = (name: string) => candidatesOf(states, rows.length, choice, name);
  const written: Slot[] = [
    {
      name: 'shift',
      candidates: [ABSENT, ...families('writing.meanShift')],
      start: 0,
      scale: spread,
      isSpread: false,
    },
    { name: 'std', candidates: families('writing.std'), start: spread, scale: spread, isSpread: true },
  ];
  if (!drifts) return written;
  return [
    ...written,
    {
      name: 'exponent',
      candidates: families('drift.exponentMean'),
      start: 0.01,
      scale: 0.01,
      isSpread: false,
    },
    {
      name: 'growth',
      candidates: [ABSENT, polynomialBasis(0, 0, 1)],
      start: 1e-5,
      scale: 1e-4,
      isSpread: false,
    },
  ];
}

function refusalsOf(drifts: boolean, first: number): readonly Refusal[] {
  const device = 'name the cell of each row in "device"';
  const oneAge: Refusal = {
    parameter: 'drift.exponentMean',
    why: `all reads are of one age (${first} s)`,
    measure: 'read cells at a second, later age too',
  };
  return [
    ...(drifts ? [] : [oneAge]),
    {
      parameter: 'drift.exponentStd',
      why: drifts
        ? 'without a column "device" the spread of exponents and read noise that grows cannot be told apart'
        : `all reads are of one age (${first} s)`,
      measure: `${device}, and follow cells over ages`,
    },
    {
      parameter: 'readNoise.std',
      why: 'without a column "device" read noise and writing spread cannot be told apart',
      measure: `${device}, and read each cell at least twice at one age`,
    },
  ];
}

function tooFew(rows: number, seconds: number, others: readonly Refusal[]): UnlabelledFit {
  const why = rows < LEAST_ROWS ? `${rows} reads, fewer than ${LEAST_ROWS}` : 'its likelihood has no maximum';
  const own = (['writing.std', 'writing.meanShift'] as const).map(
    (parameter): Refusal => ({
      parameter,
      why,
      measure: `read at least ${LEAST_ROWS} cells, over several targets`,
    }),
  );
  const writing = {
    std: null,
    meanShift: null,
    refusals: own,
    goodness: [],
    seconds,
    censored: 0,
    residuals: [],
  };
  const rest = others.filter(({ parameter }) => parameter !== 'drift.exponentMean');
  const drift: Refusal = { parameter: 'drift.exponentMean', why, measure: own[0]!.measure };
  return { writing, exponentMean: null, refusals: [drift, ...rest] };
}
