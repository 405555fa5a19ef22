import { chiSquareTail } from '../../core/gamma.ts';
import { type Basis, byAges, lawAt } from './basis.ts';
import { candidatesOf } from './candidates.ts';
import { chooseLaws, type Place } from './choose-laws.ts';
import { uniformGoodness } from './goodness.ts';
import { type FitChoice, type FittedLaw, type Goodness, lawOf, type Refusal } from './parameter.ts';
import { type Repeats, repeatsLogLikelihood, repeatsOf } from './read-noise-likelihood.ts';
import type { Data } from './series.ts';

/** Relative scatter beyond which reads of a state say too little: the likelihood is right for small spreads. */
const MOST_RELATIVE = 0.3;
const LEAST_GROUPS = 20;
/** Reads below this scatter have sums of squares that are chi-square to a hundredth. */
const SMALL = 0.1;

export interface ReadNoiseFit {
  readonly law: FittedLaw | null;
  readonly refusals: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  /** Targets whose reads scatter too much to be used. */
  readonly leftOut: readonly number[];
  /** Relative std of one read at a state and an age. */
  readonly at: (x: number, seconds: number, theta?: readonly number[]) => number;
}

interface Group extends Place {
  readonly target: number;
  readonly repeats: Repeats;
  readonly hasZero: boolean;
}

/** Fits the relative std of reads by state (and by age, where AIC prefers that) to reads of one cell at one age. */
export function fitReadNoise(data: Data, gMax: number, choice: FitChoice): ReadNoiseFit {
  const groups = groupsOf(data, gMax);
  const leftOut = noisyTargets(groups);
  const used = groups.filter(({ target, hasZero }) => !hasZero && !leftOut.includes(target));
  const refuse = (why: string, measure: string): ReadNoiseFit => ({
    law: null,
    refusals: [{ parameter: 'readNoise.std', why, measure }],
    goodness: [],
    leftOut: [],
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
  const slots = [
    {
      name: 'std',
      candidates: families(used, data, choice),
      start: pooled(used),
      scale: pooled(used),
      isSpread: true,
    },
  ];
  const fit = chooseLaws(used, slots, (i, s) => repeatsLogLikelihood(used[i]!.repeats, s[0]!));
  if (fit === null) return refuse('its likelihood has no maximum', 'read more cells, each several times');
  const law = lawOf(fit, 0, { name: 'readNoise.std', count: used.length, note: noteOf(leftOut) });
  const at = (x: number, seconds: number, theta = law.theta) =>
    lawAt(law.basis, theta, x, nearestAge(law.basis, seconds));
  const uniforms = used.flatMap(({ x, seconds, repeats: { count, squares } }) => {
    const s = at(x, seconds);
    return s > SMALL ? [] : [1 - chiSquareTail((squares - count) / (s * s), count - 1)];
  });
  const goodness = uniformGoodness('reads about the mean of their cell', [uniforms]);
  return { law, refusals: [], goodness: goodness === null ? [] : [goodness], leftOut, at };
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
  return [...new Set(groups.map(({ target }) => target))].filter((target) => {
    const own = groups.filter((group) => group.target === target);
    return pooled(own) > MOST_RELATIVE || own.filter(({ hasZero }) => hasZero).length > 0.01 * own.length;
  });
}

/** The relative std of reads, pooled over groups. */
function pooled(groups: readonly Group[]): number {
  let squares = 0;
  let degrees = 0;
  for (const { repeats } of groups) {
    squares += repeats.squares - repeats.count;
    degrees += repeats.count - 1;
  }
  return Math.max(1e-9, Math.sqrt(squares / Math.max(1, degrees)));
}

/**
 * Families over the states that are read, but for the outermost hundredth on both sides: one law, or a law for each age where
 * the ages span those of the data.
 */
function families(used: readonly Group[], data: Data, choice: FitChoice): readonly Basis[] {
  const plain = familiesOf(used, choice);
  const ages = [...new Set(used.map(({ seconds }) => seconds))].sort((a, b) => a - b);
  const groups = ages.map((age) => used.filter(({ seconds }) => seconds === age));
  const covers =
    ages.length > 1 &&
    ages[0] === data.ages[0] &&
    ages.at(-1) === data.ages.at(-1) &&
    groups.every(({ length }) => length >= LEAST_GROUPS);
  if (!covers) return plain;
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

function nearestAge({ ages }: Basis, seconds: number): number {
  if (ages === null) return seconds;
  return ages.reduce((best, age) => (Math.abs(age - seconds) < Math.abs(best - seconds) ? age : best));
}

function noteOf(leftOut: readonly number[]): string | null {
  if (leftOut.length === 0) return null;
  const names = leftOut.slice(0, 8).map((target) => `${target} uS`);
  return `targets ${names.join(', ')}${leftOut.length > 8 ? ', ...' : ''} left out: their reads scatter by more than ${100 * MOST_RELATIVE} % or reach 0`;
}
