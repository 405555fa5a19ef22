import type { Matrix } from '../../core/cholesky.ts';
import type { Basis } from './basis.ts';
import type { LawsFit, Slot } from './choose-laws.ts';
import { type LikelihoodJob, maximise } from './maximise.ts';

/*
 * A table of spreads whose likelihood is largest at a spread of 0 at some level has no maximum inside. Such levels are held at
 * 0 and the others fitted: the maximum under the constraint that spreads are at least 0.
 */

/** Fall of ln likelihood at the end of a 95 % interval of one parameter. */
const FALL = 1.92;
const HALVINGS = 40;
/** Spreads to try, in steps of the slot. */
const SHARES = [0.05, 0.1, 0.2, 0.5, 1];

/** A level that is held at a spread of 0, and the largest spread that a 95 % interval leaves it, the other laws held. */
export interface HeldLevel {
  /** Index among the parameters of all slots. */
  readonly index: number;
  readonly slot: number;
  readonly x: number;
  readonly most: number;
}

/** Levels of the tables among spreads that may be absent at which cells by themselves have no spread. Data stand at levels. */
export function levelsWithout(
  job: LikelihoodJob,
  slots: readonly Slot[],
  bases: readonly Basis[],
): readonly Omit<HeldLevel, 'most'>[] {
  const present = bases.map(({ size }) => size > 0);
  const all = constantsOf(
    job,
    present,
    job.design[0]!.map((_, i) => i),
    slots.map(({ start }) => start),
  );
  const start = all ?? slots.map((slot) => slot.start);
  let offset = 0;
  return bases.flatMap((basis, k) => {
    const from = offset;
    offset += basis.size;
    const mayBeAbsent = slots[k]!.isSpread && slots[k]!.candidates.some(({ size }) => size === 0);
    if (!mayBeAbsent || basis.form !== 'table' || basis.ages !== null) return [];
    if (!job.design[k]!.every((row) => row.includes(1))) return [];
    return basis.knots.flatMap((x, j) => {
      const data = job.design[k]!.flatMap((row, i) => (row[j] === 1 ? [i] : []));
      const found = data.length === 0 ? start : constantsOf(job, present, data, start);
      const isFlat = found === null ? isBestWithout(job, present, data, start, k) : !(found[k]! > 0);
      return isFlat ? [{ index: from + j, slot: k, x }] : [];
    });
  });
}

/**
 * Whether some data are likeliest without a spread: their maximum with none against spreads about it and, lest it be a lesser
 * one, about the laws of all data and those with one law of the maximum in them.
 */
function isBestWithout(
  job: LikelihoodJob,
  present: readonly boolean[],
  data: readonly number[],
  start: readonly number[],
  slot: number,
): boolean {
  const without = constantsOf(
    job,
    present.map((is, k) => is && k !== slot),
    data,
    start,
  );
  if (without === null) return false;
  const at = (scalars: readonly number[], spread: number) => {
    const s = Float64Array.from(scalars, (value, k) => (k === slot ? spread : value));
    return data.reduce((sum, i) => sum + job.logLikelihood(i, s), 0);
  };
  const none = at(without, 0);
  const one = start.map((_, k) => start.map((value, l) => (l === k ? without[k]! : value)));
  return [without, start, ...one].every((scalars) =>
    SHARES.every((share) => at(scalars, share * job.scale[slot]!) <= none),
  );
}

/** The laws of some data by themselves, each a constant, 0 where it is absent; null where the likelihood has no maximum inside. */
function constantsOf(
  { logLikelihood, scale }: LikelihoodJob,
  present: readonly boolean[],
  data: readonly number[],
  start: readonly number[],
): readonly number[] | null {
  const rows = present.map((is) => (is ? Float64Array.of(1) : new Float64Array(0)));
  const found = maximise({
    count: data.length,
    design: rows.map((row) => data.map(() => row)),
    scale,
    start: start.filter((_, k) => present[k]!),
    logLikelihood: (i, s) => logLikelihood(data[i]!, s),
  });
  if (found === null) return null;
  const values = [...found.theta];
  return present.map((is) => (is ? values.shift()! : 0));
}

/** A job without the parameters of held levels: data that stand there have a spread of 0. */
export function heldJob(job: LikelihoodJob, held: LawsFit['held']): LikelihoodJob {
  if (held.length === 0) return job;
  const isHeld = new Set(held.map(({ index }) => index));
  const slots = new Set(held.map(({ slot }) => slot));
  let offset = 0;
  const zeros = new Map<number, readonly boolean[]>();
  const design = job.design.map((rows, k) => {
    const from = offset;
    const size = rows[0]!.length;
    offset += size;
    if (!slots.has(k)) return rows;
    // Data that share a row must share the shorter one, too.
    const shorter = new Map(rows.map((row) => [row, row.filter((_, j) => !isHeld.has(from + j))]));
    const isZero = rows.map((row) => row.every((weight, j) => weight === 0 || isHeld.has(from + j)));
    zeros.set(k, isZero);
    return rows.map((row) => shorter.get(row)!);
  });
  return {
    ...job,
    design,
    start: freeOf(job.start, held),
    logLikelihood: (i, s) => {
      for (const [k, isZero] of zeros) {
        if (!isZero[i]) continue;
        const at = s.slice();
        at[k] = 0;
        return job.logLikelihood(i, at);
      }
      return job.logLikelihood(i, s);
    },
  };
}

/** Parameters, or rows and columns of them, without those of held levels. */
export function freeOf<T>(values: readonly T[], held: LawsFit['held']): readonly T[] {
  return values.filter((_, i) => held.every(({ index }) => index !== i));
}

/** Parameters with those of held levels: 0. */
export function withHeld(free: readonly number[], held: LawsFit['held']): readonly number[] {
  const values = [...free];
  for (const { index } of held) values.splice(index, 0, 0);
  return values;
}

/** The covariance with that of held levels: alone, and a standard error by which 95 % end at the largest spread. */
export function covarianceWithHeld(free: Matrix, held: LawsFit['held']): Matrix {
  const rows = free.map((row) => withHeld(row, held));
  for (const { index, most } of held) {
    const row = new Array<number>(free.length + held.length).fill(0);
    row[index] = (most * most) / (2 * FALL);
    rows.splice(index, 0, row);
  }
  return rows;
}

/** How large a spread may be at a level before the ln likelihood of its data has fallen by that of a 95 % interval. */
export function largestSpread(
  job: LikelihoodJob,
  scalars: (datum: number) => Float64Array,
  level: Omit<HeldLevel, 'most'>,
  column: number,
): number {
  const data = job.design[level.slot]!.flatMap((row, i) => (row[column] === 1 ? [i] : []));
  const at = (spread: number) =>
    data.reduce((sum, i) => {
      const s = scalars(i);
      s[level.slot] = spread;
      return sum + job.logLikelihood(i, s);
    }, 0);
  const top = at(0);
  let [low, high] = [0, job.scale[level.slot]!];
  for (let i = 0; i < HALVINGS && top - at(high) < FALL; i++) [low, high] = [high, 2 * high];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (top - at(middle) < FALL) low = middle;
    else high = middle;
  }
  return high;
}
