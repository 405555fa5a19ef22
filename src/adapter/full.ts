import type { Graph, Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { transpose } from '../graph/transpose.ts';
import type { Adapter, StoredParameter } from './adapter.ts';
import type { Method, Must, Place, Replacement, Settings, TensorForm } from './method.ts';

/**
 * Full fine-tuning: all parameters of the model are trained, embeddings and norms too.
 *
 * Stored: the trained tensors themselves, whole, under the checkpoint's names and in its shapes (a linear layer of
 * PyTorch's is `[out, in]`), so that the file is a state dictionary that overwrites the checkpoint's tensors. They take
 * the place of the model's own, so that folding is the same thing, and on hardware they are what is written.
 * Options: `parameters`, the tensors of each layer, and which of them the graph has the other way round.
 */
export const full: Method = {
  rate: 5e-5,
  learnsStd: false,
  settings: [],
  places: (graph) => [...parametersOf(graph)].map(([name, tensors]) => placeOf(name, tensors)),
  start,
  checkOptions,
  forms: (options) =>
    options.layers.flatMap((layer) =>
      (options.parameters?.[layer] ?? []).map((parameter): TensorForm => {
        const { name, rank, transposed } = parameter;
        const axes = Array.from({ length: rank }, (_, axis) => axisOf(name, axis));
        return { layer, name, kind: 'float', shape: transposed ? axes.toReversed() : axes };
      }),
    ),
  replaced,
  attach: () => ({}),
  fold: () => new Map(),
};

function axisOf(name: string, axis: number): string {
  return `numbers along axis ${axis} of "${name}"`;
}

function placeOf(name: string, tensors: ReadonlyMap<string, Tensor>): Place {
  const sizes = [...tensors].flatMap(([tensor, { shape }]) =>
    shape.map((size, axis) => [axisOf(tensor, axis), size] as const),
  );
  return { name, sizes: Object.fromEntries(sizes) };
}

/** What ends a tensor's name behind that of its layer. */
const PART = /[./](weights?|bias)$/;

/**
 * The parameters of a graph by layer, in graph order: float32 initializers of more than one number. Not the constants
 * that graphs are built with, which are named `const.…`.
 */
function parametersOf(graph: Graph): ReadonlyMap<string, ReadonlyMap<string, Tensor>> {
  const found = new Map<string, Map<string, Tensor>>();
  const seen = new Set<string>();
  for (const name of graph.nodes.flatMap(({ inputs }) => inputs)) {
    const tensor = graph.initializers.get(name);
    if (tensor?.dtype !== 'float32' || tensor.data.length < 2) continue;
    if (name.startsWith('const.') || seen.has(name)) continue;
    seen.add(name);
    const layer = name.replace(PART, '');
    found.set(layer, (found.get(layer) ?? new Map<string, Tensor>()).set(name, tensor));
  }
  return found;
}

function start(graph: Graph, places: readonly Place[], { turnedWeights = false }: Settings) {
  const known = parametersOf(graph);
  const turned = new Set(turnedWeights ? linearLayers(graph).map(({ weight }) => weight) : []);
  const parameters: Record<string, readonly StoredParameter[]> = {};
  const tensors = new Map<string, Tensor>();
  for (const { name: layer } of places) {
    const own = [...known.get(layer)!];
    parameters[layer] = own.map(([name, { shape }]) => ({
      name,
      rank: shape.length,
      ...(turned.has(name) ? { transposed: true } : {}),
    }));
    for (const [name, tensor] of own) {
      tensors.set(name, turned.has(name) ? transpose(tensor) : { ...tensor, data: tensor.data.slice() });
    }
  }
  return { options: { parameters }, tensors };
}

function replaced(_: Graph, { options }: Adapter): ReadonlyMap<string, Replacement> {
  const all = options.layers.flatMap((layer) => options.parameters?.[layer] ?? []);
  return new Map(all.map(({ name, transposed = false }) => [name, { name, transposed }]));
}

function checkOptions({ parameters, layers }: Readonly<Record<string, unknown>>, must: Must): void {
  must('options.parameters', parameters, typeof parameters === 'object' && parameters !== null, 'an object');
  for (const layer of layers as readonly string[]) {
    const own = (parameters as Readonly<Record<string, unknown>>)[layer];
    const holds = Array.isArray(own) && own.length > 0 && own.every(isParameter);
    must(`options.parameters.${layer}`, own, holds, 'a list of {"name", "rank", "transposed"?}');
  }
}

function isParameter(value: unknown): boolean {
  const { name, rank, transposed } = (value ?? {}) as Partial<Record<keyof StoredParameter, unknown>>;
  const isRank = Number.isSafeInteger(rank) && (rank as number) >= 1;
  return (
    typeof name === 'string' && isRank && (transposed === undefined || (transposed === true && rank === 2))
  );
}
