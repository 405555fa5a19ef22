import { formatDuration } from '../../core/duration.ts';
import { chiSquareTail } from '../../core/gamma.ts';
import { type Basis, byAges, lawAt } from './basis.ts';
import { candidatesOf } from './candidates.ts';
import { chooseLaws, type Place } from './choose-laws.ts';
import { timeLog } from './drift-noise.ts';
import { byTarget, targetsText } from './drift-targets.ts';
import { uniformGoodness } from './goodness.ts';
import { type FitChoice, type FittedLaw, type Goodness, lawOf, type Refusal } from './parameter.ts';
import { type Repeats, repeatsLogLikelihood, repeatsOf } from './read-noise-likelihood.ts';
import type { Data } from './series.ts';

/** Relative scatter beyond which reads of a state say too little: the likelihood is right for small spreads. */
const MOST_RELATIVE = 0.3;
const LEAST_GROUPS = 20;
/** Relative scatter that is rounding and no noise. */
const LEAST_SCATTER = 1e-9;
/** Reads below this scatter have sums of squares that are chi-square to a hundredth. */
const SMALL = 0.1;

export interface ReadNoiseFit {
  readonly law: FittedLaw | null;
  readonly refusals: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  /** Targets whose reads scatter too much to be used. */
  readonly leftOut: readonly number[];
  /** Ages at which enough cells are read twice, ascending; between them the law is taken to be straight in ln(t + t_c). */
  readonly restsOn: readonly number[];
  /** Relative std of one read at a state and an age from the first to the last of those. */
  readonly at: (x: number, seconds: number, theta?: readonly number[]) => number;
}

interface Group extends Place {
  readonly target: number;
  readonly repeats: Repeats;
  readonly hasZero: boolean;
}

/**
 * Fits the relative std of reads by state (and by age, where AIC prefers that) to reads of one cell at one age, of the ages
 * that have enough of them.
 */
export function fitReadNoise(
  data: Data,
  gMax: number,
  referenceSeconds: number,
  choice: FitChoice,
): ReadNoiseFit {
  const groups = groupsOf(data, gMax);
  const leftOut = noisyTargets(groups);
  const sound = groups.filter(({ target, hasZero }) => !hasZero && !leftOut.includes(target));
  const restsOn = agesOf(sound);
  const used = sound.filter(({ seconds }) => restsOn.includes(seconds));
  const refuse = (why: string, measure: string): ReadNoiseFit => ({
    law: null,
    refusals: [{ parameter: 'readNoise.std', why, measure }],
    goodness: [],
    leftOut: [],
    restsOn: [],
    at: () => 0,
  });
  if (!data.hasDevices) {
    const why = 'without a column "device" read noise and writing spread cannot be told apart';
    return refuse(why, 'name the cell of each row in "device", and read each cell at least twice at one age');
  }
  if (groups.length === 0) {
    return refuse('no cell is read twice at one age', 'read each cell at least twice at each age');
  }
  if (used.length < LEAST_GROUPS) {
    const why = `${used.length} cells are read twice at one age with a scatter below ${100 * MOST_RELATIVE} %, fewer than ${LEAST_GROUPS}`;
    return refuse(why, `read at least ${LEAST_GROUPS} cells twice at one age`);
  }
  if (pooled(used) <= LEAST_SCATTER) {
    const why = 'the reads of one cell at one age are all alike';
    return refuse(why, 'record more digits; or leave read noise out, for there is none to be seen');
  }
  const slots = [
    {
      name: 'std',
      candidates: families(used, restsOn, choice),
      start: pooled(used),
      scale: pooled(used),
      isSpread: true,
    },
  ];
  const fit = chooseLaws(used, slots, (i, s) => repeatsLogLikelihood(used[i]!.repeats, s[0]!));
  if (fit === null) return refuse('its likelihood has no maximum', 'read more cells, each several times');
  const heldAt = data.ages.filter((age) => age < restsOn[0]! || age > restsOn.at(-1)!);
  const note = noteOf(restsOn, heldAt, leftOut);
  const law = lawOf(fit, 0, { name: 'readNoise.std', count: used.length, ages: restsOn, heldAt, note });
  const at = (x: number, seconds: number, theta = law.theta) =>
    lawBetween(law.basis, theta, x, seconds, referenceSeconds);
  const uniforms = used.flatMap(({ x, seconds, repeats: { count, squares } }) => {
    const s = at(x, seconds);
    return s > SMALL ? [] : [1 - chiSquareTail((squares - count) / (s * s), count - 1)];
  });
  const goodness = uniformGoodness('reads about the mean of their cell', [uniforms]);
  return { law, refusals: [], goodness: goodness === null ? [] : [goodness], leftOut, restsOn, at };
}

/**
 * The fit where it knows the noise at all of some ages; where it does not a fit without a law. Ages at which few cells are read
 * do not count: there it is held.
 */
export function knownAt(fit: ReadNoiseFit, data: Data, of: readonly number[] = data.ages): ReadNoiseFit {
  const reads = new Map<number, number>();
  for (const cell of data.cells)
    for (const { seconds } of cell.reads) reads.set(seconds, (reads.get(seconds) ?? 0) + 1);
  const ages = of.filter((age) => reads.get(age)! >= LEAST_GROUPS);
  const { law, restsOn } = fit;
  const knows = law !== null && ages.every((age) => age >= restsOn[0]! && age <= restsOn.at(-1)!);
  return knows ? fit : { ...fit, law: null, at: () => 0 };
}

/** "0s, 1h". */
export function agesText(ages: readonly number[]): string {
  const shown = ages.slice(0, 8).map(formatDuration).join(', ');
  return ages.length > 8 ? `${shown}, ...` : shown;
}

/** Ages with as many groups as a law needs; where no age has, all that have any. */
function agesOf(groups: readonly Group[]): readonly number[] {
  const ages = [...new Set(groups.map(({ seconds }) => seconds))].sort((a, b) => a - b);
  const full = ages.filter((age) => groups.filter(({ seconds }) => seconds === age).length >= LEAST_GROUPS);
  return full.length > 0 ? full : ages;
}

function groupsOf(data: Data, gMax: number): readonly Group[] {
  return data.cells.flatMap(({ targetMicrosiemens: target, reads }) =>
    reads.flatMap(({ seconds, values }): Group[] => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      if (values.length < 2 || mean === 0) return [];
      return [{ x: mean / gMax, seconds, target, repeats: repeatsOf(values), hasZero: values.includes(0) }];
    }),
  );
}

/** Targets at which reads scatter by more than `MOST_RELATIVE`, or more than one group in a hundred has a read of 0. */
function noisyTargets(groups: readonly Group[]): readonly number[] {
  return [...byTarget(groups.map(({ target }) => ({ targetMicrosiemens: target })))]
    .filter(([, places]) => {
      const own = places.map((i) => groups[i]!);
      return pooled(own) > MOST_RELATIVE || own.filter(({ hasZero }) => hasZero).length > 0.01 * own.length;
    })
    .map(([target]) => target);
}

/** The relative std of reads, pooled over groups. */
function pooled(groups: readonly Group[]): number {
  let squares = 0;
  let degrees = 0;
  for (const { repeats } of groups) {
    squares += repeats.squares - repeats.count;
    degrees += repeats.count - 1;
  }
  return Math.max(LEAST_SCATTER, Math.sqrt(Math.max(0, squares) / Math.max(1, degrees)));
}

/**
 * Families over the states that are read, but for the outermost hundredth on both sides: one law or, where the ages have groups
 * enough, a law for each.
 */
function families(used: readonly Group[], ages: readonly number[], choice: FitChoice): readonly Basis[] {
  const plain = familiesOf(used, choice);
  const groups = ages.map((age) => used.filter(({ seconds }) => seconds === age));
  if (ages.length < 2 || groups.some(({ length }) => length < LEAST_GROUPS)) return plain;
  const each = groups.map((own) => familiesOf(own, choice));
  const shared = Math.min(...each.map(({ length }) => length));
  return [
    ...plain,
    ...Array.from({ length: shared }, (_, i) =>
      byAges(
        each.map((own) => own[i]!),
        ages,
      ),
    ),
  ];
}

function familiesOf(groups: readonly Group[], choice: FitChoice): readonly Basis[] {
  const states = groups.map(({ x }) => x).sort((a, b) => a - b);
  const quantile = (p: number) => states[Math.round(p * (states.length - 1))]!;
  const points = Math.min(9, new Set(groups.map(({ target }) => target)).size);
  const [low, high] = [quantile(0.01), quantile(0.99)];
  const knots =
    points === 1
      ? [quantile(0.5)]
      : Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
  return candidatesOf(knots, groups.length, choice, 'readNoise.std');
}

/** A law between its ages, as a profile has it: straight in ln((t + t_c)/t_c), held before and after them. */
function lawBetween(
  basis: Basis,
  theta: readonly number[],
  x: number,
  seconds: number,
  referenceSeconds: number,
): number {
  const { ages } = basis;
  if (ages === null || ages.includes(seconds)) return lawAt(basis, theta, x, seconds);
  const [first, last] = [ages[0]!, ages.at(-1)!];
  if (seconds < first || seconds > last) return lawAt(basis, theta, x, seconds < first ? first : last);
  const after = ages.findIndex((age) => age > seconds);
  const ends = [ages[after - 1]!, seconds, ages[after]!].map((age) => timeLog(age, referenceSeconds));
  const share = (ends[1]! - ends[0]!) / (ends[2]! - ends[0]!);
  const [early, late] = [lawAt(basis, theta, x, ages[after - 1]!), lawAt(basis, theta, x, ages[after]!)];
  return early + share * (late - early);
}

function noteOf(restsOn: readonly number[], heldAt: readonly number[], leftOut: readonly number[]): string {
  const parts = [
    `of cells read twice or more at ${agesText(restsOn)}`,
    ...(heldAt.length === 0
      ? []
      : [`held at ${agesText(heldAt)}, where fewer than ${LEAST_GROUPS} cells are read twice`]),
    ...(leftOut.length === 0
      ? []
      : [
          `targets ${targetsText(leftOut)} left out: their reads scatter by more than ${100 * MOST_RELATIVE} % or reach 0`,
        ]),
  ];
  return parts.join('; ');
}
