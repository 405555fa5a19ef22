import type { Graph, Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Adapter } from './adapter.ts';
import type { Method, Place, Replacement, TensorForm } from './method.ts';

/**
 * BitFit (arXiv 2106.10199): the model's biases are trained, all else stays: those of the linear layers and of the layer
 * normalisations. A bias that two layers share is nobody's own and stays as it is.
 *
 * The trained values take the place of the model's own, so nothing is added to the graph, folding is the same thing, and
 * analog hardware adds them digitally as before. Stored: `<layer>.bias` `[out]`, the trained bias itself (not what it
 * differs by), under the checkpoint's name.
 */
export const bitfit: Method = {
  rate: 5e-3,
  learnsStd: false,
  settings: [],
  places: (graph) => biasPlaces(graph),
  start: (graph, places) => {
    const biases = new Map(biasPlaces(graph).map((place) => [place.name, place.bias]));
    const tensors = places.map(({ name }): [string, Tensor] => {
      const tensor = graph.initializers.get(biases.get(name)!)!;
      return [`${name}.bias`, { ...tensor, data: tensor.data.slice() }];
    });
    return { options: {}, tensors: new Map(tensors) };
  },
  checkOptions: () => {},
  forms: ({ layers }) =>
    layers.map((layer): TensorForm => ({ layer, name: `${layer}.bias`, kind: 'float', shape: ['outputs'] })),
  replaced,
  attach: () => ({}),
  fold: () => new Map(),
};

function replaced(graph: Graph, { options }: Adapter): Map<string, Replacement> {
  const names = new Set(options.layers);
  const places = biasPlaces(graph).filter(({ name }) => names.has(name));
  return new Map(places.map(({ name, bias }) => [bias, { name: `${name}.bias`, transposed: false }]));
}

function biasPlaces(graph: Graph): (Place & { readonly bias: string })[] {
  const ofLinear = new Map(linearLayers(graph).map((layer) => [layer.name, layer.bias]));
  const users = new Map<string, number>();
  for (const input of graph.nodes.flatMap(({ inputs }) => inputs)) {
    users.set(input, (users.get(input) ?? 0) + 1);
  }
  return graph.nodes.flatMap((node) => {
    const bias = node.op === 'LayerNormalization' ? node.inputs[2] : ofLinear.get(node.name);
    const tensor = graph.initializers.get(bias ?? '');
    if (bias === undefined || bias === null || tensor?.dtype !== 'float32' || users.get(bias) !== 1)
      return [];
    return [{ name: node.name, sizes: { outputs: tensor.data.length }, bias }];
  });
}
