import type { Dimension } from '../core/units.ts';

/**
 * How one number of a cell depends on its state x = g/gMax and, where that is allowed, on the age t in seconds, in canonical units.
 * Authored as a constant, a polynomial, a table or a formula; all look the same from here on.
 */
export interface Law {
  readonly form: 'constant' | 'polynomial' | 'table' | 'expression' | 'ages';
  readonly dimension: Dimension;
  /** Whether the value changes with the age. */
  readonly dependsOnAge: boolean;
  /** The ages that a law by ages has data for, ascending; null: any age. */
  readonly ageSeconds: readonly number[] | null;
  /** The states between which a table is straight, ascending; null: the law is no table. */
  readonly knots: readonly number[] | null;
  /** The law as a person reads it, in the author's unit. */
  readonly text: string;
  readonly at: (x: number, t: number) => number;
}

/** A polynomial by Horner's rule. Coefficients lowest power first. */
export function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

/** Piecewise linear through the points (xs[i], ys[i]), xs ascending; held at the first and last value beyond them. */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const last = xs.length - 1;
  if (x <= xs[0]!) return ys[0]!;
  if (x >= xs[last]!) return ys[last]!;
  let i = 1;
  while (xs[i]! < x) i++;
  const share = (x - xs[i - 1]!) / (xs[i]! - xs[i - 1]!);
  return ys[i - 1]! + share * (ys[i]! - ys[i - 1]!);
}
