import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { silentProgress as progress } from '../../src/core/progress.ts';
import { compile } from '../../src/flow/compile.ts';
import { evaluate } from '../../src/flow/evaluate.ts';
import { predict } from '../../src/flow/predict.ts';
import { train } from '../../src/flow/train.ts';
import { fixture, readVectors } from '../support/hf-fixtures.ts';
import { onnxFixture } from '../support/onnx-fixtures.ts';

const jsonl = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test('predict: an ONNX file takes ids without a tokenizer, and its own head gives its logits', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-onnx-flow-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { rows } = await readVectors('bert');
  const [input, out] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  await writeFile(input, jsonl(rows.map(({ ids, typeIds }) => ({ ids, typeIds }))));
  await predict({ model: onnxFixture('bert-dynamo-18.onnx'), input, out, output: 'logits' });
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    const { logits, label } = JSON.parse(line) as { logits: number[]; label: string };
    const { logits: expected } = rows[index]!;
    t.true(logits.every((value, k) => Math.abs(value - expected[k]!) < 1e-4));
    t.is(label, `LABEL_${expected.indexOf(Math.max(...expected))}`);
  }
});

test('train, compile, evaluate: an exported BERT with the tokenizer of its checkpoint', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-onnx-flow-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const [model, tokenizer] = [onnxFixture('bert-torchscript-11.onnx'), fixture('bert')];
  const lines = jsonl(
    Array.from({ length: 24 }, (_, index) => ({
      text: index % 2 === 0 ? 'the cat sat' : 'a train to nowhere',
      label: index % 2 === 0 ? 'cat' : 'train',
    })),
  );
  for (const name of ['train.jsonl', 'dev.jsonl']) await writeFile(join(folder, name), lines);
  const settings = {
    model,
    tokenizer,
    task: 'custom',
    data: folder,
    groups: 4,
    optimizer: 'adamw',
    lr: 2e-2,
    weightDecay: 0,
    warmup: 0.06,
    schedule: 'linear',
    batch: 8,
    steps: 12,
    seed: 1,
    shuffle: true,
    resume: false,
    engine: 'onnxruntime',
    force: false,
    progress,
  } as const;
  for (const [method, parameters] of [
    ['grasp', 13 * 8],
    // Keys and values of 12, inner activations of 20, in two blocks.
    ['ia3', 2 * (12 + 12 + 20)],
    // Six layers a block, the pooler, two norms a block and the embeddings' norm.
    ['bitfit', 2 * (5 * 12 + 20) + 12 + 5 * 12],
  ] as const) {
    const out = join(folder, method);
    const trained = await train({ ...settings, method, out });
    t.is(trained.trainableParameters, parameters);
    const logged = (await readFile(join(out, 'training.jsonl'), 'utf8')).trimEnd().split('\n');
    const losses = logged.map((line) => (JSON.parse(line) as { loss: number }).loss);
    t.true(losses.at(-1)! < losses[0]!, method);
  }
  const bundle = join(folder, 'bundle');
  const made = await compile({
    model,
    tokenizer,
    adapter: join(folder, 'grasp'),
    profile: 'pcm-nandakumar-2019',
    out: bundle,
    deploy: 'folded',
    calibrateOn: 'custom',
    data: folder,
    seed: 1,
    force: false,
    progress,
  });
  t.is(made.counts.layers, 13);
  t.true(made.idealCheck.maxAbsoluteError <= made.idealCheck.bound);
  const run = await evaluate({
    bundles: [bundle],
    model,
    tokenizer,
    task: 'custom',
    data: folder,
    chips: 2,
    at: [0],
    noise: [1],
    cross: false,
    out: join(folder, 'run'),
    baseline: true,
    read: 'frozen',
    reads: 1,
    compensate: 'none',
    seed: 1,
    jobs: 1,
    engine: 'onnxruntime',
    progress,
  });
  t.is(run.rows, 3);
});
