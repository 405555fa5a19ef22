import type { Program } from '../compile/program.ts';
import { cellStreams } from '../device/cell-streams.ts';
import { createKernels } from '../device/kernels.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import { cellLaws } from '../profile/cell-laws.ts';

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
  const kernels = createKernels({ bytes: 0 });
  const cells = new Map<string, Tensor>();
  for (const layer of program.layers) {
    for (const { name, targets } of layer.cells) {
      const out = new Float32Array(targets.length);
      kernels.presentCells({
        laws,
        noiseScale: state.noise,
        targets,
        streams: cellStreams(state.chip, layer.name, name, null),
        out,
      });
      cells.set(`${layer.name}.${name}`, float32([layer.in, targets.length / layer.in], out));
    }
    onLayer();
  }
  return cells;
}
