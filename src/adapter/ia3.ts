import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../graph/linear-layers.ts';
import type { Adapter, AdapterOptions, Ia3Role } from './adapter.ts';
import { type Ia3Place, ia3Places } from './ia3-places.ts';
import { changedWeight } from './linear-places.ts';
import type { Edits, Entry, Fold, Method, Must, Place, TensorForm } from './method.ts';

/** What the sizes of the vectors count, for messages. */
const COUNTED: Readonly<Record<Ia3Role, string>> = {
  key: 'keys',
  value: 'values',
  inner: 'inner activations',
  input: 'inputs',
  output: 'outputs',
};

/**
 * (IA)^3 (arXiv 2205.05638): keys, values and the inner activations of each feed-forward pair are rescaled, number by
 * number, by vectors l that start at 1. L (2 d + d_ff) numbers in L blocks.
 *
 * Of a fused projection of queries, keys and values the columns of keys and of values are rescaled, those of queries
 * not. All vectors stand in the digital periphery: l of keys and values behind the ADC and the bias, l of the inner
 * activations in front of the DAC of the layer that takes them.
 *
 * Stored: `<layer>.keyScale` and `<layer>.valueScale` at the layer that makes them, `<layer>.innerScale` at the layer that
 * takes the inner activations. Options: `vectors`, the roles of each layer. An adapter from PEFT has vectors
 * `<layer>.inputScale` and `<layer>.outputScale` at any linear layer: over its whole input, or its output behind the bias.
 */
export const ia3: Method = {
  rate: 5e-3,
  learnsStd: false,
  settings: [],
  places: (graph) => grouped(ia3Places(graph)),
  standings: (graph) => grouped([...ia3Places(graph), ...linearLayers(graph).flatMap(wholePlaces)]),
  start: (graph, places) => {
    const names = new Set(places.map(({ name }) => name));
    const chosen = ia3Places(graph).filter(({ layer }) => names.has(layer.name));
    const vectors: Record<string, Ia3Role[]> = {};
    for (const { layer, role } of chosen) vectors[layer.name] = [...(vectors[layer.name] ?? []), role];
    const ones = chosen.map(({ layer, role, width }): [string, Tensor] => [
      vectorName(layer.name, role),
      float32([width], new Float32Array(width).fill(1)),
    ]);
    return { options: { vectors }, tensors: new Map(ones) };
  },
  checkOptions,
  forms: (options) =>
    rolesOf(options).map(
      ([layer, role]): TensorForm => ({
        layer,
        name: vectorName(layer, role),
        kind: 'float',
        shape: [COUNTED[role]],
      }),
    ),
  replaced: () => new Map(),
  attach,
  fold,
};

export function vectorName(layer: string, role: Ia3Role): string {
  return `${layer}.${role}Scale`;
}

function rolesOf({ layers, vectors = {} }: AdapterOptions): [string, Ia3Role][] {
  return layers.flatMap((layer) => (vectors[layer] ?? []).map((role): [string, Ia3Role] => [layer, role]));
}

function grouped(places: readonly Ia3Place[]): Place[] {
  const sizes = new Map<string, Record<string, number>>();
  for (const { layer, role, width } of places) {
    sizes.set(layer.name, { ...sizes.get(layer.name), [COUNTED[role]]: width });
  }
  return [...sizes].map(([name, each]) => ({ name, sizes: each }));
}

function checkOptions({ vectors, layers }: Readonly<Record<string, unknown>>, must: Must): void {
  const known = typeof vectors === 'object' && vectors !== null;
  must('options.vectors', vectors, known, 'an object');
  for (const layer of layers as readonly string[]) {
    const roles = (vectors as Readonly<Record<string, unknown>>)[layer];
    const holds = Array.isArray(roles) && roles.length > 0 && roles.every((role) => role in COUNTED);
    must(
      `options.vectors.${layer}`,
      roles,
      holds && new Set(roles).size === roles.length,
      `a list of ${Object.keys(COUNTED).join(', ')}`,
    );
  }
}

/** The places in a graph of the vectors that an adapter has. */
function placesOf(graph: Graph, { options }: Adapter): Ia3Place[] {
  const names = new Set(rolesOf(options).map(([layer, role]) => vectorName(layer, role)));
  const known = [...ia3Places(graph), ...linearLayers(graph).flatMap(wholePlaces)];
  return known.filter(({ layer, role }) => names.has(vectorName(layer.name, role)));
}

/** A layer's whole input and output, where PEFT's vectors stand. */
function wholePlaces(layer: LinearLayer): Ia3Place[] {
  return [
    { layer, role: 'input', value: layer.input, from: 0, width: layer.in },
    { layer, role: 'output', value: layer.output, from: 0, width: layer.out },
  ];
}

function attach({ builder, graph, adapter, parameter }: Entry): Edits {
  const inputs = new Map<string, (x: string) => string>();
  const outputs = new Map<string, (value: string) => string>();
  for (const { layer, role, value } of placesOf(graph, adapter)) {
    const name = vectorName(layer.name, role);
    const scale = (x: string) =>
      builder.node('Mul', [x, parameter(name)], { name: `${layer.name}.ia3.${role}` });
    const before = role === 'inner' || role === 'input';
    const [edits, at] = before ? [inputs, layer.name] : [outputs, value];
    // Keys that are values too have both vectors.
    const first = edits.get(at);
    edits.set(at, first === undefined ? scale : (x) => scale(first(x)));
  }
  return { inputs, outputs };
}

/**
 * Keys and values: columns of W and of the bias times l. Inner activations: rows of W times l.
 * Computed in float64, rounded once.
 */
function fold(graph: Graph, adapter: Adapter): ReadonlyMap<string, Fold> {
  const places = placesOf(graph, adapter);
  const names = [...new Set(places.map(({ layer }) => layer.name))];
  const layers = names.map((name): [string, Fold] => {
    const own = places.filter((place) => place.layer.name === name);
    const { layer } = own[0]!;
    const rows = new Float64Array(layer.in).fill(1);
    const columns = new Float64Array(layer.out).fill(1);
    for (const { role, from } of own) {
      const l = adapter.tensors.get(vectorName(layer.name, role))!.data as Float32Array;
      const scales = role === 'inner' || role === 'input' ? rows : columns;
      for (const [i, value] of l.entries()) scales[from + i] = scales[from + i]! * value;
    }
    const weight = changedWeight(
      graph.initializers.get(layer.weight)!,
      layer,
      (value, row, column) => value * rows[row]! * columns[column]!,
    );
    const shift = graph.initializers.get(layer.bias ?? '');
    if (shift === undefined) return [layer.name, { weight }];
    const bias = (shift.data as Float32Array).map((value, column) => value * columns[column]!);
    return [layer.name, { weight, bias: float32(shift.shape, bias) }];
  });
  return new Map(layers);
}
