import { lookup } from '../core/table.ts';
import type { CellLaws } from '../profile/cell-laws.ts';

const f = Math.fround;

/**
 * Writing: the first stage of a cell. What is in the cell afterwards misses the target by a shift and a random part,
 * drawn once for each written cell and kept until the next writing:
 *
 *   g = max(floor, target + shift(x) + s std(x) z),  x = target/gMax,
 *
 * all in microsiemens; z is standard normal, s the noise scale, the floor 0 (none where
 * the profile's clamp is `none`). Laws that change with age leave each cell its z: it relaxes along its own quantile. Without shift and std the cell is its target, bit for
 * bit. In the float32 operations of the kernel, in their order.
 */
export function writtenCell(target: number, z: number, laws: CellLaws, noiseScale: number): number {
  const isRandom = writeIsRandom(laws, noiseScale);
  if (!isRandom && laws.writeMeanShift === null) return target;
  const x = f(target * f(1 / laws.gMaxMicrosiemens));
  let g = target;
  if (laws.writeMeanShift !== null) g = f(g + lookup(laws.writeMeanShift, x));
  if (isRandom && laws.writeStd !== null) g = f(g + f(f(f(noiseScale) * lookup(laws.writeStd, x)) * z));
  return Math.max(g, writeFloor(laws));
}

/** The least written conductance, µS. */
export function writeFloor(laws: CellLaws): number {
  return laws.clamp === 'none' ? Number.NEGATIVE_INFINITY : 0;
}

/** Whether writing draws a normal number for each cell. */
export function writeIsRandom(laws: CellLaws, noiseScale: number): boolean {
  return laws.writeStd !== null && f(noiseScale) !== 0;
}
