import type { GraphBuilder } from '../graph/build.ts';

/**
 * A converter of b bits. `symmetric`: the codes -top..top with top = 2^(b-1) - 1, so 2^b - 1 levels and an exact zero.
 * `uniform`: 2^b levels at the half codes -top..top with top = 2^(b-1) - 1/2, no level at zero.
 */
export interface Converter {
  readonly bits: number;
  readonly rule: 'symmetric' | 'uniform';
  /** The largest code: a value at the range's end has it. */
  readonly top: number;
}

/** @throws RangeError if bits is not a whole number in 2..24 (float32 counts codes exactly up to there). */
export function converter(bits: number, rule: Converter['rule']): Converter {
  if (!Number.isInteger(bits) || bits < 2 || bits > 24) {
    throw new RangeError(`converter: bits must be a whole number in 2..24, got ${bits}`);
  }
  return { bits, rule, top: 2 ** (bits - 1) - (rule === 'symmetric' ? 1 : 0.5) };
}

/**
 * Adds a converter's rounding (half to even) and saturation. Value in and value out are in codes.
 *
 * The nodes are Clip and Round and not QuantizeLinear, which ONNX Runtime may fuse with its neighbours and change
 * results; clipping at the last code before rounding gives the same code as after it.
 *
 * @returns The name of the converted value.
 */
export function convert(builder: GraphBuilder, name: string, value: string, how: Converter): string {
  const half = how.rule === 'uniform' ? 0.5 : 0;
  const clipped = builder.node('Clip', [value, builder.scalar(-how.top), builder.scalar(how.top)], {
    name: `${name}.clip`,
  });
  if (half === 0) return builder.node('Round', [clipped], { name: `${name}.code` });
  const shifted = builder.node('Sub', [clipped, builder.scalar(half)], { name: `${name}.shifted` });
  const rounded = builder.node('Round', [shifted], { name: `${name}.rounded` });
  return builder.node('Add', [rounded, builder.scalar(half)], { name: `${name}.code` });
}
