import type { WiredArray, WireResistances } from '../../src/device/wires/circuit.ts';
import { spread } from './operator-case.ts';

export const NO_WIRES: WireResistances = {
  rowSegmentOhm: 0,
  columnSegmentOhm: 0,
  rowTerminalOhm: 0,
  columnTerminalOhm: 0,
  driver: 'one-end',
};

/** Cells of 0 to 1000 uS, so that a wire of `ratio` kilohm a cell has Rp/Rmin = ratio. */
export function wiredArray(rows: number, columns: number, ratio: number, seed = 1): WiredArray {
  const ohm = 1000 * ratio;
  const wires = { ...NO_WIRES, rowSegmentOhm: ohm, columnSegmentOhm: ohm };
  return { rows, columns, cells: Float64Array.from(spread(rows * columns, seed, 0, 1000)), wires };
}

/** Numbers from -1 to 1. */
export function volts(count: number, seed = 2): Float64Array {
  return Float64Array.from(spread(count, seed, -1, 1));
}
