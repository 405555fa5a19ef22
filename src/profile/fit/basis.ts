import type { Matrix } from '../../core/cholesky.ts';

/**
 * A family of laws that are linear in their parameters: law(x) = sum over i of theta_i b_i(x). The parameters are the law's
 * values at the knots, so that all are of one size; beyond the first and last knot the law is held.
 */
export interface Basis {
  /** A polynomial through the knots, or straight lines between them; each for every age where there are ages. */
  readonly form: 'polynomial' | 'table';
  readonly knots: readonly number[];
  /** Ages that each have a law of their own, seconds, one a part; null: one law for all. */
  readonly ages: readonly number[] | null;
  /** The law of each age, in order; of one law for all itself alone. */
  readonly parts: readonly Part[];
  /** How many parameters. */
  readonly size: number;
  /** b_0(x), b_1(x), ... */
  readonly at: (x: number, seconds: number) => Float64Array;
}

/** One law of a family. */
export type Part = Pick<Basis, 'form' | 'knots'>;

/** Polynomials of an order over [low, high], by their values at Chebyshev's points. Where low = high the order is 0. */
export function polynomialBasis(order: number, low: number, high: number): Basis {
  const knots = Array.from({ length: order + 1 }, (_, i) =>
    order === 0 ? (low + high) / 2 : low + ((high - low) * (1 - Math.cos((Math.PI * i) / order))) / 2,
  );
  const at = (x: number): Float64Array => {
    const held = Math.min(Math.max(x, low), high);
    return Float64Array.from(knots, (knot, i) =>
      knots.reduce((value, other, j) => (i === j ? value : (value * (held - other)) / (knot - other)), 1),
    );
  };
  return {
    form: 'polynomial',
    knots,
    ages: null,
    parts: [{ form: 'polynomial', knots }],
    size: order + 1,
    at,
  };
}

/** Straight lines between knots, which ascend. */
export function tableBasis(knots: readonly number[]): Basis {
  const last = knots.length - 1;
  const at = (x: number): Float64Array => {
    const values = new Float64Array(knots.length);
    if (x <= knots[0]!) values[0] = 1;
    else if (x >= knots[last]!) values[last] = 1;
    else {
      let i = 1;
      while (knots[i]! < x) i++;
      const share = (x - knots[i - 1]!) / (knots[i]! - knots[i - 1]!);
      values[i - 1] = 1 - share;
      values[i] = share;
    }
    return values;
  };
  return { form: 'table', knots, ages: null, parts: [{ form: 'table', knots }], size: knots.length, at };
}

/** A family for each of some ages, on its own. The knots are those of the first. */
export function byAges(families: readonly Basis[], ages: readonly number[]): Basis {
  const sizes = families.map(({ size }) => size);
  const size = sizes.reduce((sum, each) => sum + each, 0);
  const at = (x: number, seconds: number): Float64Array => {
    const values = new Float64Array(size);
    const index = ages.indexOf(seconds);
    const offset = sizes.slice(0, index).reduce((sum, each) => sum + each, 0);
    if (index >= 0) values.set(families[index]!.at(x, seconds), offset);
    return values;
  };
  return { ...families[0]!, ages, parts: families, size, at };
}

/** law(x) of parameters theta. */
export function lawAt(basis: Basis, theta: readonly number[], x: number, seconds = 0): number {
  return basis.at(x, seconds).reduce((sum, b, i) => sum + b * theta[i]!, 0);
}

/** The matrix that turns a polynomial's values at its knots into its coefficients, lowest power first. */
export function toCoefficients({ knots }: Part): Matrix {
  // Column i holds the coefficients of the polynomial that is 1 at knot i and 0 at the others.
  const columns = knots.map((knot, i) => {
    let coefficients = [1];
    knots.forEach((other, j) => {
      if (j === i) return;
      const next = [0, ...coefficients.map((c) => c / (knot - other))];
      coefficients.forEach((c, k) => {
        next[k]! -= (c * other) / (knot - other);
      });
      coefficients = next;
    });
    return coefficients;
  });
  return knots.map((_, power) => columns.map((column) => column[power]!));
}
