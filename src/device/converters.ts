import { roundHalfToEven } from '../core/rounding.ts';
import type { Converter as ProfileConverter } from '../profile/profile.ts';

/** What rounds: a converter without its range and its errors. */
export type Quantizer = Pick<ProfileConverter, 'bits' | 'rule'>;

const f = Math.fround;

/**
 * A DAC or ADC over the range -range to range, in plain float32: the reference for the converters that a program's
 * graph holds. Codes are x (top/range), rounded half to even; their spacing is range/top.
 *
 * - `symmetric`: codes -top..top, top = 2^(b-1) - 1: 2^b - 1 levels and an exact zero;
 * - `uniform`: half codes -top..top, top = 2^(b-1) - 1/2: 2^b levels, none at zero.
 *
 * Values beyond the range take the last code; they are counted before rounding.
 *
 * @param values - overwritten by the converted values, in their units
 * @param converter - `bits` null converts nothing
 * @param range - the largest value converted, > 0
 * @returns how many values lay beyond the range
 * @throws RangeError on a range that is not positive, or bits outside 2..24
 */
export function convertInPlace(values: Float32Array, converter: Quantizer, range: number): number {
  const { bits, rule } = converter;
  if (!(range > 0 && Number.isFinite(range))) {
    throw new RangeError(`convertInPlace: the range must be > 0, got ${range}; calibrate it`);
  }
  if (bits === null) return 0;
  if (!Number.isInteger(bits) || bits < 2 || bits > 24) {
    throw new RangeError(`convertInPlace: bits must be an integer from 2 to 24, got ${bits}; choose another`);
  }
  const half = rule === 'uniform' ? 0.5 : 0;
  const top = 2 ** (bits - 1) - (rule === 'uniform' ? 0.5 : 1);
  const toCode = f(top / range);
  const fromCode = f(range / top);
  let saturated = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (Math.abs(value) > f(range)) saturated += 1;
    const clipped = Math.min(top, Math.max(-top, f(value * toCode)));
    const code = f(roundHalfToEven(f(clipped - half)) + half);
    values[i] = f(code * fromCode);
  }
  return saturated;
}
