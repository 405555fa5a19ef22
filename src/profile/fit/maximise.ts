import { cholesky, choleskySolve, inverse, type Matrix } from '../../core/cholesky.ts';

/**
 * A likelihood of independent data whose every term depends on a few numbers ("scalars": a mean, a spread), each of which is
 * linear in the parameters: scalar_k of datum i = sum over j of design[k][i][j] theta_kj.
 */
export interface LikelihoodJob {
  readonly count: number;
  /** By scalar, by datum: the values of the basis. */
  readonly design: readonly (readonly Float64Array[])[];
  /** The size of each scalar, by which derivatives take their steps. */
  readonly scale: readonly number[];
  /** Parameters to start from, scalar by scalar. */
  readonly start: readonly number[];
  /** ln of the density of a datum; -Infinity where the scalars are impossible. */
  readonly logLikelihood: (datum: number, scalars: Float64Array) => number;
}

export interface Maximum {
  readonly theta: readonly number[];
  readonly logLikelihood: number;
  /** The inverse of the observed information. */
  readonly covariance: Matrix;
}

/** Gradient and negative Hessian of the log likelihood. */
export interface Curvature {
  readonly value: number;
  readonly gradient: readonly number[];
  readonly information: Matrix;
}

const STEPS = 60;
/** Gain in log likelihood that a step may still promise at the end: a thousandth of a standard error. */
const TOLERANCE = 1e-6;
/** Step of the derivatives, in sizes of the scalar: truncation 1e-7 and rounding 1e-9 of a second derivative. */
const H = 1e-3;

/**
 * The maximum by Newton's method with Levenberg's damping. Null where there is none inside: the likelihood is flat, or its
 * observed information is not positive definite.
 */
export function maximise(job: LikelihoodJob): Maximum | null {
  let theta = [...job.start];
  let here = curvature(job, theta);
  if (!Number.isFinite(here.value)) return null;
  let damping = 1e-3;
  for (let step = 0; step < STEPS; step++) {
    const lower = cholesky(damped(here.information, damping));
    if (lower === null) {
      damping = Math.max(damping * 10, 1e-6);
      if (damping > 1e12) return null;
      continue;
    }
    const move = choleskySolve(lower, here.gradient);
    const decrement = move.reduce((sum, m, i) => sum + m * here.gradient[i]!, 0);
    if (damping <= 1 && decrement < TOLERANCE) break;
    const next = theta.map((value, i) => value + move[i]!);
    const value = total(job, next);
    if (value >= here.value) {
      theta = next;
      here = curvature(job, theta);
      damping = damping <= 1e-9 ? 0 : damping / 10;
    } else {
      // No gain at the smallest step: as far up as float64 can tell.
      if (damping > 1e8) break;
      damping = Math.max(damping * 10, 1e-6);
    }
  }
  const covariance = inverse(here.information);
  return covariance === null ? null : { theta, logLikelihood: here.value, covariance };
}

/** The scalars of a datum. */
export function scalarsOf(
  job: Pick<LikelihoodJob, 'design'>,
  theta: readonly number[],
  datum: number,
): Float64Array {
  const { design } = job;
  const scalars = new Float64Array(design.length);
  let offset = 0;
  for (let k = 0; k < design.length; k++) {
    const row = design[k]![datum]!;
    for (let j = 0; j < row.length; j++) scalars[k]! += row[j]! * theta[offset + j]!;
    offset += row.length;
  }
  return scalars;
}

/** The log likelihood. */
export function total(job: LikelihoodJob, theta: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < job.count; i++) sum += job.logLikelihood(i, scalarsOf(job, theta, i));
  return Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : sum;
}

/**
 * Value, gradient and information: derivatives by scalars from differences (central; of mixed ones forward, right to a
 * thousandth), summed over data that share their rows of the design, then by parameters from the design.
 */
export function curvature(job: LikelihoodJob, theta: readonly number[]): Curvature {
  const { design, scale, logLikelihood } = job;
  const size = theta.length;
  const gradient = new Array<number>(size).fill(0);
  const information = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const offsets = design.map((_, k) => design.slice(0, k).reduce((sum, rows) => sum + rows[0]!.length, 0));
  const m = design.length;
  const steps = scale.map((each) => H * each);
  const up = new Float64Array(m);
  const slopes = new Float64Array(m);
  const bends = new Float64Array(m * m);
  let value = 0;
  const flush = (datum: number) => {
    for (let k = 0; k < m; k++) {
      const row = design[k]![datum]!;
      for (let a = 0; a < row.length; a++) gradient[offsets[k]! + a]! += slopes[k]! * row[a]!;
      for (let l = k; l < m; l++)
        addOuter(information, row, offsets[k]!, design[l]![datum]!, offsets[l]!, -bends[k * m + l]!, k !== l);
    }
    slopes.fill(0);
    bends.fill(0);
  };
  for (let i = 0; i < job.count; i++) {
    const s = scalarsOf(job, theta, i);
    const centre = logLikelihood(i, s);
    value += centre;
    for (let k = 0; k < m; k++) {
      const [own, h] = [s[k]!, steps[k]!];
      s[k] = own - h;
      const down = logLikelihood(i, s);
      s[k] = own + h;
      up[k] = logLikelihood(i, s);
      slopes[k]! += (up[k]! - down) / (2 * h);
      bends[k * m + k]! += (up[k]! - 2 * centre + down) / (h * h);
      for (let l = 0; l < k; l++) {
        const other = s[l]!;
        s[l] = other + steps[l]!;
        bends[l * m + k]! += (logLikelihood(i, s) - up[k]! - up[l]! + centre) / (h * steps[l]!);
        s[l] = other;
      }
      s[k] = own;
    }
    if (i + 1 === job.count || design.some((rows) => rows[i + 1] !== rows[i])) flush(i);
  }
  return { value: Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value, gradient, information };
}

/**
 * The sum over data of gradient times gradient: where the density is the true one it has the mean of the information, where it
 * is right in mean and variance alone it says what the gradient's variance is instead.
 */
export function scoreProducts(job: LikelihoodJob, theta: readonly number[]): Matrix {
  const { design, scale, logLikelihood } = job;
  const m = design.length;
  const offsets = design.map((_, k) => design.slice(0, k).reduce((sum, rows) => sum + rows[0]!.length, 0));
  const sum = theta.map(() => new Array<number>(theta.length).fill(0));
  const slopes = new Float64Array(m);
  const products = new Float64Array(m * m);
  for (let i = 0; i < job.count; i++) {
    const s = scalarsOf(job, theta, i);
    for (let k = 0; k < m; k++) {
      const [own, h] = [s[k]!, H * scale[k]!];
      s[k] = own + h;
      const up = logLikelihood(i, s);
      s[k] = own - h;
      slopes[k] = (up - logLikelihood(i, s)) / (2 * h);
      s[k] = own;
    }
    for (let k = 0; k < m; k++) for (let l = k; l < m; l++) products[k * m + l]! += slopes[k]! * slopes[l]!;
    if (i + 1 < job.count && design.every((rows) => rows[i + 1] === rows[i])) continue;
    for (let k = 0; k < m; k++)
      for (let l = k; l < m; l++)
        addOuter(
          sum,
          design[k]![i]!,
          offsets[k]!,
          design[l]![i]!,
          offsets[l]!,
          products[k * m + l]!,
          k !== l,
        );
    products.fill(0);
  }
  return sum;
}

function addOuter(
  to: number[][],
  rowA: Float64Array,
  atA: number,
  rowB: Float64Array,
  atB: number,
  weight: number,
  mirrored: boolean,
): void {
  for (let a = 0; a < rowA.length; a++) {
    if (rowA[a] === 0) continue;
    for (let b = 0; b < rowB.length; b++) {
      const value = weight * rowA[a]! * rowB[b]!;
      to[atA + a]![atB + b]! += value;
      if (mirrored) to[atB + b]![atA + a]! += value;
    }
  }
}

/** A + damping diag |A|. */
function damped(a: Matrix, damping: number): number[][] {
  return a.map((row, i) =>
    row.map((value, j) => (i === j ? value + damping * (Math.abs(value) + 1e-12) : value)),
  );
}
