import { sliceCount } from '../compile/cells.ts';
import { sliceInputs } from '../compile/lower.ts';
import type { Program, ProgramLayer } from '../compile/program.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import { type ChipState, createChipWriter } from './writer.ts';

/** The effective weights of simulated chips by whole layers, for a graph that knows neither strips nor slices. */
export interface LayerWriter {
  /** `[in, out]` by layer name. The arrays are the writer's own: the next call overwrites them. */
  weights(state: ChipState): Record<string, Tensor>;
}

/** A chip writer whose strips and slices are put together: w = sum of the slices + the digital zero point. */
export function createLayerWriter(program: Program): LayerWriter {
  const writer = createChipWriter(program);
  const { layers } = program;
  const arrays = layers.map((layer) => new Float32Array(layer.in * layer.out));
  return {
    weights(state) {
      const feeds = writer.weights(state);
      layers.forEach((layer, index) => {
        putTogether(layer, feeds, arrays[index]!);
      });
      return Object.fromEntries(
        layers.map((layer, index) => [layer.name, float32([layer.in, layer.out], arrays[index]!)]),
      );
    },
  };
}

function putTogether(
  layer: ProgramLayer,
  feeds: Readonly<Record<string, Tensor>>,
  whole: Float32Array,
): void {
  const { name, out, zero } = layer;
  layer.strips.forEach(([from, to], strip) => {
    const slices = sliceInputs(name, strip, sliceCount(layer.cells)).map(
      (input) => feeds[input]!.data as Float32Array,
    );
    const rows = whole.subarray(from * out, to * out);
    rows.set(slices[0]!);
    for (const slice of slices.slice(1)) for (let i = 0; i < rows.length; i++) rows[i]! += slice[i]!;
    if (zero === null) return;
    for (let i = 0; i < rows.length; i++) rows[i]! += zero[strip * out + (i % out)]!;
  });
}
