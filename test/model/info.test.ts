import test from 'ava';
import { modelInfo } from '../../src/model/info.ts';
import { loadModel } from '../../src/model/load.ts';

test('modelInfo: use-lite by its numbers', async (t) => {
  const { linearLayers, sha256, ...facts } = modelInfo(await loadModel('use-lite'));
  t.regex(sha256, /^[0-9a-f]{64}$/);
  t.deepEqual(facts, {
    name: 'use-lite',
    family: 'use-lite',
    parameters: 6_975_744,
    linearWeights: 4_915_200,
    maxLength: 128,
    pooledWidth: 512,
  });
  t.deepEqual(
    linearLayers.map((layer) => `${layer.name} ${layer.in} ${layer.out}`),
    [
      'Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single 256 768',
      'Layer_0/TransformerLayer/MultiheadAttention/output_transform_single 256 512',
      'Layer_0/TransformerLayer/dense 256 512',
      'Layer_0/TransformerLayer/FFN/conv1 512 1536',
      'Layer_0/TransformerLayer/FFN/conv2 1536 512',
      'Layer_1/TransformerLayer/MultiheadAttention/qkv_transform_single 512 1536',
      'Layer_1/TransformerLayer/MultiheadAttention/output_transform_single 512 512',
      'Layer_1/TransformerLayer/FFN/conv1 512 1536',
      'Layer_1/TransformerLayer/FFN/conv2 1536 512',
      'hidden_layers/tanh_layer_0 512 512',
    ],
  );
});
