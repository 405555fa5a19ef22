import { chiSquareTail } from '../../core/gamma.ts';
import { type Basis, lawAt } from './basis.ts';
import { candidatesOf } from './candidates.ts';
import {
  ABSENT,
  chooseLaws,
  type LawsFit,
  type Place,
  partOf,
  type Slot,
  withPlugged,
  withShapeFree,
} from './choose-laws.ts';
import { driftCdf } from './drift-likelihood.ts';
import { type DriftNoise, driftNoise } from './drift-noise.ts';
import {
  growingTargets,
  growthRefusal,
  leftOutText,
  noisyTargets,
  scatteringTargets,
} from './drift-targets.ts';
import { agesText, type ReadNoiseFit } from './fit-read-noise.ts';
import { DOUBTFUL, uniformGoodness } from './goodness.ts';
import { type FitChoice, type FittedLaw, type Goodness, lawOf, type Refusal } from './parameter.ts';
import type { Data } from './series.ts';

const LEAST_CELLS = 20;
/** Below this scatter squares about lines are chi-square to a hundredth. */
const SMALL = 0.1;
/** Groups of states in a test of fit. */
const MOST_GROUPS = 16;

export interface DriftFit {
  readonly mean: FittedLaw | null;
  readonly std: FittedLaw | null;
  readonly refusals: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  readonly at: (x: number) => { readonly mean: number; readonly std: number };
}

/**
 * Fits mean and spread of the drift exponent by state to cells that are followed over ages. What the read noise adds to a cell's
 * exponent is taken off: by the fitted read noise or, from three ages on, by the scatter about each cell's own line, which is
 * fitted by state with them, and changes from the first age to the last as a line or, from four ages on, a parabola in
 * ln((t + t_c)/t_c).
 */
export function fitDrift(
  data: Data,
  gMax: number,
  referenceSeconds: number,
  readNoise: ReadNoiseFit,
  choice: FitChoice,
): DriftFit {
  const followed = data.cells.filter(
    ({ reads, targetMicrosiemens: target }) =>
      target > 0 && reads.length > 1 && !readNoise.leftOut.includes(target),
  );
  const leftOut = readNoise.law === null ? noisyTargets(followed, referenceSeconds) : [];
  for (;;) {
    const usable = followed.filter(
      ({ reads, targetMicrosiemens: target }) =>
        !leftOut.includes(target) && reads.every(({ values }) => values.every((value) => value > 0)),
    );
    if (usable.length < LEAST_CELLS) return refused(reasonOf(data, usable.length, leftOut));
    const places = usable.map(
      ({ targetMicrosiemens }): Place => ({ x: targetMicrosiemens / gMax, seconds: 0 }),
    );
    const noise = driftNoise(data, usable, places, gMax, referenceSeconds, readNoise);
    const growing = growingTargets(usable, noise, LEAST_CELLS);
    if (growing.length > 0) return refused(growthRefusal(growing));
    const slots = slotsOf(places, noise, choice);
    const likelihood = noise.logLikelihood();
    const chosen = chooseLaws(places, slots, likelihood);
    if (chosen === null) {
      const measure = 'follow more cells over more ages';
      return refused({ why: 'its likelihood has no maximum', measure });
    }
    const scattering = noise.source === 'lines' ? scatteringTargets(usable, places, noise, chosen) : [];
    if (scattering.length > 0) {
      leftOut.push(...scattering);
      continue;
    }
    const scale = slots.map((slot) => slot.scale);
    const fit =
      readNoise.law !== null
        ? withPlugged(chosen, places, scale, readNoise.law, noise.logLikelihood)
        : noise.source === 'lines'
          ? withShapeFree(chosen, places, scale, likelihood)
          : chosen;
    return resultOf(fit, noise, places, leftOut, data.ages, readNoise.restsOn);
  }
}

function resultOf(
  fit: LawsFit,
  noise: DriftNoise,
  places: readonly Place[],
  leftOut: readonly number[],
  ages: readonly number[],
  noiseRestsOn: readonly number[],
): DriftFit {
  const count = places.length;
  const goodness = goodnessOf(fit, noise, places);
  const refusal = refusalOf(fit, noise, goodness, noiseRestsOn);
  const without = leftOutText(leftOut);
  const mean = lawOf(fit, 0, {
    name: 'drift.exponentMean',
    count,
    ages,
    note: noise.source === 'none' ? growthNote(fit, noise, places) : without,
  });
  const stdNote = [heldText(fit), without].filter((part) => part !== null).join('; ') || null;
  const std =
    refusal === null ? lawOf(fit, 1, { name: 'drift.exponentStd', count, ages, note: stdNote }) : null;
  const at = (x: number) => ({
    mean: lawAt(mean.basis, mean.theta, x),
    std: std === null ? 0 : lawAt(std.basis, std.theta, x),
  });
  return { mean, std, refusals: refusal === null ? [] : [refusal], goodness, at };
}

/** At which states exponents spread by nothing. */
function heldText({ held }: LawsFit): string | null {
  if (held.length === 0) return null;
  const short = (value: number) => Number(value.toPrecision(2));
  const levels = held.map(({ x, most }) => `${Number(x.toPrecision(4))} (at most ${short(most)}, 95 %)`);
  return `0, no spread beyond the noise of reads, at x = ${levels.join(', ')}`;
}

function goodnessOf(fit: LawsFit, noise: DriftNoise, places: readonly Place[]): readonly Goodness[] {
  const [meanLaw, stdLaw] = [0, 1].map((k) => {
    const theta = partOf(fit.bases, fit.maximum.theta, k);
    return (x: number) => (theta.length === 0 ? 0 : lawAt(fit.bases[k]!, theta, x));
  }) as [(x: number) => number, (x: number) => number];
  const cells = noise.weighed(fit);
  const uniforms = cells.map((cell, i) => {
    const { x } = places[i]!;
    return driftCdf(cell, meanLaw(x), stdLaw(x));
  });
  const exponents = 'exponents of cells';
  const lines = 'reads about the power law of their cell';
  if (noise.source === 'lines') {
    const squares = cells.map(({ squares: value, degrees }, i) =>
      degrees > 0 && Math.max(...noise.ends(fit, places[i]!)) < SMALL
        ? 1 - chiSquareTail(value, degrees)
        : null,
    );
    return [
      uniformGoodness(exponents, groupsOf(uniforms)),
      uniformGoodness(
        lines,
        groupsOf(squares).map((group) => group.filter((u) => u !== null)),
      ),
    ].filter((each) => each !== null);
  }
  const whole = uniformGoodness(exponents, [uniforms]);
  const degrees = cells.reduce((sum, cell) => sum + cell.degrees, 0);
  const value = cells.reduce((sum, cell) => sum + cell.squares, 0);
  return [
    ...(whole === null ? [] : [whole]),
    ...(noise.source === 'reads' && degrees > 0
      ? [{ of: lines, statistic: 'chi-square', value, degrees, p: chiSquareTail(value, degrees) } as const]
      : []),
  ];
  /** By target, or in equal parts of the states where there are many. */
  function groupsOf<T>(values: readonly T[]): readonly (readonly T[])[] {
    const states = [...new Set(places.map(({ x }) => x))];
    if (states.length <= MOST_GROUPS) {
      return states.map((x) => values.filter((_, i) => places[i]!.x === x));
    }
    const from = (part: number) => Math.floor((part * values.length) / MOST_GROUPS);
    return Array.from({ length: MOST_GROUPS }, (_, part) => values.slice(from(part), from(part + 1)));
  }
}

/** Why the spread of exponents is not known; null where it is. */
function refusalOf(
  fit: LawsFit,
  { source }: DriftNoise,
  goodness: readonly Goodness[],
  noiseRestsOn: readonly number[],
): Refusal | null {
  const parameter = 'drift.exponentStd';
  if (source === 'none') {
    const reads =
      noiseRestsOn.length === 0
        ? 'one read at each'
        : `two reads of a cell only at ${agesText(noiseRestsOn)}`;
    return {
      parameter,
      why: `with two ages and ${reads}, spread of exponents and read noise cannot be told apart`,
      measure: 'read each cell twice at each age, or at three ages',
    };
  }
  const worst = goodness.reduce<Goodness | null>((a, b) => (a === null || b.p < a.p ? b : a), null);
  if (source === 'lines' && worst !== null && worst.p < DOUBTFUL) {
    return {
      parameter,
      why: `${worst.of} do not look like a power law with the scatter that is told from its reads (p = ${Number(worst.p.toPrecision(2))}), so spread of exponents and read noise cannot be told apart`,
      measure: 'read each cell at least twice at each age',
    };
  }
  if (fit.bases[1]!.size > 0) return null;
  return {
    parameter,
    why: 'the exponents of cells differ by no more than the noise of their reads explains',
    measure: 'more cells, later ages or more reads of each',
  };
}

function slotsOf(
  places: readonly Place[],
  { source, cells }: DriftNoise,
  choice: FitChoice,
): readonly Slot[] {
  const states = places.map(({ x }) => x);
  const mean = cells.reduce((sum, { exponent }) => sum + exponent, 0) / cells.length;
  const square = cells.reduce((sum, { exponent }) => sum + (exponent - mean) ** 2, 0) / cells.length;
  const spread = Math.max(Math.sqrt(square), 1e-6);
  const families = (name: string) => candidatesOf(states, cells.length, choice, name);
  const std = families('drift.exponentStd');
  const laws: readonly Slot[] = [
    { name: 'mean', candidates: families('drift.exponentMean'), start: mean, scale: spread, isSpread: false },
    {
      name: 'std',
      candidates: source === 'none' ? std : [...std, ABSENT],
      start: spread,
      scale: spread,
      isSpread: true,
    },
  ];
  if (source !== 'lines') return laws;
  const degrees = cells.reduce((sum, cell) => sum + cell.degrees, 0);
  const squares = cells.reduce((sum, cell) => sum + cell.squares, 0);
  const scatter = Math.max(Math.sqrt(squares / degrees), 1e-6);
  // Rich laws, not those that AIC prefers: what the noise of reads leaves out would pass for spread of exponents.
  const rich = richest(states, cells.length, choice);
  const bends = cells.filter((cell) => cell.degrees > 1).length >= LEAST_CELLS;
  const noise = (name: string, start: number, candidates = [rich]): Slot => {
    return { name, candidates, start, scale: scatter, isSpread: false };
  };
  return [
    ...laws,
    noise('scatter', scatter),
    noise('growth of scatter', 0),
    noise('bend of scatter', 0, bends ? [rich] : [ABSENT]),
  ];
}

/** The richest family that cells and states carry well: of as many parameters as a hundredth of the cells. */
function richest(states: readonly number[], cells: number, choice: FitChoice): Basis {
  const isFree = choice.form !== 'table' && choice.order === null;
  const found = isFree
    ? candidatesOf(states, cells / 10, { form: 'polynomial', order: null }, 'scatter')
    : candidatesOf(states, cells, choice, 'drift.exponentStd');
  return found.at(-1)!;
}

/** How far read noise that grows may move the exponent: its bias -s^2/2, with s^2 at most the variance that is seen over the ages. */
function growthNote(fit: LawsFit, { cells }: DriftNoise, places: readonly Place[]): string {
  const theta = partOf(fit.bases, fit.maximum.theta, 1);
  const most = cells.reduce((found, { variance }, i) => {
    const std = lawAt(fit.bases[1]!, theta, places[i]!.x);
    return Math.max(found, (std * std) / Math.sqrt(2 * variance));
  }, 0);
  return `off by at most ${Number(most.toPrecision(2))} where read noise changes with age, which one read an age does not tell`;
}

function reasonOf(data: Data, cells: number, leftOut: readonly number[]): Omit<Refusal, 'parameter'> {
  if (data.ages.length < 2) {
    return {
      why: `all reads are of one age (${data.ages[0]} s)`,
      measure: 'read the same cells at a second, later age too',
    };
  }
  const left = leftOutText(leftOut);
  return {
    why: `${cells} cells above 0 uS are followed over two ages or more, fewer than ${LEAST_CELLS}${left === null ? '' : ` (${left})`}`,
    measure:
      left === null
        ? `follow at least ${LEAST_CELLS} cells, named in "device", over two ages or more`
        : 'read each cell at least twice at each age',
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
