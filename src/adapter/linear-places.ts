import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../graph/linear-layers.ts';
import type { Adapter } from './adapter.ts';
import type { Place } from './method.ts';

/** The linear layers of a graph as places of `inputs` and `outputs`. */
export function linearPlaces(graph: Graph): Place[] {
  return linearLayers(graph).map((layer) => ({
    name: layer.name,
    sizes: { inputs: layer.in, outputs: layer.out },
  }));
}

/** The linear layers of a graph that an adapter names. */
export function adaptedLinears(graph: Graph, { options }: Adapter): LinearLayer[] {
  const names = new Set(options.layers);
  return linearLayers(graph).filter(({ name }) => names.has(name));
}

/**
 * A layer's weight with each number replaced, computed in float64 and rounded once.
 *
 * @param change The new number from the old one and its place, for x W: row of the input, column of the output.
 */
export function changedWeight(
  weight: Tensor,
  layer: LinearLayer,
  change: (value: number, row: number, column: number) => number,
): Tensor {
  const source = weight.data as Float32Array;
  const changed = new Float32Array(source.length);
  for (let row = 0; row < layer.in; row++) {
    for (let column = 0; column < layer.out; column++) {
      const at = layer.transposed ? column * layer.in + row : row * layer.out + column;
      changed[at] = change(source[at]!, row, column);
    }
  }
  return float32(weight.shape, changed);
}
