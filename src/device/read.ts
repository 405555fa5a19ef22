import { lookup } from '../core/table.ts';
import type { CellLaws } from '../profile/cell-laws.ts';

const f = Math.fround;

/**
 * One read: the last stage of a cell, drawn anew at each read and without trace in the cell:
 *
 *   g' = min(high, max(low, g + s g std(x) z)),  x = g/gMax,
 *
 * g being the present conductance, std the relative spread at this time, z standard normal, s the noise scale. The
 * bounds are 0 and none, or gMin and gMax where the profile's clamp is `range`. Without a law the read is the cell within the
 * bounds, bit for bit. In the float32 operations of the kernel, in their order.
 */
export function readCell(g: number, z: number, laws: CellLaws, noiseScale: number): number {
  const [low, high] = readBounds(laws);
  if (laws.readStd === null || !readIsRandom(laws, noiseScale)) {
    return laws.clamp === 'range' ? Math.max(Math.min(g, high), low) : g;
  }
  const std = f(f(f(noiseScale) * g) * lookup(laws.readStd, f(g * f(1 / laws.gMaxMicrosiemens))));
  return Math.max(Math.min(f(g + f(std * z)), high), low);
}

/**
 * Telegraph noise, before the noise of the read: a cell that the read finds in its lower state, u < probability(x), gives
 *
 *   g' = g max(0, 1 - s amplitude(x)),  x = g/gMax,
 *
 * u = word/2^32 of a random word, s the noise scale. In the float32 operations of the kernel, in their order.
 */
export function telegraphedCell(g: number, word: number, laws: CellLaws, noiseScale: number): number {
  const { telegraphProbability: probability, telegraphAmplitude: amplitude } = laws;
  if (probability === null || amplitude === null || f(noiseScale) === 0) return g;
  const x = f(g * f(1 / laws.gMaxMicrosiemens));
  if (!(f(f(word) * 2 ** -32) < lookup(probability, x))) return g;
  return f(g * Math.max(f(1 - f(f(noiseScale) * lookup(amplitude, x))), 0));
}

/** The least and the greatest conductance that a read can give, µS, float32. */
export function readBounds(laws: CellLaws): readonly [low: number, high: number] {
  if (laws.clamp === 'range') return [f(laws.gMinMicrosiemens), f(laws.gMaxMicrosiemens)];
  return [laws.clamp === 'none' ? Number.NEGATIVE_INFINITY : 0, Number.POSITIVE_INFINITY];
}

/** Whether a read draws a normal number for each cell. */
export function readIsRandom(laws: CellLaws, noiseScale: number): boolean {
  return laws.readStd !== null && f(noiseScale) !== 0;
}
