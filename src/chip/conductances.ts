import type { Program } from '../compile/program.ts';
import { createKernels } from '../device/kernels.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import { cellLaws } from '../profile/cell-laws.ts';
import { arrayEffects } from './array-effects.ts';
import { presentLayerCells } from './present-cells.ts';

/**
 * The conductances of one chip at one time, without a read: `<layer>.<cell>` `[in, out]` (of a zero-point cell `[in,
 * column ranges]`), microsiemens. The same cells as those behind `createChipWriter`'s weights.
 */
export function presentConductances(
  program: Program,
  state: { readonly chip: number; readonly seconds: number; readonly noise: number },
  onLayer: () => void,
): Map<string, Tensor> {
  const laws = cellLaws(program.profile, state.seconds);
  const effectsOf = arrayEffects(program);
  const kernels = createKernels({ bytes: 0 });
  const cells = new Map<string, Tensor>();
  for (const layer of program.layers) {
    for (const cell of layer.cells) {
      const out = presentLayerCells(kernels, laws, effectsOf, { ...state, source: 'all' }, layer, cell, null);
      cells.set(`${layer.name}.${cell.name}`, float32([layer.in, out.length / layer.in], out));
    }
    onLayer();
  }
  return cells;
}
