import { float32, type Graph } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { MappingOptions } from './cells.ts';
import { type Program, type ProgramLayer, targetWeights } from './program.ts';

/** Whether a mapping changes weights by more than float rounding: by bits, by the cells' levels, or by clipping. */
export function roundsWeights(
  { weightBits, clipShare }: Pick<MappingOptions, 'weightBits' | 'clipShare'>,
  levels: number | null,
): boolean {
  return weightBits !== null || levels !== null || clipShare < 1;
}

/** A graph with the weights that its program's targets stand for in place of its own. */
export function withMappedWeights(graph: Graph, program: Program): Graph {
  const byName = new Map(program.layers.map((layer) => [layer.name, layer]));
  const initializers = new Map(graph.initializers);
  for (const { name, weight, transposed } of linearLayers(graph)) {
    const layer = byName.get(name);
    if (layer === undefined) continue;
    const { shape } = initializers.get(weight)!;
    const mapped = mappedWeights(layer);
    initializers.set(weight, float32(shape, transposed ? turned(mapped, layer) : mapped));
  }
  return { ...graph, initializers };
}

/** rms(W' - W) / rms(W) over all weights, W' being what the program's targets stand for: what the mapping alone costs. */
export function mappingError(graph: Graph, program: Program): number {
  const before = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  let off = 0;
  let size = 0;
  for (const layer of program.layers) {
    const { weight, transposed } = before.get(layer.name)!;
    const own = graph.initializers.get(weight)!.data as Float32Array;
    const mapped = mappedWeights(layer);
    (transposed ? turned(mapped, layer) : mapped).forEach((w, i) => {
      off += (w - own[i]!) ** 2;
      size += own[i]! ** 2;
    });
  }
  return size === 0 ? 0 : Math.sqrt(off / size);
}

/** `[in, out]`. */
function mappedWeights(layer: ProgramLayer): Float32Array {
  const all = new Float32Array(layer.in * layer.out);
  layer.strips.forEach(([from], strip) => {
    all.set(targetWeights(layer, strip), from * layer.out);
  });
  return all;
}

/** `[in, out]` to `[out, in]`. */
function turned(weights: Float32Array, layer: { readonly in: number; readonly out: number }): Float32Array {
  const other = new Float32Array(weights.length);
  for (let row = 0; row < layer.in; row++) {
    for (let column = 0; column < layer.out; column++)
      other[column * layer.in + row] = weights[row * layer.out + column]!;
  }
  return other;
}
