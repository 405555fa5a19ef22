import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError } from '../../../src/core/errors.ts';
import type { StoredTensor } from '../../../src/core/safetensors.ts';
import { modelInfo } from '../../../src/model/info.ts';
import { loadModel } from '../../../src/model/load.ts';
import { openEngine } from '../../../src/runtime/open.ts';
import { changeJson, changeWeights, copyOf, fixture } from '../../support/hf-fixtures.ts';
import { tinyFeeds } from '../../support/tiny-model.ts';

async function logitsOf(folder: string): Promise<readonly number[]> {
  const { classifier } = await loadModel(folder);
  const session = await (await openEngine('onnxruntime')).load(classifier!.graph);
  const { logits } = await session.run(tinyFeeds);
  await session.release();
  return Array.from(logits!.data, Number);
}

const twice = ({ data, ...rest }: StoredTensor): StoredTensor => ({
  ...rest,
  data: (data as Float32Array).map((value) => 2 * value),
});

test("loadModel: GPT-2's tied head counts once though it is stored, its masks not at all", async (t) => {
  const folder = await copyOf(t, 'gpt2');
  const { parameters } = await loadModel(folder);
  const mask: StoredTensor = { dtype: 'uint8', shape: [1, 1, 2, 2], data: new Uint8Array(4) };
  await changeWeights(folder, (name, tensor) => {
    if (name === 'transformer.wte.weight')
      return [
        [name, tensor],
        ['lm_head.weight', tensor],
      ];
    return name === 'transformer.h.0.ln_1.weight'
      ? [
          [name, tensor],
          ['transformer.h.0.attn.bias', mask],
        ]
      : [[name, tensor]];
  });
  t.is((await loadModel(folder)).parameters, parameters);
  t.deepEqual(await logitsOf(folder), await logitsOf(fixture('gpt2')));
});

test("loadModel: GPT-2's head of its own gives the logits where the file says that it is not tied", async (t) => {
  const folder = await copyOf(t, 'gpt2');
  await changeWeights(folder, (name, tensor) =>
    name === 'transformer.wte.weight'
      ? [
          [name, tensor],
          ['lm_head.weight', twice(tensor)],
        ]
      : [[name, tensor]],
  );
  await changeJson(join(folder, 'config.json'), { tie_word_embeddings: false });
  const [own, tied] = [await logitsOf(folder), await logitsOf(fixture('gpt2'))];
  own.forEach((value, index) => {
    t.true(Math.abs(value - 2 * tied[index]!) < 1e-4);
  });
  const { parameters } = await loadModel(fixture('gpt2'));
  t.is((await loadModel(folder)).parameters, parameters + 300 * 12);
});

test('modelInfo: GPT-2 by its numbers, weights as x W takes them', async (t) => {
  const { linearLayers, parameters, maxLength } = modelInfo(await loadModel(fixture('gpt2')));
  t.deepEqual(linearLayers.slice(0, 4), [
    { name: 'transformer.h.0.attn.c_attn', in: 12, out: 36 },
    { name: 'transformer.h.0.attn.c_proj', in: 12, out: 12 },
    { name: 'transformer.h.0.mlp.c_fc', in: 12, out: 48 },
    { name: 'transformer.h.0.mlp.c_proj', in: 48, out: 12 },
  ]);
  t.is(linearLayers.length, 8);
  t.is(maxLength, 48);
  // Words, positions, two blocks of two norms and four layers, and the last norm.
  const block = 2 * 24 + (12 * 36 + 36) + (12 * 12 + 12) + (12 * 48 + 48) + (48 * 12 + 12);
  t.is(parameters, 300 * 12 + 48 * 12 + 2 * block + 24);
});

for (const [changes, got] of [
  [{ scale_attn_weights: false }, 'scores that are not scaled ("scale_attn_weights": false)'],
  [{ scale_attn_by_inverse_layer_idx: true }, 'scores scaled by block ("scale_attn_by_inverse_layer_idx")'],
  [{ add_cross_attention: true }, 'cross-attention ("add_cross_attention")'],
] as const) {
  test(`loadModel: a GPT-2 with ${JSON.stringify(changes)} is a bad file`, async (t) => {
    const folder = await copyOf(t, 'gpt2');
    const config = join(folder, 'config.json');
    await changeJson(config, changes);
    await t.throwsAsync(loadModel(folder), {
      instanceOf: BadFileError,
      message: `${config}: must be a decoder with plain self-attention, got ${got}; use another model`,
    });
  });
}

test('loadModel: a missing tensor, an empty weight file and a missing one of a GPT-2', async (t) => {
  const folder = await copyOf(t, 'gpt2');
  const weights = join(folder, 'model.safetensors');
  await changeWeights(folder, (name, tensor) => (name === 'transformer.ln_f.bias' ? [] : [[name, tensor]]));
  await t.throwsAsync(loadModel(folder), {
    instanceOf: BadFileError,
    message: `${weights}: must hold the tensor "transformer.ln_f.bias", got none; fetch the checkpoint again, or mend config.json`,
  });
  await writeFile(weights, '');
  await t.throwsAsync(loadModel(folder), {
    instanceOf: BadFileError,
    message: `${weights}: a safetensors file must be at least 8 bytes long, got 0; fetch or write the file again`,
  });
  await rename(weights, join(folder, 'pytorch_model.bin'));
  await t.throwsAsync(loadModel(folder), {
    message: /got only pytorch_model\.bin, a pickle, which can run code/,
  });
});
