import type { Graph, Node } from '../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../graph/linear-layers.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Ia3Role } from './adapter.ts';

/** Where a vector of (IA)^3 stands. */
export interface Ia3Place {
  /** The linear layer whose weight it folds into: the projection of keys or values, or the second of a feed-forward pair. */
  readonly layer: LinearLayer;
  readonly role: Ia3Role;
  /** The value that it rescales, `[B, T, width]`. */
  readonly value: string;
  /** First column of the layer's output that the value stands for (a fused projection has several parts). */
  readonly from: number;
  readonly width: number;
}

/** Rearrange a value's numbers, or scale them by a constant: keys stay keys. */
const LAYOUT = new Set(['Transpose', 'Reshape', 'Identity', 'Unsqueeze', 'Squeeze', 'Mul', 'Div', 'Cast']);
/** Between scores and their softmax: scaling and masks. */
const MASKING = new Set(['Add', 'Sub', 'Mul', 'Div', 'Where', 'Identity', 'Cast', 'Clip', 'Max']);
const ELEMENTWISE = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Neg', 'Identity', 'Sqrt', 'Cast', 'Clip']);
const ACTIVATIONS = new Set(['Relu', 'Erf', 'Tanh', 'Sigmoid', 'Exp', 'Max', 'Min', 'Gelu']);

/**
 * Finds keys, values and feed-forward activations by the graph's form, not by names, so that fused projections and any
 * exporter's names do:
 *
 * - *values*: the second operand of a product whose first is a softmax; *keys*: the second operand of the product that
 *   the softmax was taken of. Followed back through transposes and reshapes to a linear layer or a part (Split) of one.
 * - *inner*: the input, over tokens, of a linear layer that comes from one or more other linear layers through an
 *   activation function and nothing but element-wise operators.
 *
 * @returns In the order of the layers in the graph; the keys of a layer before its values.
 */
export function ia3Places(graph: Graph): Ia3Place[] {
  const layers = linearLayers(graph);
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const byOutput = new Map(layers.map((layer) => [layer.output, layer]));
  const found = [
    ...attentionPlaces(graph, producers, byOutput),
    ...innerPlaces(graph, layers, producers, byOutput),
  ];
  return layers.flatMap((layer) =>
    (['key', 'value', 'inner'] as const).flatMap(
      (role) => found.find((place) => place.layer === layer && place.role === role) ?? [],
    ),
  );
}

type Producers = ReadonlyMap<string, Node>;
type Outputs = ReadonlyMap<string, LinearLayer>;

function attentionPlaces(graph: Graph, producers: Producers, byOutput: Outputs): Ia3Place[] {
  const constant = (value: string) => graph.initializers.has(value);
  /** The node behind `value` of operator `op`, through layout or masking. */
  const behind = (value: string, op: string, through: ReadonlySet<string>): Node | undefined => {
    const node = producers.get(value);
    if (node?.op === op) return node;
    if (node === undefined || !through.has(node.op)) return undefined;
    for (const input of node.inputs) {
      const further = constant(input) ? undefined : behind(input, op, through);
      if (further !== undefined) return further;
    }
    return undefined;
  };
  const projection = (value: string, role: Ia3Role): Ia3Place[] => {
    const layer = byOutput.get(value);
    if (layer !== undefined) return [{ layer, role, value, from: 0, width: layer.out }];
    const node = producers.get(value);
    if (node?.op === 'Split') return partOf(graph, node, value, role, byOutput);
    if (node === undefined || !LAYOUT.has(node.op)) return [];
    const sources = node.inputs.slice(0, 2).filter((input) => input !== '' && !constant(input));
    const source = node.op === 'Reshape' || node.op === 'Unsqueeze' ? sources.slice(0, 1) : sources;
    return source.length === 1 ? projection(source[0]!, role) : [];
  };
  return graph.nodes.flatMap((mixed) => {
    const [shares, values] = mixed.inputs;
    if (mixed.op !== 'MatMul' || constant(values!)) return [];
    const softmax = behind(shares!, 'Softmax', new Set(['Identity', 'Cast']));
    const scores = softmax === undefined ? undefined : behind(softmax.inputs[0]!, 'MatMul', MASKING);
    if (scores === undefined) return [];
    return [...projection(scores.inputs[1]!, 'key'), ...projection(values!, 'value')];
  });
}

/** A part of a fused projection, cut along its columns. */
function partOf(graph: Graph, split: Node, value: string, role: Ia3Role, byOutput: Outputs): Ia3Place[] {
  const layer = byOutput.get(split.inputs[0]!);
  const axis = split.attributes.axis;
  const rank = inferShapes(graph).get(split.inputs[0]!)!.shape.length;
  const last = axis?.type === 'int' && (axis.value === -1 || axis.value === rank - 1);
  if (layer === undefined || !last) return [];
  const stated = graph.initializers.get(split.inputs[1] ?? '');
  const count = split.outputs.length;
  const sizes = stated ? Array.from(stated.data, Number) : new Array<number>(count).fill(layer.out / count);
  const index = split.outputs.indexOf(value);
  const from = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  return [{ layer, role, value, from, width: sizes[index]! }];
}

function innerPlaces(
  graph: Graph,
  layers: readonly LinearLayer[],
  producers: Producers,
  byOutput: Outputs,
): Ia3Place[] {
  const shapes = inferShapes(graph);
  /** Whether a value comes from linear layers element by element; `active` if an activation function lies between. */
  const source = (value: string): { layers: number; active: boolean } | null => {
    if (byOutput.has(value)) return { layers: 1, active: false };
    if (graph.initializers.has(value) || value === '') return { layers: 0, active: false };
    const node = producers.get(value);
    if (node === undefined || !(ELEMENTWISE.has(node.op) || ACTIVATIONS.has(node.op))) return null;
    const inputs = node.inputs.map(source);
    if (inputs.includes(null)) return null;
    return {
      layers: inputs.reduce((sum, input) => sum + input!.layers, 0),
      active: ACTIVATIONS.has(node.op) || inputs.some((input) => input!.active),
    };
  };
  return layers.flatMap((layer): Ia3Place[] => {
    if (shapes.get(layer.input)!.shape.length < 3) return [];
    const from = source(layer.input);
    if (from === null || from.layers === 0 || !from.active) return [];
    return [{ layer, role: 'inner', value: layer.input, from: 0, width: layer.in }];
  });
}
