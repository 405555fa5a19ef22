import test from 'ava';
import { type Adapter, METHODS, type MethodName } from '../../src/adapter/adapter.ts';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { inferShapes } from '../../src/graph/shapes.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';
import { moved, parameterFeeds, tinyFeeds, tinyGraph, untrained } from '../support/tiny-model.ts';

const DEPLOYED = { parameters: 'constant', draws: 'none' } as const;

const LAYERS = ['block.first', 'block.second', 'pooler'];

function numbers(adapter: Adapter, name: string): number[] {
  return Array.from(adapter.tensors.get(name)!.data, Number);
}

for (const method of METHODS) {
  test(`attachAdapter: an untrained ${method} is the identity`, (t) => {
    const adapter = untrained(tinyGraph(), method, 5);
    const head: Adapter = {
      ...adapter,
      method: 'head',
      options: { layers: [], seed: 3 },
    };
    t.deepEqual(
      interpret64(attachAdapter(tinyGraph(), adapter, DEPLOYED), tinyFeeds),
      interpret64(attachAdapter(tinyGraph(), head, DEPLOYED), tinyFeeds),
    );
  });
}

test('attachAdapter: logits = scale x pooled x weight + bias', (t) => {
  const adapter = moved(untrained(tinyGraph(), 'head', 5));
  const { pooled } = interpret64(tinyGraph(), tinyFeeds);
  const [weight, bias] = [numbers(adapter, 'head.weight'), numbers(adapter, 'head.bias')];
  const wanted = Float64Array.from({ length: 6 }, (_, at) => {
    const [row, column] = [Math.floor(at / 3), at % 3];
    const product = weight.reduce(
      (sum, value, i) =>
        i % 3 === column ? sum + 2 * value * Number(pooled!.data[row * 5 + (i - column) / 3]) : sum,
      0,
    );
    return product + bias[column]!;
  });
  const { logits } = interpret64(attachAdapter(tinyGraph(), adapter, DEPLOYED), tinyFeeds);
  t.true(relativeError(logits, { dtype: 'float64', shape: [2, 3], data: wanted }) < 1e-14);
});

/** Which draw number stands for element `at` of an x of this shape. */
const DRAWS: readonly [MethodName, 'none' | 'example' | 'token'][] = [
  ['grasp', 'none'],
  ['stochgrasp', 'none'],
  ['stochgrasp', 'example'],
  ['stochgrasp', 'token'],
];

for (const [method, draws] of DRAWS) {
  test(`attachAdapter: x~ of each layer by the formula, ${method} with draws: ${draws}`, (t) => {
    const adapter = moved(untrained(tinyGraph(), method, 5));
    const graph = attachAdapter(tinyGraph(), adapter, { parameters: 'constant', draws });
    const feeds: Record<string, Tensor> = { ...tinyFeeds };
    const inputOf = { 'block.first': 'embedded', 'block.second': 'active', pooler: 'mean' } as Record<
      string,
      string
    >;
    const drawShapes: Record<string, number[]> = {};
    for (const [index, layer] of LAYERS.entries()) {
      const width = adapter.tensors.get(`${layer}.group`)!.data.length;
      const shape = draws === 'token' && layer !== 'pooler' ? [2, 3, width] : [2, width];
      drawShapes[`${layer}.draw`] = shape;
      if (draws === 'none') continue;
      feeds[`${layer}.draw`] = float32(
        shape,
        spread(
          shape.reduce((a, b) => a * b),
          70 + index,
        ),
      );
    }
    t.deepEqual(
      graph.inputs.filter(({ name }) => name.endsWith('.draw')).map(({ name }) => name),
      draws === 'none' ? [] : Object.keys(drawShapes),
    );
    const values = interpretAll64(graph, feeds);
    for (const layer of LAYERS) {
      const [gamma, beta] = [
        numbers(adapter, `${layer}.logGamma`).map(Math.exp),
        numbers(adapter, `${layer}.beta`),
      ];
      const std = method === 'grasp' ? [] : numbers(adapter, `${layer}.logStd`).map(Math.exp);
      const group = numbers(adapter, `${layer}.group`);
      const x = values.get(inputOf[layer]!)!;
      const [width, tokens] = [group.length, x.shape.length === 3 ? 3 : 1];
      const wanted = Float64Array.from(x.data as Float64Array, (value, at) => {
        const g = group[at % width]!;
        const row = Math.floor(at / width);
        const perToken = drawShapes[`${layer}.draw`]!.length === 3;
        const drawAt = (perToken ? row : Math.floor(row / tokens)) * width + (at % width);
        const factor = draws === 'none' ? 1 : 1 + std[g]! * Number(feeds[`${layer}.draw`]!.data[drawAt]);
        return ((value - beta[g]!) / gamma[g]!) * factor;
      });
      const error = relativeError(values.get(`${layer}.grasp`), {
        dtype: 'float64',
        shape: x.shape,
        data: wanted,
      });
      t.true(error < 1e-14, `${layer}: ${error}`);
    }
  });
}

test('attachAdapter: parameters as inputs give what they give as constants', (t) => {
  const adapter = moved(untrained(tinyGraph(), 'grasp', 5));
  const graph = attachAdapter(tinyGraph(), adapter, { parameters: 'input', draws: 'none' });
  t.deepEqual(
    interpret64(graph, { ...tinyFeeds, ...parameterFeeds(adapter) }),
    interpret64(attachAdapter(tinyGraph(), adapter, DEPLOYED), tinyFeeds),
  );
});

test('attachAdapter: the graph is sound, and logits are its one output', (t) => {
  const adapter = untrained(tinyGraph(), 'stochgrasp', 5);
  for (const draws of ['none', 'example', 'token'] as const) {
    const graph = attachAdapter(tinyGraph(), adapter, { parameters: 'input', draws });
    t.notThrows(() => checkGraph(graph));
    t.deepEqual(graph.outputs, [{ name: 'logits', dtype: 'float32', shape: ['B', 3] }]);
    t.deepEqual(inferShapes(graph).get('logits')?.shape, ['B', 3]);
  }
});

test('attachAdapter: stands only in front of the layers that it names', (t) => {
  const adapter = untrained(tinyGraph(), 'grasp', 5);
  const one: Adapter = { ...adapter, options: { ...adapter.options, layers: ['block.second'] } };
  const graph = attachAdapter(tinyGraph(), one, DEPLOYED);
  const input = (name: string) => graph.nodes.find((node) => node.name === name)!.inputs[0];
  t.deepEqual(LAYERS.map(input), ['embedded', 'block.second.grasp', 'mean']);
});

test('attachAdapter: refuses an adapter of a layer that the model lacks, or of another width', (t) => {
  const adapter = untrained(tinyGraph(), 'grasp', 5);
  const group = adapter.tensors.get('block.second.group')!;
  const elsewhere: Adapter = {
    ...adapter,
    options: { ...adapter.options, layers: ['encoder.0.query'] },
    tensors: new Map([...adapter.tensors, ['encoder.0.query.group', group]]),
  };
  t.throws(() => attachAdapter(tinyGraph(), elsewhere, DEPLOYED), {
    name: 'BadFileError',
    message:
      'adapter: must fit the model, got an adapter for a layer "encoder.0.query" of 8 inputs where the model has no such layer; pass the model that it was trained on',
  });
  const wider: Adapter = { ...adapter, tensors: new Map([...adapter.tensors, ['block.first.group', group]]) };
  t.throws(() => attachAdapter(tinyGraph(), wider, DEPLOYED), {
    name: 'BadFileError',
    message:
      'adapter: must fit the model, got an adapter for a layer "block.first" of 8 inputs where the model has 6; pass the model that it was trained on',
  });
});
