/** Descriptive statistics of a list of numbers. Sums run in the order given, so equal lists give equal bytes. */

/** Arithmetic mean. @throws RangeError of an empty list. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean: needs at least one value, got none');
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sample variance, sum of squared deviations over n - 1 (two passes); null for fewer than two values. */
export function variance(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) * (value - centre);
  return sum / (values.length - 1);
}

/** Sample standard deviation (n - 1); null for fewer than two values. */
export function std(values: readonly number[]): number | null {
  const v = variance(values);
  return v === null ? null : Math.sqrt(v);
}

/** The values in ascending order, as a new list. */
export function ascending(values: readonly number[]): number[] {
  return Float64Array.from(values)
    .sort()
    .reduce<number[]>((list, value) => {
      list.push(value);
      return list;
    }, []);
}

/**
 * Quantile by linear interpolation between order statistics at (n - 1) p (Hyndman and Fan's type 7, the default of
 * NumPy and R). @throws RangeError of an empty list, or p outside 0..1.
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('quantile: needs at least one value, got none');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: p must be from 0 to 1, got ${p}`);
  const order = ascending(values);
  const at = (order.length - 1) * p;
  const below = Math.floor(at);
  const low = order[below] as number;
  const high = order[Math.min(below + 1, order.length - 1)] as number;
  return low + (high - low) * (at - below);
}

/** Quantile 0.5. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
