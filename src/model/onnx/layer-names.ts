import type { Graph, Node } from '../../graph/graph.ts';
import { linearLayers } from '../../graph/linear-layers.ts';
import { renamed } from './inputs.ts';

/**
 * Gives the linear layers and layer norms of a foreign graph the names that its source had, and the form of our own: the
 * product is named as its layer, and the bias is the second operand of its sum. The name is, in this order:
 *
 * 1. the weight's, without `.weight`;
 * 2. the bias', without `.bias`, where no other layer has the same;
 * 3. the node's path, `/encoder/layer.0/output/dense/MatMul` being `encoder.layer.0.output.dense`;
 * 4. the node's own name.
 *
 * A name that another layer has already gets a number behind it: `.2`, `.3`.
 */
export function nameLayers(graph: Graph): Graph {
  const taken = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ]);
  const uses = new Map<string, number>();
  for (const input of graph.nodes.flatMap(({ inputs }) => inputs))
    uses.set(input, (uses.get(input) ?? 0) + 1);
  const layers = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  const names = new Map<Node, string>();
  for (const node of graph.nodes) {
    const layer = layers.get(node.name);
    const isNorm = node.op === 'LayerNormalization';
    if (layer === undefined && !isNorm) continue;
    const weight = layer?.weight ?? node.inputs[1] ?? '';
    const bias = (layer === undefined ? node.inputs[2] : layer.bias) ?? '';
    const wanted =
      ending(weight, '.weight', uses) ?? ending(bias, '.bias', uses) ?? pathOf(node.name) ?? node.name;
    taken.delete(node.name);
    if (node.outputs[0] === wanted) taken.delete(wanted);
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}.${count}`;
    taken.add(name);
    names.set(node, name);
  }
  const values = new Map([...names].map(([node, name]) => [node.outputs[0]!, name]));
  const products = new Set([...layers.values()].map((layer) => values.get(productOf(graph, layer.name))));
  const named = {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, name: names.get(node) ?? node.name })),
  };
  const result = renamed(named, (name) => values.get(name) ?? name);
  return {
    ...result,
    nodes: result.nodes.map((node) => {
      const [a, b] = node.inputs;
      const turned = node.op === 'Add' && !products.has(a) && products.has(b) && result.initializers.has(a!);
      return turned ? { ...node, inputs: [b!, a!] } : node;
    }),
  };
}

function productOf(graph: Graph, layer: string): string {
  return graph.nodes.find(({ name }) => name === layer)!.outputs[0]!;
}

function ending(name: string, end: string, uses: ReadonlyMap<string, number>): string | undefined {
  return name.endsWith(end) && name.length > end.length && uses.get(name) === 1
    ? name.slice(0, -end.length)
    : undefined;
}

function pathOf(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '');
  return name.startsWith('/') && parts.length > 1 ? parts.slice(0, -1).join('.') : undefined;
}
