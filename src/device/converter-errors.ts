import type { Inl } from '../profile/profile.ts';
import { convertInPlace, type Quantizer } from './converters.ts';

/** The errors of one converter of one chip. */
export interface DrawnErrors {
  /** 1 without an error. */
  readonly gain: number;
  readonly offsetLsb: number;
  readonly inl: Inl | null;
}

/** The integral non-linearity in LSB at u, the value as a share of the range, held within -1 to 1. */
export function inlAt(inl: Inl, u: number): number {
  const held = Math.min(1, Math.max(-1, u));
  if (inl.form === 'polynomial') return inl.coefficients.reduceRight((sum, c) => sum * held + c, 0);
  const { u: us, y } = inl;
  const last = us.length - 1;
  if (held <= us[0]!) return y[0]!;
  if (held >= us[last]!) return y[last]!;
  const above = us.findIndex((point) => point > held);
  const share = (held - us[above - 1]!) / (us[above]! - us[above - 1]!);
  return y[above - 1]! + share * (y[above]! - y[above - 1]!);
}

/**
 * An ADC with errors over the range -range to range, the reference for what a program's graph holds: in LSB
 *
 *     code = round(clip(v + inl(v/top))),   v = gain y + offset
 *
 * @param values Overwritten by the converted values, in their units.
 * @returns How many lay beyond the range, errors counted in.
 */
export function convertErringInPlace(
  values: Float32Array,
  converter: Quantizer,
  range: number,
  { gain, offsetLsb, inl }: DrawnErrors,
): number {
  const lsb = stepOf(converter, range);
  for (let i = 0; i < values.length; i++) {
    const v = gain * values[i]! + offsetLsb * lsb;
    values[i] = v + (inl === null ? 0 : inlAt(inl, v / range) * lsb);
  }
  return convertInPlace(values, converter, range);
}

/**
 * A DAC with errors: its levels are gain (code + inl(code/top)) + offset, in LSB.
 *
 * @param values Overwritten by the levels, in their units.
 * @returns How many lay beyond the range.
 */
export function driveErringInPlace(
  values: Float32Array,
  converter: Quantizer,
  range: number,
  { gain, offsetLsb, inl }: DrawnErrors,
): number {
  const beyond = convertInPlace(values, converter, range);
  const lsb = stepOf(converter, range);
  for (let i = 0; i < values.length; i++) {
    const level = values[i]!;
    values[i] = gain * (level + (inl === null ? 0 : inlAt(inl, level / range) * lsb)) + offsetLsb * lsb;
  }
  return beyond;
}

/** The step between codes; of an exact converter, which has none, 0. */
function stepOf({ bits, rule }: Quantizer, range: number): number {
  return bits === null ? 0 : range / (2 ** (bits - 1) - (rule === 'uniform' ? 0.5 : 1));
}
