import { fillNormals, normal } from '../core/normals.ts';
import { uniforms } from '../core/philox.ts';
import { stream } from '../core/stream.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { Variation } from '../profile/profile.ts';

const f = Math.fround;

/**
 * Variation: what stands between a written conductance and that of the cell, for good:
 *
 *   g' = g max(0, factor + s cell z),  factor = 1 + s (wafer (r^2 - 1/2) + chip z1 + column z2)
 *
 * with a normal z a cell, z2 a column of a tile, z1 a chip, r a chip's distance from the centre of its wafer, of radius 1, s the
 * noise scale. Chips stand on the wafer's area evenly, so that r^2 is uniform. Without spreads the cell is left as it
 * is, bit for bit. In the float32 operations of the kernel, in their order.
 *
 * @param factor of the cell's column, float32; 1 where columns and chips do not vary
 */
export function variedCell(g: number, factor: number, z: number, laws: CellLaws, noiseScale: number): number {
  const std = f(f(noiseScale) * f(laws.cellVariation));
  return f(g * Math.max(f(factor + f(std * z)), 0));
}

/** Whether variation draws a normal number for each cell. */
export function varyIsRandom(laws: CellLaws, noiseScale: number): boolean {
  return f(laws.cellVariation) !== 0 && f(noiseScale) !== 0;
}

/**
 * The factors of the columns of one tile row of a kind of cell, 1 + s (wafer (r^2 - 1/2) + chip z1 + column z2), float32. A column of another
 * tile row is another column.
 *
 * @returns Null where neither chips nor columns vary.
 */
export function columnFactors(
  variation: Variation,
  noiseScale: number,
  seed: number,
  layer: string,
  cell: string,
  strip: number,
  columns: number,
): Float32Array | null {
  const { wafer, chip, column } = variation;
  if (noiseScale === 0 || (wafer === 0 && chip === 0 && column === 0)) return null;
  const radiusSquared = uniforms(stream(seed, 'variation', 'wafer'), 1)[0]!;
  const ofChip = wafer * (radiusSquared - 0.5) + chip * normal(stream(seed, 'variation', 'chip'), 0);
  const factors = new Float32Array(columns);
  if (column > 0) fillNormals(stream(seed, 'variation', 'column', layer, cell), factors, strip * columns);
  return factors.map((z) => 1 + noiseScale * (ofChip + column * z));
}

/**
 * The spread of cells that each stand on a chip and in a column of their own: what `simulateCells` draws, as one normal. The
 * uniform place on a wafer enters with its variance, wafer^2/12.
 */
export function singleCellVariation({ wafer, chip, column, cell }: Variation): number {
  return Math.sqrt((wafer * wafer) / 12 + chip * chip + column * column + cell * cell);
}
