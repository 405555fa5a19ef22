import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError, UsageError } from '../../../src/core/errors.ts';
import { encodeExample } from '../../../src/model/encode.ts';
import { modelInfo } from '../../../src/model/info.ts';
import { loadModel } from '../../../src/model/load.ts';
import { changeJson, changeWeights, copyOf, fixture } from '../../support/hf-fixtures.ts';

interface Fault {
  readonly of: string;
  readonly spoil: (folder: string) => Promise<unknown>;
  readonly where: string;
  readonly message: string;
}

const query = 'bert.encoder.layer.1.attention.self.query.weight';
const config = (changes: Readonly<Record<string, unknown>>) => (folder: string) =>
  changeJson(join(folder, 'config.json'), changes);

const badFiles: readonly Fault[] = [
  {
    of: 'a missing tensor',
    spoil: (folder) => changeWeights(folder, (name, tensor) => (name === query ? [] : [[name, tensor]])),
    where: 'model.safetensors',
    message: `must hold the tensor "${query}", got none; fetch the checkpoint again, or mend config.json`,
  },
  {
    of: 'a tensor of another shape',
    spoil: (folder) =>
      changeWeights(folder, (name, tensor) => [
        [name, name === query ? { ...tensor, shape: [6, 24] } : tensor],
      ]),
    where: 'model.safetensors',
    message: `"${query}" must be [12, 12] by config.json, got [6, 24]; fetch the checkpoint again, or mend config.json`,
  },
  {
    of: 'another architecture',
    spoil: config({ model_type: 'mamba' }),
    where: 'config.json',
    message:
      '"model_type" must be one of bert, roberta, xlm-roberta, camembert, electra, distilbert, mpnet, gpt2, got "mamba"; use a model of these families',
  },
  {
    of: 'another kind of positions',
    spoil: config({ position_embedding_type: 'relative_key' }),
    where: 'config.json',
    message:
      'must be an encoder with absolute positions, got positions of kind "relative_key"; use another model',
  },
  {
    of: 'another activation',
    spoil: config({ hidden_act: 'silu' }),
    where: 'config.json',
    message:
      '"hidden_act" must be one of gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu, got "silu"; use another model',
  },
  {
    of: 'a missing size',
    spoil: config({ hidden_size: null }),
    where: 'config.json',
    message: '"hidden_size" must be a whole number from 1, got none; mend the file',
  },
  {
    of: 'heads that do not divide the width',
    spoil: config({ num_attention_heads: 5 }),
    where: 'config.json',
    message: '"num_attention_heads" must divide the width 12, got 5; mend the file',
  },
  {
    of: 'labels that are not as many as the logits',
    spoil: config({ id2label: { 0: 'a', 1: 'b' } }),
    where: 'model.safetensors',
    message: 'the head must have as many outputs as config.json has labels (2), got 3; mend "id2label"',
  },
  {
    of: 'a truncated weight file',
    spoil: async (folder) => {
      const path = join(folder, 'model.safetensors');
      await writeFile(path, (await readFile(path)).subarray(0, -100));
    },
    where: 'model.safetensors',
    message: '',
  },
  {
    of: 'a pooling of another kind',
    spoil: async (folder) => {
      await mkdir(join(folder, '1_Pooling'));
      await writeFile(join(folder, '1_Pooling', 'config.json'), '{"pooling_mode_max_tokens": true}');
    },
    where: '1_Pooling/config.json',
    message:
      'must choose one of pooling_mode_mean_tokens, pooling_mode_cls_token, got pooling_mode_max_tokens; remove the file to pool as the checkpoint does',
  },
  {
    of: 'an index that names a file elsewhere',
    spoil: async (folder) => {
      await rm(join(folder, 'model.safetensors'));
      const index = { weight_map: { [query]: '../x.safetensors' } };
      await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
    },
    where: 'model.safetensors.index.json',
    message: `"weight_map" must name .safetensors files beside it, got "../x.safetensors" for "${query}"; fetch the checkpoint again`,
  },
  {
    of: 'an index whose file is absent',
    spoil: async (folder) => {
      await rm(join(folder, 'model.safetensors'));
      const index = { weight_map: { [query]: 'x.safetensors' } };
      await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
    },
    where: 'model.safetensors.index.json',
    message: 'must list files that are there, got "x.safetensors", which is not; fetch the checkpoint again',
  },
];

for (const { of, spoil, where, message } of badFiles) {
  test(`loadModel: ${of} is a bad file`, async (t) => {
    const folder = await copyOf(t, 'bert');
    await spoil(folder);
    const error = await t.throwsAsync(loadModel(folder), { instanceOf: BadFileError });
    if (message !== '') t.is(error?.message, `${join(folder, where)}: ${message}`);
    else {
      t.regex(
        error?.message ?? '',
        /: the tensors must fill the file, got \d+ bytes where they take \d+ \(truncated\?\); fetch or write the file again$/,
      );
    }
  });
}

test('loadModel: a vocabulary larger than the model has rows for is a bad file', async (t) => {
  const folder = await copyOf(t, 'bert');
  const path = join(folder, 'vocab.txt');
  const words = (await readFile(path, 'utf8')).trimEnd().split('\n');
  await rm(join(folder, 'tokenizer.json'));
  await writeFile(path, `${[...words, 'further', 'words'].join('\n')}\n`);
  const last = words.length - 1;
  await t.throwsAsync(loadModel(folder), {
    instanceOf: BadFileError,
    message: `${path}: the vocabulary must have ids from 0 to ${last}, as many as the model has, got ids to ${last + 2}; use the tokenizer that belongs to the checkpoint`,
  });
});

test('loadModel: a checkpoint that is only a pickle is refused with the one-line cure', async (t) => {
  const folder = await copyOf(t, 'bert');
  await rename(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin'));
  await t.throwsAsync(loadModel(folder), {
    instanceOf: UsageError,
    message: `${folder}: the weights must be in model.safetensors, got only pytorch_model.bin, a pickle, which can run code; if you trust it, run in that folder: python -c "import torch as t, safetensors.torch as s; s.save_file({k: v.clone() for k, v in t.load('pytorch_model.bin', 'cpu').items()}, 'model.safetensors', {'format': 'pt'})"`,
  });
});

test('loadModel: a folder without config.json, or without weights', async (t) => {
  const folder = await copyOf(t, 'bert');
  await rm(join(folder, 'model.safetensors'));
  await t.throwsAsync(loadModel(folder), {
    instanceOf: UsageError,
    message: `${folder}: must hold model.safetensors or model.safetensors.index.json, got neither; fetch the checkpoint again`,
  });
  await rm(join(folder, 'config.json'));
  await t.throwsAsync(loadModel(folder), {
    instanceOf: UsageError,
    message: `${folder}: must hold config.json to be a model, got a folder without it; pass the folder of a checkpoint in Hugging Face's layout`,
  });
});

test('loadModel: without a tokenizer there is a model all the same, and text is refused', async (t) => {
  const folder = await copyOf(t, 'bert');
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'vocab.txt']) await rm(join(folder, name));
  const model = await loadModel(folder);
  t.is(modelInfo(model).parameters, modelInfo(await loadModel(fixture('bert'))).parameters);
  t.throws(() => encodeExample(model, { text: 'the cat' }), {
    instanceOf: UsageError,
    message: `${folder}: must hold tokenizer.json or vocab.txt to read text, got neither; add the tokenizer's files, or give "ids"`,
  });
});

test('encodeExample: a length without room for the special tokens is refused', async (t) => {
  const model = await loadModel(fixture('bert'));
  t.deepEqual(encodeExample(model, { text: 'the cat' }, 2).ids, [2, 3]);
  t.throws(() => encodeExample(model, { text: 'the', pair: 'cat' }, 2), {
    instanceOf: UsageError,
    message: '--max-length: must leave room for the 3 special tokens of a text, got 2; choose 3 or more',
  });
});

test('modelInfo: BERT by its numbers, layers under the names of the checkpoint', async (t) => {
  const { linearLayers, sha256, ...facts } = modelInfo(await loadModel(fixture('bert')));
  t.regex(sha256, /^[0-9a-f]{64}$/);
  const { parameters, ...others } = facts;
  t.is(parameters, JSON.parse(await readFile(join(fixture('bert'), 'vectors.json'), 'utf8')).parameters);
  t.deepEqual(others, {
    name: 'bert',
    family: 'bert',
    linearWeights: 2 * (4 * 144 + 2 * 240) + 144,
    maxLength: 32,
    pooledWidth: 12,
  });
  t.is(linearLayers.length, 13);
  t.deepEqual(linearLayers[0], { name: 'bert.encoder.layer.0.attention.self.query', in: 12, out: 12 });
  t.deepEqual(linearLayers[4], { name: 'bert.encoder.layer.0.intermediate.dense', in: 12, out: 20 });
  t.is(linearLayers[12]?.name, 'bert.pooler.dense');
});
