import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { METHODS } from '../../src/adapter/adapter.ts';
import { loadAdapter } from '../../src/adapter/file.ts';
import { drawnLayers } from '../../src/adapter/methods.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { decodeSafetensors, readSafetensors } from '../../src/core/safetensors.ts';
import { loadTask } from '../../src/data/load.ts';
import { evaluationData } from '../../src/flow/encode-task.ts';
import { selection } from '../../src/flow/selection.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';
import { loadModel } from '../../src/model/load.ts';
import { filesOf, folderOf, interrupted, jobIn, sentences } from '../support/train-job.ts';

test('train: stopped after 3 of 6 steps and resumed, gives the same bytes as unbroken', async (t) => {
  const folder = await folderOf(t);
  const noisy: Partial<TrainJob> = { method: 'stochgrasp', targetStd: 0.1 };
  const whole = await train(jobIn(folder, 'whole', noisy));
  t.deepEqual(
    [whole.method, whole.steps, whole.trainableParameters, whole.trainableParametersWithHead, whole.split],
    ['stochgrasp', 6, 10 * 3 * 16, 10 * 3 * 16 + 512 * 2 + 2, 'dev'],
  );
  const job = jobIn(folder, 'broken', noisy);
  await interrupted(t, job, 3);
  t.deepEqual(await readdir(job.out), ['checkpoint.safetensors', 'training.jsonl']);
  // What a killed run may leave: steps logged after its checkpoint, the last line cut off.
  await appendFile(join(job.out, 'training.jsonl'), '{"step":4,"loss":9,"lr":9}\n{"step":5,"lo');
  t.deepEqual(
    { ...(await train({ ...job, resume: true })), out: '', lines: [] },
    { ...whole, out: '', lines: [] },
  );
  const files = await filesOf(whole.out);
  t.deepEqual(await filesOf(job.out), files);
  t.deepEqual(Object.keys(files), [
    'adapter.json',
    'adapter.safetensors',
    'checkpoint.safetensors',
    'metrics.json',
    'training.jsonl',
  ]);

  const log = (await readFile(join(whole.out, 'training.jsonl'), 'utf8')).trimEnd().split('\n');
  const steps = log.map((line) => JSON.parse(line) as { step: number; loss: number; lr: number });
  t.deepEqual(
    steps.map(({ step }) => step),
    [1, 2, 3, 4, 5, 6],
  );
  t.deepEqual(JSON.parse(await readFile(join(whole.out, 'metrics.json'), 'utf8')), {
    task: 'custom',
    split: 'dev',
    examples: 20,
    mainMetric: 'accuracy',
    metrics: whole.metrics,
  });

  // A finished run that is resumed has nothing left to do and ends in the same bytes.
  await train({ ...job, resume: true });
  t.deepEqual(await filesOf(job.out), files);
});

test('train: numbers that run away end it, and the last checkpoint stays as it was', async (t) => {
  const folder = await folderOf(t);
  const bert = { model: join(packageRoot(), 'test/fixtures/hf/bert'), groups: 4, warmup: 0 };
  const wild = { ...bert, weightDecay: 438, steps: 400, schedule: 'constant' } as const;
  const job = jobIn(folder, 'wild', wild);
  const error = await t.throwsAsync(train(job), { name: 'EngineError' });
  // Checkpoints are written every 50 steps.
  const [, step] = /^training step (\d+): /u.exec(error?.message ?? '') ?? [];
  const kept = Number(step) - 1 - ((Number(step) - 1) % 50);
  t.true(kept >= 50, error?.message);
  t.true(error?.message.endsWith(` (the state after step ${kept} is kept in ${job.out})`), error?.message);
  const { tensors, metadata } = await readSafetensors(join(job.out, 'checkpoint.safetensors'));
  t.is(metadata.step, String(kept));
  for (const { data } of tensors.values()) t.true([...(data as Float32Array)].every(Number.isFinite));
});

test('train: with --select-on the best epoch is kept, also by a run that was resumed after it', async (t) => {
  const folder = await folderOf(t);
  // Dev is learnt within an epoch; of equals the first stays, so that epochs after it change nothing.
  const easy: Partial<TrainJob> = { method: 'head', lr: 0.2, warmup: 0, batch: 20, steps: 7, selectOn: 0.5 };
  const whole = await train(jobIn(folder, 'whole', easy));
  const bestPath = join(whole.out, 'best.safetensors');
  const best = decodeSafetensors(await readFile(bestPath), bestPath);
  t.log(`best at step ${best.metadata.step}, score ${best.metadata.score}`);
  t.true(Number(best.metadata.step) <= 4, 'the best must come before the stop');
  const { adapter } = await loadAdapter(whole.out);
  t.deepEqual(adapter.tensors.get('head.bias')!.data, best.tensors.get('value:head.bias')!.data);
  const job = jobIn(folder, 'broken', easy);
  await interrupted(t, job, 5);
  await train({ ...job, resume: true });
  t.deepEqual(await filesOf(job.out), await filesOf(whole.out));
  t.is(whole.split, 'dev');
  t.like(JSON.parse(await readFile(join(whole.out, 'metrics.json'), 'utf8')), { examples: 10 });

  await rm(join(job.out, 'best.safetensors'));
  await t.throwsAsync(train({ ...job, resume: true }), {
    instanceOf: UsageError,
    message: `${join(job.out, 'best.safetensors')}: must be an existing file, got nothing there; check the path`,
  });
});

test('train: resuming with other options, another start or no checkpoint is refused, and nothing is touched', async (t) => {
  const folder = await folderOf(t);
  const job = jobIn(folder, 'out', { method: 'head', steps: 3 });
  await interrupted(t, job, 2);
  const before = await filesOf(job.out);
  const others: Partial<TrainJob>[] = [
    { lr: 0.01 },
    { seed: 2 },
    { steps: 4 },
    { selectOn: 0.5 },
    { shuffle: false },
  ];
  for (const other of others) {
    await t.throwsAsync(train({ ...job, ...other, resume: true }), {
      instanceOf: BadFileError,
      message: `${join(job.out, 'checkpoint.safetensors')}: must be a checkpoint of the same model, data, options and seed, got another plan; repeat the options of the first run, or start anew with --force`,
    });
  }
  await writeFile(join(folder, 'data', 'train.jsonl'), sentences(1, 40));
  await t.throwsAsync(train({ ...job, resume: true }), { message: /got another plan/ });
  t.deepEqual(await filesOf(job.out), before);

  await writeFile(join(folder, 'data', 'train.jsonl'), sentences(0, 40));
  await writeFile(join(job.out, 'training.jsonl'), '{"step":0}\n');
  await t.throwsAsync(train({ ...job, resume: true }), {
    instanceOf: BadFileError,
    message: `${join(job.out, 'training.jsonl')}: must hold a line for each of the 2 steps of the checkpoint, got 1; start anew with --force`,
  });
  // Killed before its first checkpoint: there is a log, and all of it is done again.
  await rm(join(job.out, 'checkpoint.safetensors'));
  await writeFile(join(job.out, 'training.jsonl'), '{"step":1,"lo');
  await train({ ...job, resume: true });
  const whole = await train(jobIn(folder, 'whole', { method: 'head', steps: 3 }));
  t.deepEqual(await filesOf(job.out), await filesOf(whole.out));
  const nowhere = jobIn(folder, 'nowhere', { method: 'head', resume: true });
  await t.throwsAsync(train(nowhere), {
    instanceOf: UsageError,
    message: `${nowhere.out}: must hold a checkpoint.safetensors to resume from, got none; start anew without --resume (with --force if the folder exists)`,
  });
});

test('train: an existing --out is refused without --force, a foreign folder even with it', async (t) => {
  const folder = await folderOf(t);
  const own = jobIn(folder, 'own', { method: 'head', steps: 1 });
  await train(own);
  await t.throwsAsync(train(own), {
    instanceOf: UsageError,
    message: `${own.out}: must not exist yet, got an existing one; choose another --out or pass --force`,
  });
  await t.throwsAsync(train({ ...own, adapter: own.out, force: true }), {
    instanceOf: UsageError,
    message: `--out: must not be or hold the --adapter that is read, got "${own.out}" for "${own.out}"; choose another --out`,
  });
  await writeFile(join(own.out, 'left-over'), '');
  await train({ ...own, force: true });
  t.false((await readdir(own.out)).includes('left-over'));

  const foreign = jobIn(folder, 'foreign', { force: true });
  await mkdir(foreign.out);
  await writeFile(join(foreign.out, 'thesis.txt'), 'precious');
  await t.throwsAsync(train(foreign), {
    instanceOf: UsageError,
    message: `${foreign.out}: must be a folder that holdfast made (one of manifest.json, run.json, report.html, adapter.json, adapter_config.json, training.jsonl, seeds.json, demo.json in it) to be replaced, got another; choose another --out`,
  });
  t.deepEqual(await readdir(foreign.out), ['thesis.txt']);
});

test('train: what is refused leaves an existing --out as it was, even with --force', async (t) => {
  const folder = await folderOf(t);
  const job = jobIn(folder, 'out', { method: 'head', steps: 1, force: true });
  await train(job);
  const before = await filesOf(job.out);
  const refused: readonly [Partial<TrainJob>, string][] = [
    [
      { selectOn: 0.99 },
      '--select-on: must leave examples on both sides of 20 of dev, got 0.99; choose a share such as 0.5',
    ],
    [
      { method: 'stochgrasp' },
      'train: stochgrasp must have a target spread, got neither --profile nor --target-std; give the profile of the hardware, such as --profile pcm-nandakumar-2019',
    ],
    [
      { method: 'lora', draws: true },
      'train: --draws must have a target spread, got neither --profile nor --target-std; give the profile of the hardware, such as --profile pcm-nandakumar-2019',
    ],
    [
      { method: 'stochgrasp', draws: true, targetStd: 0.1 },
      '--draws: must go with a method whose draws have a fixed std, got stochgrasp, which draws by itself; leave --draws out',
    ],
    [
      { layers: 'nothing*' },
      '--layers: must match a linear layer, got "nothing*", which matches none of 10 ("Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single", "Layer_0/TransformerLayer/MultiheadAttention/output_transform_single", "Layer_0/TransformerLayer/dense", …); see "holdfast model info"',
    ],
    [
      { method: 'stochgrasp', targetStd: 0.1, profile: 'no-such-profile' },
      '--target-std: must stand without --profile, got both; leave one out',
    ],
    [
      { method: 'lora', rank: 257 },
      '--rank: must be a whole number in 1..256 for layer "Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single", got 257; choose a lower rank or leave the layer out with --layers',
    ],
    [
      { method: 'stochgrasp', profile: 'ideal' },
      '--profile: must give layer "Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single" a weight error above 0, got none from "ideal"; choose a profile with noise, a larger --target-noise, or --target-std',
    ],
    [
      { method: 'grasp', groups: 257 },
      '--groups: must be a whole number in 1..256 for layer "Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single", got 257; choose fewer groups or leave the layer out with --layers',
    ],
  ];
  for (const [more, message] of refused) {
    await t.throwsAsync(train({ ...job, ...more }), { instanceOf: UsageError, message });
  }
  t.deepEqual(await filesOf(job.out), before);
});

test('train: a dev set without an example is refused before any step', async (t) => {
  const folder = await folderOf(t);
  await writeFile(join(folder, 'data', 'dev.jsonl'), '');
  await t.throwsAsync(train(jobIn(folder, 'out')), {
    instanceOf: UsageError,
    message:
      'custom: the task must have labelled dev examples, got none (the file of dev is empty; there is no test.jsonl); choose another task or --data',
  });
  t.deepEqual(await readdir(folder), ['data']);
});

for (const method of METHODS) {
  for (const draws of method === 'stochgrasp' ? [false] : [false, true]) {
    test.serial(
      `train: 6 steps lower the loss on reviews: ${method}${draws ? ' with draws' : ''}`,
      async (t) => {
        const folder = await folderOf(t);
        // The same 32 reviews at each step, so that the loss of the last can be held against that of the first.
        const { train: reviews } = await loadTask('reviews', { seed: 1 });
        const lines = reviews
          .slice(0, 32)
          .map(({ text, label }) => `${JSON.stringify({ text, label: `class ${label}` })}\n`);
        await writeFile(join(folder, 'data', 'train.jsonl'), lines.join(''));
        await writeFile(join(folder, 'data', 'dev.jsonl'), lines.slice(0, 8).join(''));
        const std = draws || method === 'stochgrasp' ? { targetStd: 0.05 } : {};
        const job = jobIn(folder, 'out', { method, draws, batch: 32, warmup: 0, ...std });
        t.is((await train(job)).method, method);
        const { adapter } = await loadAdapter(job.out);
        t.is(drawnLayers(adapter).length, draws || method === 'stochgrasp' ? 10 : 0);
        const log = (await readFile(join(job.out, 'training.jsonl'), 'utf8')).trimEnd().split('\n');
        const losses = log.map((line) => (JSON.parse(line) as { loss: number }).loss);
        t.log(losses.map((loss) => loss.toFixed(3)).join(' '));
        t.true(losses[5]! < losses[0]!);
      },
    );
  }
}

test("train: without --lr the rate is the method's own, and the head's too", async (t) => {
  const folder = await folderOf(t);
  for (const [method, rate] of [
    ['lora', 0.002],
    ['grasp', 0.005],
  ] as const) {
    const { lr: _, ...job } = jobIn(folder, method, { method, steps: 1 });
    await train(job);
    const { file } = await loadAdapter(job.out);
    t.like(file.training, { options: { rate, headRate: rate } });
  }
});

test('train: starts from an adapter, whose method, groups, layers and head it keeps', async (t) => {
  const folder = await folderOf(t);
  const first = jobIn(folder, 'first', { steps: 1, layers: '*FFN*', groups: 8 });
  await train(first);
  const second = jobIn(folder, 'second', { adapter: first.out, steps: 1, lr: 0 });
  t.is((await train(second)).method, 'grasp');
  const [a, b] = [await loadAdapter(first.out), await loadAdapter(second.out)];
  t.deepEqual(b.adapter, a.adapter);
  t.is(a.adapter.options.layers.length, 4);
  const tooMany = { ...jobIn(folder, 'reviews', { adapter: first.out }), data: join(folder, 'three') };
  await mkdir(tooMany.data);
  const three = ['a', 'b', 'c'].map((label) => JSON.stringify({ text: 'A text.', label })).join('\n');
  for (const name of ['train', 'dev']) await writeFile(join(tooMany.data, `${name}.jsonl`), `${three}\n`);
  await t.throwsAsync(train(tooMany), {
    instanceOf: UsageError,
    message:
      '--adapter: must have a head of 3 outputs for task "custom", got one of 2 outputs; pass --new-head, or start from an adapter of that task',
  });
});

test('train: a full disk is one clear error, and nothing is half-written', async (t) => {
  const folder = await folderOf(t);
  // Files of at most so many blocks of 1,024 bytes: the log fits, a checkpoint does not.
  const script = [
    'train --model use-lite --task custom --method grasp --groups 64 --batch 8 --steps 3',
    `--data ${join(folder, 'data')} --out ${join(folder, 'full')}`,
  ].join(' ');
  const main = join(packageRoot(), 'build', 'src', 'cli', 'main.js');
  const { status, stderr, stdout } = spawnSync(
    'bash',
    ['-c', `ulimit -f 8 && exec "$0" "$1" ${script}`, process.execPath, main],
    { encoding: 'utf8' },
  );
  t.log(stderr);
  t.is(stdout, '');
  t.is(status, 3);
  const path = join(folder, 'full', 'checkpoint.safetensors');
  const errors = stderr.split('\n').filter((line) => line.includes('cannot write'));
  t.deepEqual(errors, [
    `${path}: cannot write: the file would be larger than is allowed here; raise the limit (ulimit -f) or choose another --out`,
  ]);
  t.deepEqual(await readdir(join(folder, 'full')), ['training.jsonl']);
  const log = await readFile(join(folder, 'full', 'training.jsonl'), 'utf8');
  t.is(log.split('\n').length, 4);
});

test('selection: two seeded parts of dev, each example in one of them', async (t) => {
  const folder = await folderOf(t);
  const task = await loadTask('custom', { folder: join(folder, 'data'), seed: 1 });
  const model = await loadModel('use-lite');
  const dev = evaluationData(model, task, 'dev');
  const { select, report } = selection(dev, 0.3, 1);
  t.deepEqual([select.labels.length, report.labels.length], [6, 14]);
  const texts = [...select.examples, ...report.examples].map(({ ids }) => ids.join()).sort();
  t.deepEqual(texts, task.dev.map(({ text }) => model.tokenizer.encode(text).ids.join()).sort());
  t.deepEqual(selection(dev, 0.3, 1), { select, report });
  t.notDeepEqual(selection(dev, 0.3, 2).select.examples, select.examples);
});

test('train: --dropout 0 is training without, to the byte; another one is trained, kept, and given up by 0', async (t) => {
  const folder = await folderOf(t);
  const lora: Partial<TrainJob> = { method: 'lora', steps: 2 };
  const [none, zero, some] = await Promise.all(
    [{}, { dropout: 0 }, { dropout: 0.3 }].map((more, i) =>
      train(jobIn(folder, `run-${i}`, { ...lora, ...more })),
    ),
  );
  t.deepEqual(await filesOf(zero!.out), await filesOf(none!.out));
  t.notDeepEqual(await filesOf(some!.out), await filesOf(none!.out));
  const dropoutOf = async (out: string) => (await loadAdapter(out)).adapter.options.dropout;
  t.deepEqual([await dropoutOf(none!.out), await dropoutOf(some!.out)], [undefined, 0.3]);
  const on = { method: 'lora', steps: 1, adapter: some!.out } as const;
  const further = await train(jobIn(folder, 'further', on));
  const without = await train(jobIn(folder, 'without', { ...on, dropout: 0 }));
  t.deepEqual([await dropoutOf(further.out), await dropoutOf(without.out)], [0.3, undefined]);
  await t.throwsAsync(train(jobIn(folder, 'no', { method: 'lora', dropout: 1 })), {
    instanceOf: UsageError,
    message: '--dropout: must be at least 0 and below 1, got 1; choose a share such as 0.1',
  });
});
