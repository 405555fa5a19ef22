import { roundHalfToEven } from '../core/rounding.ts';
import { isPair, sliceBits } from '../profile/mapping.ts';
import type { MappingOptions } from './cells.ts';
import { type CellRange, type Placement, scaleOf } from './scale.ts';

const f = Math.fround;

/**
 * Weights as whole numbers in slices. q = round(w (2^(B-1) - 1)/m), half to even, m the largest size, is cut into N
 * digits of b = B/N bits, least significant first; a digit d stands at gMin + D d/(2^b - 1):
 *
 * - pairs: the digits of |q|; one-sided in the cell of the weight's sign, the other at gMin; two-sided both around the
 *   middle, by half a digit each;
 * - offsets: the digits of q + 2^(B-1). A weight of 0 has all digits 0 but for the last, 2^(b-1).
 *
 * w = scale x sum over slices of 2^(b s) x (g, or gPlus - gMinus), + zero, with scale = m (2^b - 1)/((2^(B-1) - 1) D).
 */
export function placeSlices(mapping: MappingOptions, device: CellRange, largest: number): Placement {
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = device;
  const { slices } = mapping;
  const bits = sliceBits(mapping);
  const top = 2 ** bits - 1;
  const span = gMax - gMin;
  const half = 2 ** (bits * slices - 1);
  const scale = scaleOf((largest / (half - 1)) * top, span);
  // From the rounded scale, so that whole numbers come back as they went in.
  const unit = (scale * span) / top;
  const whole = (w: number) => roundHalfToEven(w / unit);
  // Sizes are whole and below 2^24.
  const digit = (size: number, slice: number) => (size >>> (bits * slice)) & top;
  const at = (d: number) => gMin + (d / top) * span;
  if (isPair(mapping)) {
    const oneSided = mapping.kind === 'pair-one-sided';
    const middle = (gMin + gMax) / 2;
    const place: Placement['place'] = (cells, cell, w) => {
      const q = whole(w);
      for (let slice = 0; slice < slices; slice++) {
        const d = digit(Math.abs(q), slice);
        const [plus, minus] = [cells[2 * slice]!, cells[2 * slice + 1]!];
        if (oneSided) (q > 0 ? plus : minus)[cell] = at(d);
        else {
          const side = (Math.sign(q) * d * span) / (2 * top);
          plus[cell] = middle + side;
          minus[cell] = middle - side;
        }
      }
    };
    return { scale, zero: 0, place };
  }
  const place: Placement['place'] = (cells, cell, w) => {
    const size = whole(w) + half;
    for (let slice = 0; slice < slices; slice++) cells[slice]![cell] = at(digit(size, slice));
  };
  // As the cells of a weight 0 give it back, so that it is 0 to the last bits.
  const held = zeroDigits(mapping).map((d, slice) => f(f(at(d)) * f(scale * 2 ** (bits * slice))));
  const zero = mapping.kind === 'offset' ? -held.reduce((sum, part) => sum + part, 0) : 0;
  return { scale, zero, place };
}

/** The digits of 2^(B-1), which an offset weight of 0 has. */
export function zeroDigits(mapping: MappingOptions): number[] {
  const top = 2 ** (sliceBits(mapping) - 1);
  return Array.from({ length: mapping.slices }, (_, slice) => (slice === mapping.slices - 1 ? top : 0));
}
