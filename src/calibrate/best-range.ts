/** Shares of values beyond the range that are tried: from none up to one in thirty, in steps of a tenth of a decade. */
const TAILS = [0, ...Array.from({ length: 46 }, (_, index) => 10 ** (-6 + index / 10))];

/**
 * The static range of a converter that loses least: the one with the smallest mean squared error over the observed
 * values, rounding (step^2 / 12 for a value within) and clipping ((|v| - range)^2 beyond) together.
 *
 * @param values Observed values, any order and sign. Sorted in place by size.
 * @param top The converter's largest code: step = range / top.
 * @returns The range, above 0, rounded up to three significant digits; 1 where all values are 0.
 */
export function bestRange(values: Float32Array, top: number): number {
  for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i]!);
  values.sort();
  const count = values.length;
  const largest = values[count - 1] ?? 0;
  if (largest === 0) return 1;
  // Sums over the values from each one upwards, so that each candidate costs one look-up.
  const sum = new Float64Array(count + 1);
  const squares = new Float64Array(count + 1);
  for (let i = count - 1; i >= 0; i--) {
    sum[i] = sum[i + 1]! + values[i]!;
    squares[i] = squares[i + 1]! + values[i]! ** 2;
  }
  let best = { range: largest, error: Number.POSITIVE_INFINITY };
  for (const tail of TAILS) {
    const beyond = Math.min(count - 1, Math.floor(tail * count));
    const from = count - beyond;
    const range = values[from - 1]!;
    if (range === 0) continue;
    const clipped = squares[from]! - 2 * range * sum[from]! + beyond * range * range;
    const error = clipped + (from * (range / top) ** 2) / 12;
    if (error < best.error) best = { range, error };
  }
  return roundedUp(best.range);
}

/**
 * The range that a share of the observed values, by size, lies within.
 *
 * @param values Observed values, any order and sign. Sorted in place by size.
 * @param share Above 0, at most 1.
 * @returns The range, above 0, rounded up to three significant digits; 1 where it would be 0.
 */
export function percentileRange(values: Float32Array, share: number): number {
  for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i]!);
  values.sort();
  const range = values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
  return range === 0 ? 1 : roundedUp(range);
}

/** Three significant digits, so that a last bit of the engine's arithmetic does not change a bundle. */
function roundedUp(range: number): number {
  const unit = 10 ** (Math.floor(Math.log10(range)) - 2);
  return Number((Math.ceil(range / unit - 1e-9) * unit).toPrecision(3));
}
