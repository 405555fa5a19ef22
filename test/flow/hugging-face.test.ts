import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { compile } from '../../src/flow/compile.ts';
import { type EvaluateJob, evaluate } from '../../src/flow/evaluate.ts';
import { predict } from '../../src/flow/predict.ts';
import { train } from '../../src/flow/train.ts';
import { fixture, readVectors } from '../support/hf-fixtures.ts';

const progress = silentProgress;

async function temporary(t: { teardown: (done: () => Promise<void>) => void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-hf-flow-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const jsonl = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

for (const [family, labels] of [
  ['bert', ['no', 'maybe', 'yes']],
  ['roberta', []],
  ['distilbert', ['LABEL_0', 'LABEL_1']],
  ['mpnet', ['no', 'yes']],
  ['xlm-roberta', ['no', 'yes']],
  ['electra', ['no', 'maybe', 'yes']],
  ['gpt2-classifier', ['a', 'b', 'c']],
] as const) {
  test(`predict: ${family}'s own head gives transformers' logits, and names the label`, async (t) => {
    const folder = await temporary(t);
    const { rows } = await readVectors(family);
    const [input, out] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
    await writeFile(input, jsonl(rows.map((row) => row.input)));
    await predict({ model: fixture(family), input, out, output: 'logits' });
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
    for (const [index, line] of lines.entries()) {
      const { logits, label } = JSON.parse(line) as { logits: number[]; label?: string };
      const expected = rows[index]!.logits;
      t.true(logits.every((value, k) => Math.abs(value - expected[k]!) < 1e-4));
      t.is(label, labels[expected.indexOf(Math.max(...expected))]);
    }
  });
}

test('predict: GPT-2 gives the logits of every token', async (t) => {
  const folder = await temporary(t);
  const { rows } = await readVectors('gpt2');
  const [input, out] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  await writeFile(input, jsonl(rows.map((row) => row.input)));
  await predict({ model: fixture('gpt2'), input, out, output: 'logits' });
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    const { ids, logits: expected } = rows[index]!;
    const { logits, ...more } = JSON.parse(line) as { logits: number[][] };
    t.deepEqual(more, {});
    t.is(logits.length, ids.length);
    t.true(logits.at(-1)!.every((value, k) => Math.abs(value - expected[k]!) < 1e-4));
  }
});

/** Labels of the checkpoint's own head, or of a new one. */
const LEARNT: Readonly<Record<string, readonly string[]>> = {
  mpnet: ['no', 'yes'],
  electra: ['no', 'maybe', 'yes'],
  gpt2: ['no', 'yes'],
  'gpt2-classifier': ['a', 'b', 'c'],
};

for (const [family, labels] of Object.entries(LEARNT)) {
  test(`train: ${family} learns by (IA)^3 and LoRA, from its own head where it has one for the labels`, async (t) => {
    const folder = await temporary(t);
    const words = ['the cat sat', 'a train to nowhere', 'cheap naïve mat'];
    const lines = jsonl(
      Array.from({ length: 24 }, (_, index) => {
        const label = index % labels.length;
        return { text: words[label], label: labels[label] };
      }),
    );
    for (const name of ['train.jsonl', 'dev.jsonl']) await writeFile(join(folder, name), lines);
    for (const method of ['ia3', 'lora'] as const) {
      const out = join(folder, method);
      await train({
        model: fixture(family),
        task: 'custom',
        data: folder,
        method,
        groups: 4,
        optimizer: 'adamw',
        lr: 2e-2,
        weightDecay: 0,
        warmup: 0.06,
        schedule: 'linear',
        batch: 24,
        steps: 12,
        seed: 1,
        shuffle: true,
        resume: false,
        engine: 'onnxruntime',
        out,
        force: false,
        progress,
      });
      const logged = (await readFile(join(out, 'training.jsonl'), 'utf8')).trimEnd().split('\n');
      const losses = logged.map((line) => (JSON.parse(line) as { loss: number }).loss);
      t.true(losses.at(-1)! < 0.9 * losses[0]!, `${method}: ${losses[0]} to ${losses.at(-1)}`);
    }
  });
}

test('predict: ids without types have type 0; types that do not fit are named', async (t) => {
  const folder = await temporary(t);
  const [input, out] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  await writeFile(input, jsonl([{ ids: [2, 9, 3] }, { ids: [2, 9, 3], typeIds: [0, 0, 0] }]));
  await predict({ model: fixture('bert'), input, out, output: 'pooled' });
  const [bare, typed] = (await readFile(out, 'utf8')).trimEnd().split('\n');
  t.is(bare, typed);
  await writeFile(input, jsonl([{ ids: [2, 9, 3], typeIds: [0, 2, 0] }]));
  await t.throwsAsync(predict({ model: fixture('bert'), input, out, output: 'pooled', force: true }), {
    instanceOf: BadFileError,
    message: `${input}:1: "typeIds" must be 3 whole numbers from 0 to 1, one an id, got [0,2,0]; mend or remove them`,
  });
});

test('train, compile, evaluate: a BERT folder on pairs of texts; evaluate must be given the folder', async (t) => {
  const folder = await temporary(t);
  const model = fixture('bert');
  const example = (index: number) => ({
    text: index % 2 === 0 ? 'the cat sat' : 'a train to nowhere',
    pair: ['the old dog', 'on the mat', 'cheap tree'][index % 3],
    label: index % 2 === 0 ? 'cat' : 'train',
  });
  const lines = jsonl(Array.from({ length: 24 }, (_, index) => example(index)));
  for (const name of ['train.jsonl', 'dev.jsonl']) await writeFile(join(folder, name), lines);
  const adapter = join(folder, 'adapter');
  const trained = await train({
    model,
    task: 'custom',
    data: folder,
    method: 'grasp',
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
    out: adapter,
    force: false,
    progress,
  });
  // 13 layers of K = 4 scales and shifts.
  t.is(trained.trainableParameters, 13 * 8);
  const logged = (await readFile(join(adapter, 'training.jsonl'), 'utf8')).trimEnd().split('\n');
  const losses = logged.map((line) => (JSON.parse(line) as { loss: number }).loss);
  t.true(losses.at(-1)! < losses[0]!);

  const bundle = join(folder, 'bundle');
  const made = await compile({
    model,
    adapter,
    profile: 'pcm-nandakumar-2019',
    out: bundle,
    deploy: 'digital',
    calibrateOn: 'custom',
    data: folder,
    seed: 1,
    force: false,
    progress,
  });
  t.is(made.counts.layers, 13);
  t.true(made.idealCheck.maxAbsoluteError <= made.idealCheck.bound);

  const job: EvaluateJob = {
    bundles: [bundle],
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
  };
  await t.throwsAsync(evaluate(job), {
    instanceOf: UsageError,
    message:
      '--model: must be the folder of model "bert", from which bundle "bundle" was compiled, got none; its tokenizer is needed: pass --model',
  });
  await t.throwsAsync(evaluate({ ...job, model: fixture('distilbert') }), {
    instanceOf: UsageError,
    message:
      'bundle: must be compiled from the same model as the other bundles and distilbert as it is here, got "bert" with another sha-256; compile it again',
  });
  t.is((await evaluate({ ...job, model })).rows, 3);
});

test('compile: a checkpoint with a head of its own needs no adapter', async (t) => {
  const out = join(await temporary(t), 'bundle');
  await compile({
    model: fixture('distilbert'),
    profile: 'ideal',
    out,
    deploy: 'digital',
    calibrateOn: 'reviews',
    seed: 1,
    force: false,
    progress,
  });
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as {
    labels: string[];
    counts: { layers: number };
  };
  t.deepEqual(manifest.labels, ['LABEL_0', 'LABEL_1']);
  t.is(manifest.counts.layers, 12);
});
