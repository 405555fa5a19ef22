import test from 'ava';
import { modelInfo } from '../../src/flow/model-info.ts';

test('modelInfo: lines for people beside the record', async (t) => {
  const { lines, linearLayers } = await modelInfo('use-lite');
  t.is(lines[0], 'use-lite: family use-lite, 6975744 parameters, at most 128 tokens');
  t.is(lines[2], '10 linear layers, 4915200 weights:');
  t.is(lines.length, 3 + linearLayers.length);
  t.regex(lines[3]!, /^ {2}Layer_0\/TransformerLayer\/MultiheadAttention\/qkv_transform_single +256 -> 768$/);
});
