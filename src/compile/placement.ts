import { roundHalfToEven } from '../core/rounding.ts';
import { sliceBits } from '../profile/mapping.ts';
import type { MappingOptions } from './cells.ts';
import { type CellRange, type Extremes, type Placement, scaleOf } from './scale.ts';
import { placeSlices, zeroDigits } from './slices.ts';

const f = Math.fround;

/**
 * The mapping of weights that share a scale. D = gMax - gMin, m the largest size, c the middle of the range:
 *
 * - `pair-one-sided`: gPlus = gMin + max(w, 0)/scale, gMinus = gMin + max(-w, 0)/scale, scale = m/D;
 * - `pair-two-sided`: gPlus = c + w/(2 scale), gMinus = c - w/(2 scale), scale = m/D;
 * - `offset`, `offset-unit-column`: g = c + w/scale, scale = 2m/D, zero point c. On cells of an even number of levels
 *   the lowest is left unused, so that c is a level, and D and c are those of the rest;
 * - `single-device`: g = gMin + (w - least)/scale, scale = (greatest - least)/D, zero = least - gMin scale.
 *
 * Weights of B bits are rounded first, half to even, to multiples of m/(2^(B-1) - 1); for slices see `placeSlices`.
 * Targets are rounded to the cell's levels, half to even. Weights that are all zero (of `single-device`: all equal) have
 * scale 0 and their cells at gMin.
 */
export function placementOf(mapping: MappingOptions, device: CellRange, extremes: Extremes): Placement {
  const { largest } = extremes;
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = device;
  if (mapping.kind === 'single-device') return singleDevice(device, extremes);
  if (largest === 0) return { scale: 0, zero: 0, place: () => undefined };
  if (mapping.slices > 1) return placeSlices(mapping, device, largest);
  const snap = nearestLevel(device);
  const steps = mapping.weightBits === null ? 0 : 2 ** (mapping.weightBits - 1) - 1;
  const rounded = (w: number) =>
    steps === 0 ? w : (roundHalfToEven((w * steps) / largest) * largest) / steps;
  // The largest weight can round to a hair beyond the range: it is at its end by definition.
  const within = (g: number) => Math.min(Math.max(g, gMin), gMax);
  if (mapping.kind === 'pair-one-sided') {
    const scale = scaleOf(largest, gMax - gMin);
    const place: Placement['place'] = (cells, at, weight) => {
      const w = rounded(weight);
      if (w !== 0) cells[w > 0 ? 0 : 1]![at] = snap(within(gMin + Math.abs(w) / scale));
    };
    return { scale, zero: 0, place };
  }
  if (mapping.kind === 'pair-two-sided') {
    const middle = (gMin + gMax) / 2;
    const scale = scaleOf(largest, gMax - gMin);
    const place: Placement['place'] = ([plus, minus], at, weight) => {
      const half = rounded(weight) / (2 * scale);
      plus![at] = snap(within(middle + half));
      minus![at] = snap(within(middle - half));
    };
    return { scale, zero: 0, place };
  }
  const middle = offsetMiddle(device);
  const scale = scaleOf(2 * largest, 2 * (gMax - middle));
  const zero = mapping.kind === 'offset' ? -f(f(middle) * scale) : 0;
  const place: Placement['place'] = ([single], at, weight) => {
    single![at] = snap(within(middle + rounded(weight) / scale));
  };
  return { scale, zero, place };
}

/** The targets of the zero-point cells, slice by slice; none where the mapping has no unit column. */
export function zeroTargets(mapping: MappingOptions, device: CellRange): number[] {
  if (mapping.kind !== 'offset-unit-column') return [];
  if (mapping.slices === 1) return [offsetMiddle(device)];
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = device;
  return zeroDigits(mapping).map((digit) => gMin + (digit / (2 ** sliceBits(mapping) - 1)) * (gMax - gMin));
}

function singleDevice(device: CellRange, { least, greatest }: Extremes): Placement {
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = device;
  if (greatest === least) return { scale: 0, zero: least, place: () => undefined };
  const snap = nearestLevel(device);
  const scale = scaleOf(greatest - least, gMax - gMin);
  const place: Placement['place'] = ([single], at, w) => {
    single![at] = snap(Math.min(gMin + (w - least) / scale, gMax));
  };
  return { scale, zero: least - gMin * scale, place };
}

/** The conductance of an offset cell whose weight is 0. */
function offsetMiddle({ gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax, levels }: CellRange): number {
  const lowest = levels !== null && levels % 2 === 0 ? gMin + (gMax - gMin) / (levels - 1) : gMin;
  return (lowest + gMax) / 2;
}

/** What rounds a conductance to the nearest level that a cell has; as it is, where it has none. */
export function nearestLevel({ gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax, levels }: CellRange) {
  if (levels === null) return (g: number) => g;
  const step = (gMax - gMin) / (levels - 1);
  return (g: number) => gMin + roundHalfToEven((g - gMin) / step) * step;
}
