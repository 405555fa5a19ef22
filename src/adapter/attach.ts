import { buildGraph } from '../graph/build.ts';
import type { Graph } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { inferShapes } from '../graph/shapes.ts';
import { adaptedLayers } from './adapted-layers.ts';
import type { Adapter } from './adapter.ts';
import { addGrasp } from './grasp.ts';

export interface Attachment {
  /** `constant`: the adapter's numbers are part of the graph. `input`: they are graph inputs, named as in its file. */
  readonly parameters: 'constant' | 'input';
  /**
   * StochGRASP's draws in front of the layers, as graph inputs `<layer>.draw`: one an example and input dimension
   * (`[B, in]`), one a token (`[B, T, in]`), or none, which is how an adapter is deployed.
   */
  readonly draws: 'none' | 'example' | 'token';
}

/**
 * Puts an adapter and its task head into a model's graph.
 *
 * @param graph A model's graph with an output `pooled` `[B, P]`.
 * @returns A graph with the one output `logits` `[B, outputs]`.
 * @throws BadFileError if the adapter was made for another model (a layer is missing or has another width).
 */
export function attachAdapter(graph: Graph, adapter: Adapter, how: Attachment): Graph {
  const shapes = inferShapes(graph);
  const layers = adaptedLayers(adapter, linearLayers(graph));

  const builder = buildGraph(graph.name, { ...graph, nodes: [] }, false);
  const parameter = (name: string): string => {
    const tensor = adapter.tensors.get(name)!;
    if (how.parameters === 'input' && tensor.dtype === 'float32') {
      return builder.input(name, tensor.dtype, tensor.shape);
    }
    return builder.constant(name, tensor);
  };

  for (const node of graph.nodes) {
    const inputs = [...node.inputs];
    const layer = layers.get(node.name);
    if (layer !== undefined) {
      const rank = shapes.get(layer.input)!.shape.length;
      const perToken = how.draws === 'token' && rank === 3;
      const draw =
        how.draws === 'none'
          ? null
          : builder.input(`${node.name}.draw`, 'float32', perToken ? ['B', 'T', layer.in] : ['B', layer.in]);
      const made = new Map<string, string>();
      const value = (suffix: string): string => {
        const name = `${node.name}.${suffix}`;
        if (!made.has(name)) made.set(name, parameter(name));
        return made.get(name)!;
      };
      inputs[0] = addGrasp(builder, layer.input, rank === 3 && !perToken, node.name, value, draw);
    }
    builder.nodes(node.op, inputs, node.outputs.length, node);
  }

  const scaled = builder.node('Mul', ['pooled', builder.scalar(adapter.head.scale)], { name: 'head.scaled' });
  const product = builder.node('MatMul', [scaled, parameter('head.weight')], { name: 'head.product' });
  builder.node('Add', [product, parameter('head.bias')], { name: 'logits' });
  builder.output('logits', 'float32', ['B', adapter.head.outputs]);
  return builder.finish();
}
