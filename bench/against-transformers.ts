import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/core/paths.ts';
import { batches } from '../src/data/batches.ts';
import { loadTask } from '../src/data/load.ts';
import type { Example } from '../src/data/task.ts';
import { modelFeeds } from '../src/evaluate/model-feeds.ts';
import type { Tensor } from '../src/graph/graph.ts';
import { encodeExample } from '../src/model/encode.ts';
import { loadModel } from '../src/model/load.ts';
import { openEngine } from '../src/runtime/open.ts';
import { startRival } from './rival.ts';

/**
 * `node build/bench/against-transformers.js --python PATH --model FOLDER`: token ids, hidden states, pooled values and logits of
 * checkpoints in Hugging Face's layout against transformers of that Python, on sentences of the reviews, pairs, odd characters
 * and texts of more tokens than the model takes, in batches of mixed lengths. With `--vocabulary FAMILY=FOLDER` the checkpoint
 * has random weights and the tokenizer's files of that folder. Both may be given more than once.
 */
const WITHIN = 1e-4;

type Text = Pick<Example, 'text' | 'pair'>;

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    model: { type: 'string', multiple: true, default: [] },
    vocabulary: { type: 'string', multiple: true, default: [] },
    texts: { type: 'string', default: '60' },
  },
});
if (options.python === undefined || options.model.length + options.vocabulary.length === 0) {
  console.error(
    'against-transformers: --python must name a Python with torch and transformers, and --model or --vocabulary what to compare; pass both',
  );
  process.exit(2);
}
const texts = await textsOf(Number(options.texts));
let isWithin = true;
for (const folder of options.model) await compare(folder, []);
for (const given of options.vocabulary) {
  const [family, from] = given.split('=');
  const made = await mkdtemp(join(tmpdir(), 'holdfast-transformers-'));
  try {
    await compare(join(made, family!), [family!, from ?? '']);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
if (!isWithin) process.exitCode = 1;

/** Sentences, pairs of them, and what is seldom: one letter, special tokens, other scripts, more tokens than fit. */
async function textsOf(count: number): Promise<Text[]> {
  const { test } = await loadTask('reviews', { seed: 0 });
  const plain = test.slice(0, count).map(({ text }) => text);
  const long = plain.join(' ');
  return [
    ...plain.map((text) => ({ text })),
    ...plain.slice(1, 11).map((pair, index) => ({ text: plain[index]!, pair })),
    ...[
      'a',
      'naïve café ☃ 日本 \t tabs',
      'tokens [MASK] <mask> </s> [SEP] here',
      long,
      `${long} ${long}`,
    ].map((text) => ({ text })),
    { text: 'it is', pair: long },
    { text: long, pair: 'and so' },
    { text: long, pair: long },
  ];
}

async function compare(folder: string, made: readonly string[]): Promise<void> {
  const peer = join(packageRoot(), 'bench', 'peers', 'outputs-transformers.py');
  const rival = await startRival(options.python!, [peer, folder, ...made]);
  const model = await loadModel(folder);
  const engine = await openEngine('onnxruntime');
  const session = await engine.load(model.classifier?.graph ?? model.graph);
  const isTyped = (text: Text) => model.family !== 'gpt2' || text.pair === undefined;
  const chosen = texts.filter(isTyped);
  const encoded = chosen.map((text) => encodeExample(model, text));
  const worst: Record<string, number> = {};
  let otherIds = 0;
  const order = encoded.map((_, index) => index);
  for (const batch of batches(encoded, { size: 8, order, padId: model.tokenizer.padId })) {
    const results = await session.run(modelFeeds(batch));
    for (const [row, index] of batch.indices.entries()) {
      const expected = await rival.ask<Record<string, number[]>>(JSON.stringify(chosen[index]));
      if (String(expected.ids) !== String(encoded[index]!.ids)) {
        otherIds += 1;
        continue;
      }
      for (const name of ['hidden', 'pooled', 'logits'] as const) {
        const [tensor, values] = [results[name], expected[name]];
        if (tensor === undefined || values === undefined) continue;
        worst[name] = Math.max(worst[name] ?? 0, difference(tensor, row, values));
      }
    }
  }
  rival.end();
  await session.release();
  const tokens = Math.max(...encoded.map(({ ids }) => ids.length));
  const parts = Object.entries(worst).map(([name, value]) => `${name} ${value.toExponential(1)}`);
  console.log(
    `${basename(folder)} (${model.family}, ${rival.versions}): ${chosen.length} texts to ${tokens} tokens, ${otherIds} with other ids, largest differences: ${parts.join(', ')}`,
  );
  if (otherIds > 0 || Object.values(worst).some((value) => !(value <= WITHIN))) isWithin = false;
}

/** The largest difference between a row of a tensor and its values, which padding may follow. */
function difference({ data, shape }: Tensor, row: number, values: readonly number[]): number {
  const first = (row * data.length) / shape[0]!;
  return values.reduce((most, value, k) => {
    const error = Math.abs(Number(data[first + k]) - value);
    return error <= most ? most : error;
  }, 0);
}
