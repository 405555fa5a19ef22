import type { Graph, Node } from './graph.ts';
import { linearLayers } from './linear-layers.ts';

/** The graph input that holds a lifted layer's weight, `[in, out]`. */
export function liftedInput(layer: string): string {
  return `${layer}.written`;
}

/** Of the named layers those that a graph has: what no output needs is no part of it. */
export function liftable(graph: Graph, names: readonly string[]): string[] {
  const layers = new Set(linearLayers(graph).map((layer) => layer.name));
  return names.filter((name) => layers.has(name));
}

/**
 * The graph with the weights of linear layers lifted out to inputs `<layer>.written` `[in, out]`; all else is as it was.
 * A weight that nothing else uses is no longer part of the graph.
 *
 * @param names The layers whose weights are lifted.
 * @throws RangeError if a name is no linear layer of the graph
 */
export function liftWeights(graph: Graph, names: readonly string[]): Graph {
  const layers = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  const lifted = new Set(names);
  for (const name of names) {
    if (!layers.has(name))
      throw new RangeError(`liftWeights: "${name}" must be a linear layer of graph "${graph.name}"`);
  }
  const nodes = graph.nodes.map((node): Node => {
    if (!lifted.has(node.name)) return node;
    const [x, , ...rest] = node.inputs;
    // Lifted weights are stored as x W has them, whatever the graph had.
    const { transB: _, ...attributes } = node.attributes;
    return { ...node, inputs: [x!, liftedInput(node.name), ...rest], attributes };
  });
  const weights = new Set(names.map((name) => layers.get(name)!.weight));
  const used = new Set([
    ...nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map((output) => output.name),
  ]);
  return {
    ...graph,
    inputs: [
      ...graph.inputs,
      ...names.map((name) => {
        const { in: rows, out } = layers.get(name)!;
        return { name: liftedInput(name), dtype: 'float32' as const, shape: [rows, out] };
      }),
    ],
    initializers: new Map([...graph.initializers].filter(([name]) => !weights.has(name) || used.has(name))),
    nodes,
  };
}
