import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { Tensor } from '../../../src/graph/graph.ts';
import { int64 } from '../../../src/graph/graph.ts';
import { longestFirst } from '../../../src/model/hf/cut-pair.ts';
import { loadModel } from '../../../src/model/load.ts';
import { openEngine } from '../../../src/runtime/open.ts';
import { changeWeights, copyOf, fixture } from '../../support/hf-fixtures.ts';
import { tinyFeeds } from '../../support/tiny-model.ts';

test('longestFirst: the shorter stays whole up to half, the longer gets the odd token', (t) => {
  t.deepEqual(longestFirst(3, 4, 7), [3, 4]);
  t.deepEqual(longestFirst(2, 9, 7), [2, 5]);
  t.deepEqual(longestFirst(9, 2, 7), [5, 2]);
  t.deepEqual(longestFirst(9, 8, 7), [4, 3]);
  t.deepEqual(longestFirst(5, 5, 7), [3, 4]);
  t.deepEqual(longestFirst(9, 0, 7), [7, 0]);
});

test('loadModel: gamma and beta of old checkpoints are the norms of new ones', async (t) => {
  const folder = await copyOf(t, 'bert');
  await changeWeights(folder, (name, tensor) => [
    [name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'), tensor],
  ]);
  t.deepEqual((await loadModel(folder)).graph, (await loadModel(fixture('bert'))).graph);
});

test('loadModel: a tied pretraining head counts once, buffers not at all', async (t) => {
  const folder = await copyOf(t, 'bert');
  const { parameters } = await loadModel(folder);
  await changeWeights(folder, (name, tensor) =>
    name === 'bert.embeddings.word_embeddings.weight'
      ? [
          [name, tensor],
          ['cls.predictions.decoder.weight', tensor],
          ['bert.embeddings.position_ids', { dtype: 'int64', shape: [2], data: new BigInt64Array(2) }],
          ['cls.predictions.bias', { dtype: 'float32', shape: [5], data: new Float32Array(5) }],
        ]
      : [[name, tensor]],
  );
  t.is((await loadModel(folder)).parameters, parameters + 5);
});

test('loadModel: 1_Pooling makes pooled the mean over the tokens, and logits keep the pooler', async (t) => {
  const folder = await copyOf(t, 'bert');
  await mkdir(join(folder, '1_Pooling'));
  await writeFile(
    join(folder, '1_Pooling', 'config.json'),
    '{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}',
  );
  const engine = await openEngine('onnxruntime');
  const run = async (path: string): Promise<Record<string, Tensor>> => {
    const session = await engine.load((await loadModel(path)).classifier!.graph);
    const results = await session.run({ ...tinyFeeds, typeIds: int64([2, 3], [0, 0, 1, 0, 0, 0]) });
    await session.release();
    return results;
  };
  const [mean, own] = [await run(folder), await run(fixture('bert'))];
  t.deepEqual(mean.logits!.data, own.logits!.data);
  const hidden = mean.hidden!.data as Float32Array;
  for (const [row, tokens] of [3, 2].entries()) {
    for (let k = 0; k < 12; k += 1) {
      let sum = 0;
      for (let token = 0; token < tokens; token += 1) sum += hidden[(row * 3 + token) * 12 + k]!;
      t.true(Math.abs((mean.pooled!.data as Float32Array)[row * 12 + k]! - sum / tokens) < 1e-5);
    }
  }
});
