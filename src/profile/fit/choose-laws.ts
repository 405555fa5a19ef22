import { type Matrix, product, transposed } from '../../core/cholesky.ts';
import { type Basis, lawAt, type Part } from './basis.ts';
import {
  covarianceWithHeld,
  freeOf,
  type HeldLevel,
  heldJob,
  largestSpread,
  levelsWithout,
  withHeld,
} from './held-levels.ts';
import {
  curvature,
  type LikelihoodJob,
  type Maximum,
  maximise,
  scalarsOf,
  scoreProducts,
} from './maximise.ts';

/** Where a datum stands: its state x = g/gMax and its age. */
export interface Place {
  readonly x: number;
  readonly seconds: number;
}

/** One law to be chosen. */
export interface Slot {
  readonly name: string;
  /** Families to choose from; one of size 0 is the absent law, 0 throughout. */
  readonly candidates: readonly Basis[];
  /** Value to start from, and the size of a step. */
  readonly start: number;
  readonly scale: number;
  /** Whether the law is a spread: above 0 wherever it is used. */
  readonly isSpread: boolean;
}

/** The law that is 0. */
export const ABSENT: Basis = {
  form: 'polynomial',
  knots: [],
  ages: null,
  parts: [],
  size: 0,
  at: () => new Float64Array(0),
};

/** Laws fitted together. */
export interface LawsFit {
  /** One a slot. */
  readonly bases: readonly Basis[];
  readonly maximum: Maximum;
  /** Levels of tables at which a spread is 0, parameters by ascending index. */
  readonly held: readonly HeldLevel[];
  readonly aic: number;
  /** Each choice that was tried, with its AIC; null where the likelihood has no maximum or a spread falls below 0. */
  readonly tried: readonly { readonly choice: string; readonly aic: number | null }[];
}

type LogLikelihood = LikelihoodJob['logLikelihood'];

/**
 * Chooses a family for each slot by Akaike's criterion, AIC = 2 parameters - 2 ln likelihood: slot by slot, the others
 * held, until no change is better. Null where no choice has a maximum.
 */
export function chooseLaws(
  places: readonly Place[],
  slots: readonly Slot[],
  logLikelihood: LogLikelihood,
): LawsFit | null {
  const known = new Map<string, LawsFit | null>();
  const tried: { choice: string; aic: number | null }[] = [];
  const designs = new Map<Basis, readonly Float64Array[]>();
  const fitOf = (choice: readonly number[]): LawsFit | null => {
    const key = choice.join(' ');
    const found = known.get(key);
    if (found !== undefined) return found;
    const bases = choice.map((index, k) => slots[k]!.candidates[index]!);
    const fit = fitLaws(places, slots, bases, logLikelihood, designs, best);
    known.set(key, fit);
    const name = slots.map((slot, k) => `${slot.name}: ${basisName(bases[k]!)}`).join(', ');
    tried.push({ choice: name, aic: fit?.aic ?? null });
    return fit;
  };
  let choice = slots.map(({ candidates }) => Number((candidates[1] ?? ABSENT).size > 0));
  let best: LawsFit | null = null;
  best = fitOf(choice);
  for (let pass = 0; pass < 3; pass++) {
    const before = choice.join(' ');
    slots.forEach(({ candidates }, k) => {
      candidates.forEach((_, index) => {
        const other = choice.map((each, l) => (l === k ? index : each));
        const fit = fitOf(other);
        if (fit !== null && (best === null || fit.aic < best.aic - 1e-3)) {
          best = fit;
          choice = other;
        }
      });
    });
    if (choice.join(' ') === before) break;
  }
  return best === null ? null : { ...best, tried };
}

function fitLaws(
  places: readonly Place[],
  slots: readonly Slot[],
  bases: readonly Basis[],
  logLikelihood: LogLikelihood,
  designs: Map<Basis, readonly Float64Array[]>,
  before: LawsFit | null,
): LawsFit | null {
  const design = bases.map((basis) => {
    const rows = designs.get(basis) ?? designOf(basis, places);
    designs.set(basis, rows);
    return rows;
  });
  const job: LikelihoodJob = {
    count: places.length,
    design,
    scale: slots.map(({ scale }) => scale),
    start: bases.flatMap((basis, k) => startOf(basis, k, slots[k]!.start, before)),
    logLikelihood,
  };
  const maximum = maximise(job);
  const sound =
    maximum !== null &&
    bases.every((basis, k) => !slots[k]!.isSpread || isPositive(basis, partOf(bases, maximum.theta, k)));
  if (!sound) return withLevelsHeld(job, slots, bases);
  const aic = 2 * maximum.theta.length - 2 * maximum.logLikelihood;
  return { bases, maximum, held: [], aic, tried: [] };
}

/** The fit with levels held at a spread of 0; null where there are none, none else, or that has no maximum either. */
function withLevelsHeld(job: LikelihoodJob, slots: readonly Slot[], bases: readonly Basis[]): LawsFit | null {
  const levels = levelsWithout(job, slots, bases).map((level) => ({ ...level, most: 0 }));
  const isWhole = bases.some((basis, k) => {
    const own = levels.filter(({ slot }) => slot === k).length;
    return own > 0 && own === basis.size;
  });
  if (levels.length === 0 || isWhole) return null;
  const maximum = maximise(heldJob(job, levels));
  if (maximum === null) return null;
  const theta = withHeld(maximum.theta, levels);
  const isSound = bases.every((basis, k) => {
    if (!slots[k]!.isSpread) return true;
    const part = partOf(bases, theta, k);
    const own = levels.filter(({ slot }) => slot === k);
    return own.length === 0
      ? isPositive(basis, part)
      : part.filter((value) => !(value > 0)).length === own.length;
  });
  if (!isSound) return null;
  const held = levels.map((level) => {
    const column = bases[level.slot]!.knots.indexOf(level.x);
    return { ...level, most: largestSpread(job, (i) => scalarsOf(job, theta, i), level, column) };
  });
  const aic = 2 * maximum.theta.length - 2 * maximum.logLikelihood;
  const covariance = covarianceWithHeld(maximum.covariance, held);
  return { bases, maximum: { ...maximum, theta, covariance }, held, aic, tried: [] };
}

/** The design of a family: data of one place that follow each other share one row. */
function designOf(basis: Basis, places: readonly Place[]): readonly Float64Array[] {
  const rows: Float64Array[] = [];
  places.forEach(({ x, seconds }, i) => {
    const last = places[i - 1];
    rows.push(last?.x === x && last.seconds === seconds ? rows[i - 1]! : basis.at(x, seconds));
  });
  return rows;
}

/** Values at the knots to start from: those of the best laws so far. */
function startOf(basis: Basis, slot: number, value: number, before: LawsFit | null): number[] {
  const known = before?.bases[slot];
  if (before === null || known === undefined || known.size === 0)
    return new Array<number>(basis.size).fill(value);
  const theta = partOf(before.bases, before.maximum.theta, slot);
  const own = basis.ages ?? [known.ages?.[0] ?? 0];
  return basis.parts.flatMap(({ knots }, i) =>
    knots.map((knot) => lawAt(known, theta, knot, known.ages === null ? 0 : own[i]!)),
  );
}

/** The parameters of one slot. */
export function partOf(bases: readonly Basis[], theta: readonly number[], slot: number): readonly number[] {
  const from = bases.slice(0, slot).reduce((sum, { size }) => sum + size, 0);
  return theta.slice(from, from + bases[slot]!.size);
}

/** The covariance of one slot's parameters. */
export function covarianceOf(bases: readonly Basis[], covariance: Matrix, slot: number): Matrix {
  const from = bases.slice(0, slot).reduce((sum, { size }) => sum + size, 0);
  const to = from + bases[slot]!.size;
  return covariance.slice(from, to).map((row) => row.slice(from, to));
}

/** States over which a law is used: 65 from its first knot to its last. */
export function statesOf({ knots }: Part): readonly number[] {
  const [low, high] = [knots[0]!, knots.at(-1)!];
  return low === high ? [low] : Array.from({ length: 65 }, (_, i) => low + ((high - low) * i) / 64);
}

function isPositive(basis: Basis, theta: readonly number[]): boolean {
  if (basis.size === 0) return true;
  return basis.parts.every((part, i) =>
    statesOf(part).every((x) => lawAt(basis, theta, x, basis.ages?.[i] ?? 0) > 0),
  );
}

/** "absent", "table of 5 points", "polynomial of order 2", with "a law an age" where there are several. */
export function basisName({ form, knots, ages, size }: Basis): string {
  if (size === 0) return 'absent';
  const one =
    form === 'table' ? `table of ${knots.length} points` : `polynomial of order ${knots.length - 1}`;
  return ages === null ? one : `${one} at each of ${ages.length} ages`;
}

/**
 * The covariance of a fit whose likelihood held other fitted parameters phi at their estimates: V + S C V_phi C^T S, where C
 * is the mixed second derivative of the log likelihood, found from the gradient at phi +- h (Murphy and Topel 1985).
 *
 * @param likelihoodOf The log likelihood with other values of phi.
 */
export function withPlugged(
  fit: LawsFit,
  places: readonly Place[],
  scale: readonly number[],
  plugged: { readonly theta: readonly number[]; readonly covariance: Matrix },
  likelihoodOf: (phi: readonly number[]) => LogLikelihood,
): LawsFit {
  const { held } = fit;
  const covariance = freeCovariance(fit);
  const design = fit.bases.map((basis) => designOf(basis, places));
  const gradientAt = (phi: readonly number[]) => {
    const logLikelihood = likelihoodOf(phi);
    const job = { count: places.length, design, scale, start: fit.maximum.theta, logLikelihood };
    const free = heldJob(job, held);
    return curvature(free, free.start).gradient;
  };
  const mixed = plugged.theta.map((value, j) => {
    const h = 0.1 * Math.sqrt(plugged.covariance[j]![j]!) + 1e-9 * Math.abs(value);
    const moved = (by: number) => plugged.theta.map((each, l) => (l === j ? each + by : each));
    const [up, down] = [gradientAt(moved(h)), gradientAt(moved(-h))];
    return up.map((slope, i) => (slope - down[i]!) / (2 * h));
  });
  // d theta / d phi = V C.
  const moves = product(covariance, transposed(mixed));
  const added = product(product(moves, plugged.covariance), transposed(moves));
  const sum = covariance.map((row, i) => row.map((value, j) => value + added[i]![j]!));
  return { ...fit, maximum: { ...fit.maximum, covariance: covarianceWithHeld(sum, held) } };
}

/** The covariance of what is not held. */
function freeCovariance({ maximum, held }: LawsFit): Matrix {
  return freeOf(maximum.covariance, held).map((row) => freeOf(row, held));
}

/**
 * The covariance of a fit whose likelihood is right in mean and variance but not in the shape of the data: V G V, where G is
 * the sum of gradient times gradient (Huber 1967, White 1982), with n/(n - p) for few data.
 */
export function withShapeFree(
  fit: LawsFit,
  places: readonly Place[],
  scale: readonly number[],
  logLikelihood: LogLikelihood,
): LawsFit {
  const { held } = fit;
  const covariance = freeCovariance(fit);
  const design = fit.bases.map((basis) => designOf(basis, places));
  const count = places.length;
  const job = heldJob({ count, design, scale, start: fit.maximum.theta, logLikelihood }, held);
  const scores = scoreProducts(job, job.start);
  const few = count / Math.max(1, count - job.start.length);
  const free = product(product(covariance, scores), covariance).map((row) => row.map((value) => few * value));
  return { ...fit, maximum: { ...fit.maximum, covariance: covarianceWithHeld(free, held) } };
}
