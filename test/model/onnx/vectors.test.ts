import test from 'ava';
import { batches } from '../../../src/data/batches.ts';
import { modelFeeds } from '../../../src/evaluate/model-feeds.ts';
import { checkGraph } from '../../../src/graph/check.ts';
import { linearLayers } from '../../../src/graph/linear-layers.ts';
import { encodeExample } from '../../../src/model/encode.ts';
import { loadModel } from '../../../src/model/load.ts';
import { openEngine } from '../../../src/runtime/open.ts';
import { fixture, readVectors, type Vector } from '../../support/hf-fixtures.ts';
import { onnxFixture } from '../../support/onnx-fixtures.ts';

/** Each export of a checkpoint of `../hf`, and the outputs that it has of it. */
const EXPORTS = [
  { file: 'bert-torchscript-11.onnx', of: 'bert', outputs: ['hidden', 'pooled'], prefix: 'bert.' },
  { file: 'bert-dynamo-18.onnx', of: 'bert', outputs: ['hidden', 'pooled', 'logits'], prefix: '' },
  { file: 'roberta-torchscript-14.onnx', of: 'roberta', outputs: ['hidden', 'logits'], prefix: '' },
] as const;

for (const { file, of, outputs, prefix } of EXPORTS) {
  test(`loadModel: ${file} gives what transformers gives within 1e-4, alone and in mixed batches`, async (t) => {
    const model = await loadModel(onnxFixture(file), fixture(of));
    const { graph } = model.classifier ?? model;
    checkGraph(graph);
    const { rows } = await readVectors(of);
    const encoded = rows.map(({ ids, typeIds }) => (typeIds === undefined ? { ids } : { ids, typeIds }));
    const session = await (await openEngine('onnxruntime')).load(graph);
    const order = encoded.map((_, index) => index);
    for (const size of [1, 5, rows.length]) {
      for (const batch of batches(encoded, { size, order, padId: model.tokenizer.padId })) {
        const results = await session.run(modelFeeds(batch));
        for (const output of outputs) {
          const { shape, data } = results[output]!;
          const stride = data.length / shape[0]!;
          for (const [row, index] of batch.indices.entries()) {
            rows[index]![output].forEach((value, k) => {
              const got = (data as Float32Array)[row * stride + k]!;
              t.true(Math.abs(got - value) < 1e-4, `${output} of example ${index}: ${got} against ${value}`);
            });
          }
        }
      }
    }
    await session.release();
  });

  test(`loadModel: ${file} has the linear layers of its source, by their names`, async (t) => {
    const exported = linearLayers((await loadModel(onnxFixture(file))).graph);
    const source = linearLayers((await loadModel(fixture(of))).graph);
    const known = exported.filter(({ name }) => !name.startsWith('classifier.'));
    t.deepEqual(
      known.map(({ name, in: rows, out }) => [`${prefix}${name}`, rows, out]),
      source.map(({ name, in: rows, out }) => [name, rows, out]),
    );
    t.true(exported.every(({ bias }) => bias !== null));
  });

  test(`loadModel: ${file} reads its limits off its tables, and text by the tokenizer given`, async (t) => {
    const [exported, source] = [
      await loadModel(onnxFixture(file), fixture(of)),
      await loadModel(fixture(of)),
    ];
    t.is(exported.vocabularySize, source.vocabularySize);
    t.is(exported.maxLength, source.maxLength);
    t.is(exported.typeCount, source.typeCount);
    t.is(exported.tokenizer.padId, source.tokenizer.padId);
    for (const { input, ids, typeIds } of (await readVectors(of)).rows as readonly Vector[]) {
      if (input.text === undefined) continue;
      const example =
        input.pair === undefined ? { text: input.text } : { text: input.text, pair: input.pair };
      t.deepEqual(encodeExample(exported, example), typeIds === undefined ? { ids } : { ids, typeIds });
    }
  });
}

test('loadModel: an export counts the parameters of its source', async (t) => {
  const { parameters } = await readVectors('bert');
  t.is((await loadModel(onnxFixture('bert-dynamo-18.onnx'))).parameters, parameters);
  const roberta = await loadModel(onnxFixture('roberta-torchscript-14.onnx'));
  t.is(roberta.parameters, (await readVectors('roberta')).parameters);
  // Without the classifier of 3 labels.
  t.is((await loadModel(onnxFixture('bert-torchscript-11.onnx'))).parameters, parameters - 3 * 13);
});

test("loadModel: an export's own head reads pooled, and can be the start of another", async (t) => {
  const [exported, source] = [
    await loadModel(onnxFixture('bert-dynamo-18.onnx')),
    await loadModel(fixture('bert')),
  ];
  t.deepEqual(exported.head.layers, { input: 'pooled', last: 'classifier' });
  const sorted = (tensors: ReadonlyMap<string, unknown>) => [...tensors].sort();
  t.deepEqual(sorted(exported.classifier!.tensors), sorted(source.classifier!.tensors));
});
