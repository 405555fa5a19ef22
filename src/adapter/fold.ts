import { exp } from '../core/math.ts';
import { buildGraph } from '../graph/build.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { adaptedLayers } from './adapted-layers.ts';
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
 * @throws BadFileError if the adapter was made for another model.
 */
export function foldAdapter(graph: Graph, adapter: Adapter): Graph {
  const layers = adaptedLayers(adapter, linearLayers(graph));
  const initializers = new Map(graph.initializers);
  const shifts = new Map<string, Tensor>();
  const weights = new Map<string, string>();
  for (const [name, layer] of layers) {
    const { weight, shift } = foldLayer(graph.initializers.get(layer.weight)!, layer, name, adapter);
    // A weight that another node uses too stays as it is: the fold is this layer's alone.
    const users = graph.nodes.filter((node) => node.inputs.includes(layer.weight)).length;
    const folded = users > 1 ? `${name}.foldedWeight` : layer.weight;
    initializers.set(folded, weight);
    weights.set(name, folded);
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
    const inputs = node.inputs.map((input, index) => (index === 1 ? weights.get(node.name)! : input));
    builder.nodes(node.op, inputs, 1, { ...node, outputs: [product] });
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
