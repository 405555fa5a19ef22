import { exp } from '../core/math.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { buildGraph } from '../graph/build.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Adapter } from './adapter.ts';

/**
 * Folds GRASP into the layers that it stands in front of, so that nothing is left to do at run time:
 *
 *     ((x - beta) / gamma) W = x (diag(1/gamma) W) - (beta / gamma) W
 *
 * The last term becomes a constant that is added behind the product. Computed in float64, rounded once.
 *
 * @param graph The model's own graph, without the adapter.
 * @returns The same graph with folded weights and shifts. The head is not part of it.
 */
export function foldAdapter(graph: Graph, adapter: Adapter): Graph {
  const layers = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  const initializers = new Map(graph.initializers);
  const shifts = new Map<string, Tensor>();
  for (const name of adapter.method === 'head' ? [] : adapter.options.layers) {
    const layer = layers.get(name)!;
    const { weight, shift } = foldLayer(graph.initializers.get(layer.weight)!, layer, name, adapter);
    initializers.set(layer.weight, weight);
    shifts.set(name, shift);
  }
  const builder = buildGraph(graph.name, { ...graph, initializers, nodes: [] });
  for (const node of graph.nodes) {
    const shift = shifts.get(node.name);
    if (shift === undefined) {
      builder.nodes(node.op, node.inputs, node.outputs.length, node);
      continue;
    }
    const product = `${node.name}.unshifted`;
    builder.nodes(node.op, node.inputs, 1, { ...node, outputs: [product] });
    const constant = builder.constant(`${node.name}.foldedShift`, shift);
    builder.node('Add', [product, constant], { name: `${node.name}.shifted`, outputs: node.outputs });
  }
  return builder.finish();
}

function foldLayer(
  weight: Tensor,
  layer: { in: number; out: number; transposed: boolean },
  name: string,
  adapter: Adapter,
): { weight: Tensor; shift: Tensor } {
  const logGamma = adapter.tensors.get(`${name}.logGamma`)!.data as Float32Array;
  const beta = adapter.tensors.get(`${name}.beta`)!.data as Float32Array;
  const group = adapter.tensors.get(`${name}.group`)!.data as Int32Array;
  const source = weight.data as Float32Array;
  const folded = new Float32Array(source.length);
  const shift = new Float64Array(layer.out);
  for (let row = 0; row < layer.in; row++) {
    const g = group[row]!;
    const inverse = exp(-logGamma[g]!);
    for (let column = 0; column < layer.out; column++) {
      const at = layer.transposed ? column * layer.in + row : row * layer.out + column;
      const scaled = source[at]! * inverse;
      folded[at] = scaled;
      shift[column] = shift[column]! - beta[g]! * scaled;
    }
  }
  return { weight: float32(weight.shape, folded), shift: float32([layer.out], Float32Array.from(shift)) };
}
