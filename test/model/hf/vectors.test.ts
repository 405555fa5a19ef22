import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readSafetensors } from '../../../src/core/safetensors.ts';
import { encodeSafetensors } from '../../../src/core/safetensors-write.ts';
import { type Batch, batches } from '../../../src/data/batches.ts';
import { modelFeeds } from '../../../src/evaluate/model-feeds.ts';
import type { Tensor } from '../../../src/graph/graph.ts';
import { encodeExample } from '../../../src/model/encode.ts';
import { loadModel } from '../../../src/model/load.ts';
import type { Encoding, Model } from '../../../src/model/model.ts';
import { openEngine } from '../../../src/runtime/open.ts';
import { changeWeights, copyOf, fixture, readVectors, type Vector } from '../../support/hf-fixtures.ts';

/** Each checkpoint, and the prefix that a whole model's tensors have. */
const CHECKPOINTS = [
  ['bert', 'bert.'],
  ['roberta', 'roberta.'],
  ['xlm-roberta', 'roberta.'],
  ['electra', 'electra.'],
  ['distilbert', 'distilbert.'],
  ['mpnet', 'mpnet.'],
  ['gpt2', 'transformer.'],
  ['gpt2-classifier', 'transformer.'],
] as const;

function encodingOf(model: Model, { input, ids, typeIds }: Vector): Encoding {
  if (input.text !== undefined) {
    return encodeExample(
      model,
      input.pair === undefined ? { text: input.text } : { text: input.text, pair: input.pair },
    );
  }
  return typeIds === undefined ? { ids } : { ids, typeIds };
}

/** The largest difference of hidden, pooled and logits from the vectors, in batches of `size`. */
async function worst(model: Model, rows: readonly Vector[], size: number): Promise<number> {
  const engine = await openEngine('onnxruntime');
  const session = await engine.load(model.classifier!.graph);
  const encoded = rows.map((row) => encodingOf(model, row));
  let difference = 0;
  const compare = (tensor: Tensor, row: number, expected: readonly number[], token = 0) => {
    const first = (row * tensor.data.length) / tensor.shape[0]! + token * tensor.shape.at(-1)!;
    expected.forEach((value, k) => {
      const error = Math.abs((tensor.data as Float32Array)[first + k]! - value);
      difference = error <= difference ? difference : error;
    });
  };
  try {
    const order = encoded.map((_, index) => index);
    for (const batch of batches(encoded, { size, order, padId: model.tokenizer.padId }) as Batch[]) {
      const { hidden, pooled, logits } = await session.run(modelFeeds(batch));
      for (const [row, index] of batch.indices.entries()) {
        const expected = rows[index]!;
        compare(hidden!, row, expected.hidden, expected.from);
        compare(pooled!, row, expected.pooled);
        // Of logits over tokens the vectors have the last token's.
        compare(logits!, row, expected.logits, logits!.shape.length === 3 ? expected.ids.length - 1 : 0);
      }
    }
  } finally {
    await session.release();
  }
  return difference;
}

for (const [family, prefix] of CHECKPOINTS) {
  test(`${family}: ids and type ids of every text are those of transformers' tokenizer`, async (t) => {
    const model = await loadModel(fixture(family));
    for (const row of (await readVectors(family)).rows) {
      const { ids, typeIds } = encodingOf(model, row);
      t.deepEqual(ids, row.ids, JSON.stringify(row.input));
      t.deepEqual(typeIds, row.typeIds);
    }
  });

  test(`${family}: hidden, pooled and logits are those of transformers within 1e-4, alone and in mixed batches`, async (t) => {
    const model = await loadModel(fixture(family));
    const { parameters, rows } = await readVectors(family);
    t.is(model.parameters, parameters);
    for (const size of [1, 5, rows.length]) t.true((await worst(model, rows, size)) < 1e-4);
  });

  test(`${family}: without tokenizer.json the vocabulary's own files give the same ids, if there are any`, async (t) => {
    const folder = await copyOf(t, family);
    await rm(join(folder, 'tokenizer.json'));
    const model = await loadModel(folder);
    const { rows } = await readVectors(family);
    if (family === 'xlm-roberta') {
      t.throws(() => encodingOf(model, rows[0]!), {
        message: `${folder}: must hold tokenizer.json to read text, got none; add the tokenizer's files, or give "ids"`,
      });
      return;
    }
    for (const row of rows) t.deepEqual(encodingOf(model, row).ids, row.ids, JSON.stringify(row.input));
  });

  test(`${family}: a bare encoder gives the same hidden states, under the checkpoint's names`, async (t) => {
    const folder = await copyOf(t, family);
    await changeWeights(folder, (name, tensor) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    );
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, architectures: undefined }));
    const [whole, bare] = [await loadModel(fixture(family)), await loadModel(folder)];
    t.is(bare.classifier?.graph.outputs[0]?.name, prefix === 'transformer.' ? 'logits' : undefined);
    t.not(bare.sha256, whole.sha256);
    const initializers = [...bare.graph.initializers.keys()];
    t.false(initializers.some((name) => name.startsWith(prefix)));
    for (const [name, tensor] of whole.graph.initializers) {
      t.deepEqual(bare.graph.initializers.get(name.replace(prefix, '')), tensor);
    }
  });
}

test('loadModel: shards with an index give the same graph as one file', async (t) => {
  const folder = await copyOf(t, 'bert');
  const { tensors } = await readSafetensors(join(folder, 'model.safetensors'));
  const names = [...tensors.keys()];
  const halves = [names.slice(0, 9), names.slice(9)];
  const weightMap: Record<string, string> = {};
  for (const [index, half] of halves.entries()) {
    const file = `model-0000${index + 1}-of-00002.safetensors`;
    for (const name of half) weightMap[name] = file;
    await writeFile(
      join(folder, file),
      encodeSafetensors(new Map(half.map((name) => [name, tensors.get(name)!]))),
    );
  }
  await rm(join(folder, 'model.safetensors'));
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
  t.deepEqual((await loadModel(folder)).graph, (await loadModel(fixture('bert'))).graph);
});
