import test from 'ava';
import { type Adapter, METHODS } from '../../src/adapter/adapter.ts';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { foldAdapter } from '../../src/adapter/fold.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { checkGraph } from '../../src/graph/check.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32 } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import { relativeError } from '../support/agreement.ts';
import { encoderGraph, SMALL, smallFeeds } from '../support/encoder-graph.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { moved, tinyFeeds, tinyGraph, untrained } from '../support/tiny-model.ts';

const DEPLOYED = { parameters: 'constant', draws: 'none' } as const;

/** Folding rounds each weight once, by 2^-24 = 6e-8 of itself at most: no sum of products can move by much more. */
const ROUNDING = 3e-7;

function headOnly(adapter: Adapter): Adapter {
  const tensors = [...adapter.tensors].filter(([name]) => name.startsWith('head.'));
  return {
    ...adapter,
    method: 'head',
    options: { ...adapter.options, layers: [] },
    tensors: new Map(tensors),
  };
}

function logits(graph: Graph, adapter: Adapter, feeds: Readonly<Record<string, Tensor>> = tinyFeeds): Tensor {
  return interpret64(attachAdapter(graph, adapter, DEPLOYED), feeds).logits!;
}

function errorOfFolding(graph: Graph, adapter: Adapter): number {
  return relativeError(logits(foldAdapter(graph, adapter), headOnly(adapter)), logits(graph, adapter));
}

for (const method of METHODS) {
  test(`foldAdapter: ${method} folded into the weights gives what it gives unfolded`, (t) => {
    const error = errorOfFolding(tinyGraph(), moved(untrained(tinyGraph(), method, 5)));
    t.log(`relative error ${error.toExponential(1)}`);
    t.true(error < ROUNDING);
  });
}

for (const method of METHODS) {
  test(`foldAdapter: ${method} on a block with attention`, (t) => {
    const graph = encoderGraph(SMALL);
    const adapter = moved(untrained(graph, method, 4));
    const error = relativeError(
      logits(foldAdapter(graph, adapter), headOnly(adapter), smallFeeds),
      logits(graph, adapter, smallFeeds),
    );
    t.log(`relative error ${error.toExponential(1)}`);
    t.true(error < 4 * ROUNDING);
  });
}

test('foldAdapter: where no product has to be rounded, to 1e-14', (t) => {
  // gamma = 1, and weights and shifts of few bits.
  const coarse = (tensor: Tensor): Tensor =>
    tensor.dtype === 'float32'
      ? float32(
          tensor.shape,
          (tensor.data as Float32Array).map((value) => Math.round(value * 32) / 32),
        )
      : tensor;
  const graph = tinyGraph();
  const rounded = {
    ...graph,
    initializers: new Map(
      [...graph.initializers].map(([name, each]): [string, Tensor] => [name, coarse(each)]),
    ),
  };
  const adapter = moved(untrained(graph, 'grasp', 5));
  const tensors = [...adapter.tensors].map(([name, each]): [string, Tensor] => [
    name,
    name.endsWith('.logGamma') ? float32(each.shape, new Float32Array(4)) : coarse(each),
  ]);
  t.true(errorOfFolding(rounded, { ...adapter, tensors: new Map(tensors) }) < 1e-14);
});

test('foldAdapter: weight = diag(1/gamma) W and shift = -(beta / gamma) W, each rounded once', (t) => {
  const graph = tinyGraph();
  const adapter = moved(untrained(graph, 'grasp', 5));
  const folded = foldAdapter(graph, adapter);
  for (const layer of linearLayers(graph)) {
    const number = (name: string, at: number) =>
      Number(adapter.tensors.get(`${layer.name}.${name}`)!.data[at]);
    const source = graph.initializers.get(layer.weight)!.data;
    const got = folded.initializers.get(layer.weight)!.data;
    const shift = folded.initializers.get(`${layer.name}.foldedShift`)!.data;
    for (let column = 0; column < layer.out; column++) {
      let sum = 0;
      for (let row = 0; row < layer.in; row++) {
        const group = number('group', row);
        const at = layer.transposed ? column * layer.in + row : row * layer.out + column;
        const scaled = Number(source[at]) / Math.exp(number('logGamma', group));
        // Two ways to 1/gamma differ by the last bit of a float64, so by at most one float32.
        t.true(Math.abs(Number(got[at]) - scaled) <= Math.abs(scaled) * 2 ** -24 * (1 + 1e-6));
        sum -= number('beta', group) * scaled;
      }
      t.true(Math.abs(Number(shift[column]) - sum) <= Math.abs(sum) * 2 ** -24 * (1 + 1e-6) + 1e-15);
    }
  }
});

test('foldAdapter: keeps the names of layers and values, and an untouched graph for a bare head', (t) => {
  const graph = tinyGraph();
  const folded = foldAdapter(graph, moved(untrained(graph, 'grasp', 5)));
  t.notThrows(() => checkGraph(folded));
  t.deepEqual(
    linearLayers(folded).map((layer) => [layer.name, layer.weight, layer.in, layer.out]),
    linearLayers(graph).map((layer) => [layer.name, layer.weight, layer.in, layer.out]),
  );
  t.deepEqual(folded.outputs, graph.outputs);
  t.deepEqual(foldAdapter(graph, untrained(graph, 'head', 5)), graph);
});

test('foldAdapter: a weight that two layers share is folded for each of them', (t) => {
  const g = buildGraph('tied');
  const x = g.input('x', 'float32', ['B', 3]);
  const weight = g.constant('weight', float32([3, 3], [1, 2, -1, 0.5, 1, 3, -2, 1, 0.25]));
  const first = g.node('Tanh', [g.node('MatMul', [x, weight], { name: 'first' })], { name: 'between' });
  g.node('MatMul', [first, weight], { name: 'pooled', outputs: ['pooled'] });
  g.output('pooled', 'float32', ['B', 3]);
  const graph = g.finish();
  const adapter = moved(untrained(graph, 'grasp', 3, 2));
  const feeds = { x: float32([2, 3], [1, -1, 0.5, 0.25, 2, -0.75]) };
  const got = logits(foldAdapter(graph, adapter), headOnly(adapter), feeds);
  t.true(relativeError(got, logits(graph, adapter, feeds)) < ROUNDING);
});

test('foldAdapter: refuses an adapter of another model', (t) => {
  const adapter = untrained(tinyGraph(), 'grasp', 5);
  t.throws(() => foldAdapter(buildGraph('empty').finish(), adapter), {
    name: 'BadFileError',
    message:
      'adapter: must fit the model, got an adapter for a layer "block.first" of 6 inputs where the model has no such layer; pass the model that it was trained on',
  });
});
