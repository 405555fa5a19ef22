import type { Matrix } from '../../core/cholesky.ts';
import type { Basis } from './basis.ts';
import { covarianceOf, type LawsFit, partOf } from './choose-laws.ts';

export type ParameterName =
  | 'writing.std'
  | 'writing.meanShift'
  | 'drift.exponentMean'
  | 'drift.exponentStd'
  | 'readNoise.std';

/** A law that the data support. */
export interface FittedLaw {
  readonly name: ParameterName;
  readonly basis: Basis;
  readonly theta: readonly number[];
  readonly covariance: Matrix;
  /** Cells (of read noise: groups of repeated reads) that it is fitted to. */
  readonly count: number;
  readonly tried: LawsFit['tried'];
  /** Ages of the reads that it is fitted to, seconds, ascending. */
  readonly ages: readonly number[];
  /** Ages of other reads, before or after those, at which it is held. */
  readonly heldAt: readonly number[];
  /** What a reader must know beside the numbers. */
  readonly note: string | null;
}

/** A parameter that the data cannot support, why, and what to measure. */
export interface Refusal {
  readonly parameter: ParameterName;
  readonly why: string;
  readonly measure: string;
}

/** A test of whether the data look like the fitted model: a small p says no. */
export interface Goodness {
  readonly of: string;
  readonly statistic: 'chi-square';
  readonly value: number;
  readonly degrees: number;
  readonly p: number;
}

/** What is asked of every law. */
export interface FitChoice {
  readonly form: 'auto' | 'polynomial' | 'table';
  /** Order of every polynomial; null: chosen. */
  readonly order: number | null;
}

/** The law of a slot. */
export function lawOf(
  fit: LawsFit,
  slot: number,
  facts: Pick<FittedLaw, 'name' | 'count' | 'ages' | 'note'> & Partial<Pick<FittedLaw, 'heldAt'>>,
): FittedLaw {
  return {
    heldAt: [],
    ...facts,
    basis: fit.bases[slot]!,
    theta: partOf(fit.bases, fit.maximum.theta, slot),
    covariance: covarianceOf(fit.bases, fit.maximum.covariance, slot),
    tried: fit.tried,
  };
}
