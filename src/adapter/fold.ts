import { buildGraph } from '../graph/build.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { transpose } from '../graph/transpose.ts';
import type { Adapter } from './adapter.ts';
import { checkFit } from './fit.ts';
import { methodNamed } from './methods.ts';

/**
 * Folds an adapter into the weights and biases of the layers that it adapts, so that nothing is left to do at run time.
 * Each method's file has its formula; each changed number is rounded once.
 *
 * @param graph The model's own graph, without the adapter.
 * @returns The same graph with folded weights, biases and shifts. The head is not part of it.
 * @throws BadFileError if the adapter was made for another model.
 */
export function foldAdapter(graph: Graph, adapter: Adapter): Graph {
  const method = methodNamed(adapter.method);
  checkFit(adapter, method, graph);
  const layers = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  const initializers = new Map(graph.initializers);
  for (const [name, tensor] of method.replaced(graph, adapter)) {
    const stored = adapter.tensors.get(tensor.name)!;
    initializers.set(name, tensor.transposed ? transpose(stored) : stored);
  }
  const shifts = new Map<string, Tensor>();
  /** By node and initializer: what the node takes instead. */
  const renamed = new Map<string, string>();
  const replace = (user: string, name: string, tensor: Tensor, copy: string): void => {
    // What another node uses too stays as it is: the fold is this layer's alone.
    const users = graph.nodes.filter((node) => node.inputs.includes(name)).length;
    initializers.set(users > 1 ? copy : name, tensor);
    if (users > 1) renamed.set(`${user} ${name}`, copy);
  };
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node.name])));
  for (const [name, { weight, shift, bias }] of method.fold(graph, adapter)) {
    const layer = layers.get(name)!;
    replace(name, layer.weight, weight, `${name}.foldedWeight`);
    if (bias !== undefined) {
      replace(makers.get(layer.output)!, layer.bias!, bias, `${name}.foldedBias`);
    }
    if (shift !== undefined) shifts.set(name, shift);
  }

  const builder = buildGraph(graph.name, { ...graph, initializers, nodes: [] });
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => renamed.get(`${node.name} ${input}`) ?? input);
    const shift = shifts.get(node.name);
    if (shift === undefined) {
      builder.nodes(node.op, inputs, node.outputs.length, node);
      continue;
    }
    const product = `${node.name}.unshifted`;
    builder.nodes(node.op, inputs, 1, { ...node, outputs: [product] });
    const constant = builder.constant(`${node.name}.foldedShift`, shift);
    builder.node('Add', [product, constant], { name: `${node.name}.shifted`, outputs: node.outputs });
  }
  return builder.finish();
}
