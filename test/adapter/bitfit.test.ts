import test from 'ava';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { bitfit } from '../../src/adapter/bitfit.ts';
import { chosenPlaces } from '../../src/adapter/start.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { loadModel } from '../../src/model/load.ts';
import { encoderGraph, SMALL } from '../support/encoder-graph.ts';
import { interpretAll64 } from '../support/interpreter64.ts';
import { moved, tinyFeeds, tinyGraph, untrained } from '../support/tiny-model.ts';

const BLOCK = 'roberta.encoder.layer.0';

test('bitfit: stands at the biases of linear layers and layer norms, in graph order', (t) => {
  t.deepEqual(
    bitfit.places(encoderGraph(SMALL)).map(({ name, sizes }) => [name, sizes.outputs]),
    [
      ['roberta.embeddings.LayerNorm', 4],
      [`${BLOCK}.attention.self.query`, 4],
      [`${BLOCK}.attention.self.key`, 4],
      [`${BLOCK}.attention.self.value`, 4],
      [`${BLOCK}.attention.output.dense`, 4],
      [`${BLOCK}.attention.output.LayerNorm`, 4],
      [`${BLOCK}.intermediate.dense`, 6],
      [`${BLOCK}.output.dense`, 4],
      [`${BLOCK}.output.LayerNorm`, 4],
    ],
  );
});

test('bitfit: on use-lite, 10,240 biases of ten linear layers and four layer norms', async (t) => {
  const { graph } = await loadModel('use-lite');
  const places = bitfit.places(graph);
  t.is(places.length, 14);
  // Linear: 768 + 512 + 512 + 1536 + 512, 1536 + 512 + 1536 + 512, 512. Layer norms: 256 + 512 + 512 + 512.
  t.is(
    places.reduce((sum, { sizes }) => sum + sizes.outputs!, 0),
    8448 + 1792,
  );
});

test('bitfit: --layers chooses linear layers and layer norms by name', (t) => {
  const graph = encoderGraph(SMALL);
  t.deepEqual(
    chosenPlaces(graph, 'bitfit', '*embeddings*').map(({ name }) => name),
    ['roberta.embeddings.LayerNorm'],
  );
});

test("bitfit: starts at the model's biases, a copy of them, and takes their place", (t) => {
  const graph = tinyGraph();
  const adapter = untrained(graph, 'bitfit', 5);
  const own = graph.initializers.get('block.first.bias')!;
  t.deepEqual(adapter.tensors.get('block.first.bias'), own);
  t.not(adapter.tensors.get('block.first.bias')!.data, own.data);

  const trained = moved(adapter);
  const attached = attachAdapter(graph, trained, { parameters: 'constant', draws: 'none' });
  t.is(attached.nodes.length, graph.nodes.length + 3);
  const values = interpretAll64(attached, tinyFeeds);
  const [product, biased] = [values.get('block.first')!, values.get('block.first.biased')!];
  const bias = trained.tensors.get('block.first.bias')!.data;
  t.deepEqual(
    Array.from(biased.data, Number),
    Array.from(product.data, Number).map((value, at) => value + Number(bias[at % 8])),
  );
});

test('bitfit: leaves a bias alone that two layers share', (t) => {
  const g = buildGraph('shared');
  const x = g.input('x', 'float32', ['B', 2]);
  const bias = g.constant('bias', float32([2], [1, 2]));
  const linear = (input: string, name: string) => {
    const weight = g.constant(`${name}.weight`, float32([2, 2], [1, 2, 3, 4]));
    return g.node('Add', [g.node('MatMul', [input, weight], { name }), bias], { name: `${name}.biased` });
  };
  g.output(linear(linear(x, 'a'), 'b'), 'float32', ['B', 2]);
  const graph = g.finish();
  t.deepEqual(bitfit.places(graph), []);
  t.throws(() => chosenPlaces(graph, 'bitfit', '*'), {
    name: 'UsageError',
    message:
      '--method: must find layers to adapt in model "shared", got none for bitfit; choose another method',
  });
});
