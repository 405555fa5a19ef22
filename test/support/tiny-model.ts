import type { Adapter, MethodName } from '../../src/adapter/adapter.ts';
import { chosenPlaces, startAdapter } from '../../src/adapter/start.ts';
import { buildGraph } from '../../src/graph/build.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64, sizeOf } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import type { Model } from '../../src/model/model.ts';
import { spread } from './operator-case.ts';

const [V, D, F, P] = [9, 6, 8, 5];

/**
 * A text encoder small enough for a hand calculation, with each form of a linear layer: two products over tokens with
 * a bias behind, `block.first` and `block.second`, and one over examples, `pooler`, a Gemm of a transposed weight.
 */
export function tinyGraph(): Graph {
  const g = buildGraph('tiny');
  let seed = 0;
  const weight = (name: string, ...shape: number[]) => {
    seed += 1;
    return g.constant(name, float32(shape, spread(sizeOf(shape), seed, -0.8, 0.8)));
  };
  const linear = (x: string, name: string, rows: number, columns: number) => {
    const product = g.node('MatMul', [x, weight(`${name}.weight`, rows, columns)], { name });
    return g.node('Add', [product, weight(`${name}.bias`, columns)], { name: `${name}.biased` });
  };
  const ids = g.input('ids', 'int64', ['B', 'T']);
  const mask = g.input('mask', 'float32', ['B', 'T']);
  const embedded = g.node('Gather', [weight('embedding', V, D), ids], {
    name: 'embedded',
    attributes: { axis: 0 },
  });
  const active = g.node('Tanh', [linear(embedded, 'block.first', D, F)], { name: 'active' });
  const hidden = g.node('Add', [linear(active, 'block.second', F, D), embedded], { name: 'hidden' });
  const real = g.node('Mul', [hidden, g.node('Unsqueeze', [mask, g.ints([2])], { name: 'mask3' })], {
    name: 'hidden.real',
  });
  const total = g.node('ReduceSum', [real, g.ints([1])], { name: 'total', attributes: { keepdims: 0 } });
  const tokens = g.node('ReduceSum', [mask, g.ints([1])], { name: 'tokens', attributes: { keepdims: 1 } });
  const mean = g.node('Div', [total, tokens], { name: 'mean' });
  const pooler = g.node('Gemm', [mean, weight('pooler.weight', P, D), weight('pooler.bias', P)], {
    name: 'pooler',
    attributes: { transB: 1 },
  });
  g.node('Tanh', [pooler], { name: 'pooled' });
  g.output('hidden', 'float32', ['B', 'T', D]);
  g.output('pooled', 'float32', ['B', P]);
  return g.finish();
}

/** `tinyGraph` as a model; its tokenizer knows no text. */
export function tinyModel(): Model {
  return {
    name: 'tiny',
    family: 'use-lite',
    sha256: '0'.repeat(64),
    graph: tinyGraph(),
    tokenizer: {
      padId: 0,
      encode: () => {
        throw new Error('the tiny model has no tokenizer');
      },
    },
    vocabularySize: V,
    maxLength: 8,
    head: { input: 'pooled', width: P, scale: 2 },
    parameters: 0,
  };
}

/** Two texts of three and two tokens. */
export const tinyFeeds: Readonly<Record<string, Tensor>> = {
  ids: int64([2, 3], [1, 5, 8, 4, 2, 0]),
  mask: float32([2, 3], [1, 1, 1, 1, 1, 0]),
};

/** An adapter for all layers of a graph that its method can stand at, as training starts with it: identity, new head. */
export function untrained(graph: Graph, method: MethodName, width: number, groups = 4): Adapter {
  const places = chosenPlaces(graph, method);
  const targetStd = method === 'stochgrasp' ? targetsOf(places) : undefined;
  const settings = { seed: 3, groups, rank: 2, alpha: 3, ...(targetStd === undefined ? {} : { targetStd }) };
  const head = { width, outputs: 3, scale: 2, labels: ['a', 'b', 'c'] };
  return startAdapter(graph, method, places, settings, head);
}

/** The same adapter, to be trained with draws of fixed std in front of all linear layers. */
export function withDraws(graph: Graph, adapter: Adapter): Adapter {
  return { ...adapter, options: { ...adapter.options, targetStd: targetsOf(linearLayers(graph)) } };
}

function targetsOf(layers: readonly { readonly name: string }[]): Record<string, number> {
  return Object.fromEntries(layers.map(({ name }, index) => [name, 0.05 + 0.01 * index]));
}

/** The same adapter with each trained number moved by up to `most`, as if it had been trained. */
export function moved(adapter: Adapter, most = 0.4): Adapter {
  let seed = 50;
  const tensors = [...adapter.tensors].map(([name, tensor]): [string, Tensor] => {
    if (!(tensor.data instanceof Float32Array)) return [name, tensor];
    seed += 1;
    const by = spread(tensor.data.length, seed, -most, most);
    return [
      name,
      float32(
        tensor.shape,
        tensor.data.map((value, i) => value + by[i]!),
      ),
    ];
  });
  return { ...adapter, tensors: new Map(tensors) };
}

/** The values of an adapter's trained tensors, to feed a graph that has them as inputs. */
export function parameterFeeds(adapter: Adapter): Record<string, Tensor> {
  return Object.fromEntries([...adapter.tensors].filter(([, { dtype }]) => dtype === 'float32'));
}
