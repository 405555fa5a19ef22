import test from 'ava';
import { batches } from '../../../src/data/batches.ts';
import { float32, int64, type Tensor } from '../../../src/graph/graph.ts';
import { encodeExample } from '../../../src/model/encode.ts';
import { loadModel } from '../../../src/model/load.ts';
import type { Model } from '../../../src/model/model.ts';
import { openEngine } from '../../../src/runtime/open.ts';

const PAIRS = [
  ['A man is playing a guitar.', 'A man plays the guitar.'],
  ['Rain is expected on Friday', 'The committee rejected the budget after a long debate about taxes'],
  ['a very long sentence '.repeat(60), 'short'],
  ['', 'nothing stands before this'],
] as const;

/** `pooled` of each example, in their order. */
async function pooled(
  model: Model,
  examples: readonly { text: string; pair?: string }[],
): Promise<Float32Array[]> {
  const session = await (await openEngine('onnxruntime')).load(model.graph);
  const encoded = examples.map((example) => encodeExample(model, example));
  const rows: Float32Array[] = [];
  for (const batch of batches(encoded, { size: 4, order: 'length', padId: model.tokenizer.padId })) {
    const feeds: Record<string, Tensor> = {
      ids: int64(batch.shape, batch.ids),
      mask: float32(batch.shape, batch.mask),
    };
    if (batch.typeIds !== undefined) feeds.typeIds = int64(batch.shape, batch.typeIds);
    const result = (await session.run(feeds, ['pooled'])).pooled!;
    const width = result.shape[1]!;
    batch.indices.forEach((example, row) => {
      rows[example] = (result.data as Float32Array).slice(row * width, (row + 1) * width);
    });
  }
  await session.release();
  return rows;
}

test('loadModel: use-lite-pairs compares the embeddings that use-lite gives each text by itself', async (t) => {
  const [pairs, single] = [await loadModel('use-lite-pairs'), await loadModel('use-lite')];
  const compared = await pooled(
    pairs,
    PAIRS.map(([text, pair]) => ({ text, pair })),
  );
  const embedded = await pooled(
    single,
    PAIRS.flat().map((text) => ({ text })),
  );
  PAIRS.forEach((_, i) => {
    const [u, v] = [embedded[2 * i]!, embedded[2 * i + 1]!];
    // |u - v|, then u v sqrt(512): float32 sums of other lengths differ by some 1e-7.
    const worst = u.reduce((most, value, k) => {
      const distance = Math.abs(compared[i]![k]! - Math.abs(value - v[k]!));
      const agreement = Math.abs(compared[i]![512 + k]! - value * v[k]! * Math.sqrt(512)) / Math.sqrt(512);
      return Math.max(most, distance, agreement);
    }, 0);
    t.true(worst < 2e-6, `pair ${i}: ${worst}`);
  });
});

test('loadModel: use-lite-pairs cuts the longer text first, and takes pairs alone', async (t) => {
  const model = await loadModel('use-lite-pairs');
  const long = 'one two three four five six seven eight';
  const { ids, typeIds } = encodeExample(model, { text: long, pair: 'one two' }, 6);
  t.deepEqual(typeIds, [0, 0, 0, 0, 1, 1]);
  t.deepEqual(ids.slice(4), encodeExample(await loadModel('use-lite'), { text: 'one two' }).ids);
  t.throws(() => encodeExample(model, { text: long }), {
    message: 'use-lite-pairs: must be given pairs, got a single text; pass --model use-lite',
  });
});
