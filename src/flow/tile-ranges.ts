import type { ProgramLayer } from '../compile/program.ts';
import { BadFileError } from '../core/errors.ts';
import type { Matrix } from './tile-matrix.ts';

/** A range as the user gives it; `auto`: the largest that occurs. */
export type Range = number | 'auto';

/** The DAC's range at each strip. */
export function inputRanges(range: Range, layer: ProgramLayer, input: Matrix): Float32Array {
  return Float32Array.from(layer.strips, ([from, to]) =>
    range === 'auto' ? largest(input.data, input.columns, from, to) : range,
  );
}

/** What the ADCs of a strip's slice convert: its products with each slice of the inputs, each `[B, out]`. */
export type Conversions = readonly Float32Array[];

/**
 * The ADC's range at each strip, slice and column, `[strips, slices, out]`: a number a tile and slice.
 *
 * @param conversions What is converted, by strip, then slice.
 * @throws BadFileError naming `where` if a product is not finite.
 */
export function adcRanges(
  given: Range,
  layer: ProgramLayer,
  conversions: readonly Conversions[],
  where: string,
): Float32Array {
  const { columns, out } = layer;
  const ranges = new Float32Array(conversions.length * out);
  conversions.forEach((products, line) => {
    for (const [from, to] of columns) {
      const most = Math.max(...products.map((values) => largest(values, out, from, to)));
      if (!Number.isFinite(most)) {
        throw new BadFileError(
          where,
          `the product of "weight" and "input" must stay within float32, got ${most}; scale one of them down`,
        );
      }
      ranges.fill(given === 'auto' ? most : given, line * out + from, line * out + to);
    }
  });
  return ranges;
}

/** The share of the inputs that lie beyond the DAC's range. */
export function clippedShare(layer: ProgramLayer, input: Matrix, ranges: Float32Array): number {
  let beyond = 0;
  layer.strips.forEach(([from, to], strip) => {
    for (let row = 0; row < input.data.length; row += input.columns) {
      for (let at = row + from; at < row + to; at++) {
        if (Math.abs(input.data[at]!) > ranges[strip]!) beyond += 1;
      }
    }
  });
  return beyond / input.data.length;
}

/** The share of the conversions that lie beyond the ADC's range. */
export function saturatedShare(
  { out }: ProgramLayer,
  conversions: readonly Conversions[],
  ranges: Float32Array,
): number {
  let beyond = 0;
  let count = 0;
  conversions.forEach((products, line) => {
    for (const values of products) {
      values.forEach((value, at) => {
        if (Math.abs(value) > ranges[line * out + (at % out)]!) beyond += 1;
      });
      count += values.length;
    }
  });
  return beyond / count;
}

/** The largest size in columns `from` to `to`; 1 where all are zero, for a converter needs some step. */
function largest(values: Float32Array, columns: number, from: number, to: number): number {
  let most = 0;
  for (let row = 0; row < values.length; row += columns) {
    for (let at = row + from; at < row + to; at++) most = Math.max(most, Math.abs(values[at]!));
  }
  return most === 0 ? 1 : most;
}
