import test from 'ava';
import { ia3Places } from '../../src/adapter/ia3-places.ts';
import { loadModel } from '../../src/model/load.ts';
import { encoderGraph, SMALL } from '../support/encoder-graph.ts';
import { tinyGraph } from '../support/tiny-model.ts';

const BLOCK = 'roberta.encoder.layer.0';

test('ia3Places: keys, values and inner activations of an encoder with layers of their own', (t) => {
  t.deepEqual(
    ia3Places(encoderGraph(SMALL)).map(({ layer, role, from, width }) => [layer.name, role, from, width]),
    [
      [`${BLOCK}.attention.self.key`, 'key', 0, 4],
      [`${BLOCK}.attention.self.value`, 'value', 0, 4],
      [`${BLOCK}.output.dense`, 'inner', 0, 6],
    ],
  );
});

test('ia3Places: the parts of fused projections of use-lite: L (2 d + d_ff) with d 256 and 512', async (t) => {
  const { graph } = await loadModel('use-lite');
  const places = ia3Places(graph);
  t.deepEqual(
    places.map(({ layer, role, from, width }) => [
      layer.name.replace(/^.*_(\d).*\//, '$1 '),
      role,
      from,
      width,
    ]),
    [
      ['0 qkv_transform_single', 'key', 256, 256],
      ['0 qkv_transform_single', 'value', 512, 256],
      ['0 conv2', 'inner', 0, 1536],
      ['1 qkv_transform_single', 'key', 512, 512],
      ['1 qkv_transform_single', 'value', 1024, 512],
      ['1 conv2', 'inner', 0, 1536],
    ],
  );
});

test('ia3Places: the inner activation behind a tanh over tokens, not the pooled value', (t) => {
  t.deepEqual(
    ia3Places(tinyGraph()).map(({ layer, role, value }) => [layer.name, role, value]),
    [['block.second', 'inner', 'active']],
  );
});
