import { buildGraph, type GraphBuilder } from '../graph/build.ts';
import type { Graph } from '../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../graph/linear-layers.ts';
import { prune } from '../graph/prune.ts';
import { inferShapes } from '../graph/shapes.ts';
import { transpose } from '../graph/transpose.ts';
import type { Adapter } from './adapter.ts';
import { addDraw } from './draw.ts';
import { checkFit } from './fit.ts';
import { addHead } from './head.ts';
import type { Entry } from './method.ts';
import { drawnLayers, methodNamed } from './methods.ts';

export interface Attachment {
  /** `constant`: the adapter's numbers are part of the graph. `input`: they are graph inputs, named as in its file. */
  readonly parameters: 'constant' | 'input';
  /**
   * The draws that the adapter is trained with, as graph inputs `<layer>.draw` in front of its noisy layers: one an
   * example and input dimension (`[B, in]`), one a token (`[B, T, in]`), or none, which is how an adapter is deployed. Where
   * there may be draws, an adapter that is trained with dropout has its factors as inputs `<layer>.dropout`, too, shaped as the
   * layer's input.
   */
  readonly draws: 'none' | 'example' | 'token';
}

/**
 * Puts an adapter and its task head into a model's graph.
 *
 * @param graph A model's graph with outputs `hidden` `[B, T, D]` and `pooled` `[B, P]`.
 * @returns A graph with a first output `logits` `[B, outputs]`, or of an adapter without a head the graph's own outputs
 *   only, and no node that does not lead to them. With `keepOutputs` the graph's own outputs follow.
 * @throws BadFileError if the adapter was made for another model (a layer is missing or has another width).
 */
export function attachAdapter(
  graph: Graph,
  adapter: Adapter,
  how: Attachment,
  keepOutputs = adapter.head === null,
): Graph {
  const method = methodNamed(adapter.method);
  checkFit(adapter, method, graph);
  const replaced = method.replaced(graph, adapter);
  const initializers = new Map([...graph.initializers].filter(([name]) => !replaced.has(name)));
  const builder = buildGraph(graph.name, { ...graph, initializers, nodes: [] }, false);
  const layers = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  const standIns = new Map<string, string>();
  const current = (value: string): string => standIns.get(value) ?? value;
  const parameter = parameters(builder, adapter, how);
  const draw = draws(builder, graph, layers, adapter, how);
  const dropout = dropouts(builder, graph, layers, adapter, how);
  const { inputs, outputs } = method.attach({ builder, graph, adapter, parameter, current, draw, dropout });

  for (const node of graph.nodes) {
    const operands = node.inputs.map((input) => {
      const stored = replaced.get(input);
      return stored === undefined ? current(input) : parameter(stored.name, stored.transposed);
    });
    if (layers.has(node.name)) {
      let x = operands[0]!;
      x = inputs?.get(node.name)?.(x) ?? x;
      const noise = method.learnsStd ? null : draw(node.name);
      if (noise !== null) x = addDraw(builder, x, node.name, noise, adapter.options.targetStd![node.name]!);
      operands[0] = x;
    }
    const made = node.outputs.map((output) => {
      // An output of the graph keeps its name for what stands for it.
      const isOutput = outputs?.has(output) && graph.outputs.some(({ name }) => name === output);
      return isOutput ? `${output}.unadapted` : output;
    });
    builder.nodes(node.op, operands, made.length, { ...node, outputs: made });
    for (const [index, output] of node.outputs.entries()) {
      const edited = outputs?.get(output)?.(made[index]!);
      if (edited === undefined) continue;
      if (made[index] === output) standIns.set(output, edited);
      else builder.node('Identity', [edited], { name: `${output}.adapted`, outputs: [output] });
    }
  }

  if (adapter.head !== null) addHead(builder, adapter.head, current, parameter);
  if (keepOutputs) {
    for (const { name, dtype, shape } of graph.outputs) builder.output(name, dtype, shape);
  }
  return prune(builder.finish());
}

/** Puts each stored tensor into the graph when it is first asked for. */
function parameters(builder: GraphBuilder, adapter: Adapter, how: Attachment): Entry['parameter'] {
  const made = new Map<string, string>();
  const add = (name: string, transposed: boolean): string => {
    const tensor = adapter.tensors.get(name)!;
    if (how.parameters === 'constant' || tensor.dtype !== 'float32') {
      return builder.constant(name, transposed ? transpose(tensor) : tensor);
    }
    const input = builder.input(name, tensor.dtype, tensor.shape);
    return transposed ? builder.node('Transpose', [input], { name: `${name}.transposed` }) : input;
  };
  return (name, transposed = false) => {
    if (!made.has(name)) made.set(name, add(name, transposed));
    return made.get(name)!;
  };
}

function draws(
  builder: GraphBuilder,
  graph: Graph,
  layers: ReadonlyMap<string, LinearLayer>,
  adapter: Adapter,
  how: Attachment,
): Entry['draw'] {
  if (how.draws === 'none') return () => null;
  const drawn = new Set(drawnLayers(adapter));
  const shapes = inferShapes(graph);
  return (name) => {
    if (!drawn.has(name)) return null;
    const layer = layers.get(name)!;
    const overall = shapes.get(layer.input)!.shape.length === 3;
    const perToken = how.draws === 'token' && overall;
    const shape = perToken ? ['B', 'T', layer.in] : ['B', layer.in];
    return { value: builder.input(`${name}.draw`, 'float32', shape), overTokens: overall && !perToken };
  };
}

function dropouts(
  builder: GraphBuilder,
  graph: Graph,
  layers: ReadonlyMap<string, LinearLayer>,
  adapter: Adapter,
  how: Attachment,
): Entry['dropout'] {
  if (how.draws === 'none' || adapter.options.dropout === undefined) return () => null;
  const shapes = inferShapes(graph);
  return (name) => {
    const layer = layers.get(name)!;
    const seesTokens = shapes.get(layer.input)!.shape.length === 3;
    const shape = seesTokens ? ['B', 'T', layer.in] : ['B', layer.in];
    return builder.input(`${name}.dropout`, 'float32', shape);
  };
}
