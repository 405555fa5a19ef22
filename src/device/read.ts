import { lookup } from '../core/table.ts';
import type { CellLaws } from '../profile/cell-laws.ts';

const f = Math.fround;

/**
 * One read: the last stage of a cell, drawn anew at each read and without trace in the cell:
 *
 *   g' = max(0, g + s g std(x) z),  x = g/gMax,
 *
 * g being the present conductance, std the relative spread at this time, z standard normal, s the noise scale. Without
 * a law the read is the cell, bit for bit. In the float32 operations of the kernel, in their order.
 */
export function readCell(g: number, z: number, laws: CellLaws, noiseScale: number): number {
  if (laws.readStd === null || !readIsRandom(laws, noiseScale)) return g;
  const std = f(f(f(noiseScale) * g) * lookup(laws.readStd, f(g * f(1 / laws.gMaxMicrosiemens))));
  return Math.max(f(g + f(std * z)), 0);
}

/** Whether a read draws a normal number for each cell. */
export function readIsRandom(laws: CellLaws, noiseScale: number): boolean {
  return laws.readStd !== null && f(noiseScale) !== 0;
}
