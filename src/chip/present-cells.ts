import type { LayerCell } from '../compile/cells.ts';
import type { ProgramLayer } from '../compile/program.ts';
import { cellStreams } from '../device/cell-streams.ts';
import type { Kernels } from '../device/kernels.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { EffectsOf, EffectsState } from './array-effects.ts';

/**
 * The conductances of all cells of one kind of a layer, µS, shaped as their targets: strip by strip, since a column of
 * another tile row is another column.
 *
 * @param event Which read it is; null for cells that are not read.
 */
export function presentLayerCells(
  kernels: Kernels,
  laws: CellLaws,
  effectsOf: EffectsOf,
  state: EffectsState,
  layer: ProgramLayer,
  cell: LayerCell,
  event: number | null,
): Float32Array {
  const { name, targets } = cell;
  const columns = targets.length / layer.in;
  const streams = cellStreams(state.chip, layer.name, name, event);
  const out = new Float32Array(targets.length);
  layer.strips.forEach(([fromRow, toRow], strip) => {
    const span = [fromRow * columns, toRow * columns] as const;
    kernels.presentCells({
      laws,
      noiseScale: state.noise,
      targets: targets.subarray(...span),
      streams,
      effects: effectsOf(state, layer, cell, strip),
      first: span[0],
      out: out.subarray(...span),
    });
  });
  return out;
}
