import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { headNames } from '../../src/adapter/adapter.ts';
import { loadAdapter } from '../../src/adapter/file.ts';
import { UsageError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { relabelled } from '../../src/flow/own-head.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';
import { trainSeeds } from '../../src/flow/train-seeds.ts';
import { float32 } from '../../src/graph/graph.ts';
import { folderOf, jobIn } from '../support/train-job.ts';

/** Two tiny layers of 12, with a head of their own. */
const BERT = join(packageRoot(), 'test/fixtures/hf/bert');

test('train --adapter: alone it fixes method, rank, alpha and layers; what says otherwise is refused', async (t) => {
  const folder = await folderOf(t);
  const lora = { model: BERT, method: 'lora', rank: 2, alpha: 4, layers: '*query', steps: 1 } as const;
  const first = jobIn(folder, 'first', lora);
  await train(first);
  const goOn = (out: string, more: Partial<TrainJob> = {}) =>
    jobIn(folder, out, { model: BERT, adapter: first.out, steps: 1, ...more });
  const alone = await train(goOn('alone'));
  t.is(alone.method, 'lora');
  const asked = await train(goOn('asked', { method: 'lora', rank: 2, alpha: 4, layers: '*.query' }));
  const [a, b] = [await loadAdapter(alone.out), await loadAdapter(asked.out)];
  t.is(a.adapter.options.layers.length, 2);
  t.deepEqual(b.adapter, a.adapter);
  const layer = 'bert.encoder.layer.0.attention.self';
  const refused: readonly [Partial<TrainJob>, string, string][] = [
    [{ method: 'grasp' }, 'method', 'lora, got grasp'],
    [{ rank: 4 }, 'rank', '2, got 4'],
    [{ alpha: 16 }, 'alpha', '4, got 16'],
    [
      { layers: '*.0.*query' },
      'layers',
      '"bert.encoder.layer.1.attention.self.query" among them, got "*.0.*query", which does not match it',
    ],
    [
      { layers: '*self.{query,key}' },
      'layers',
      `"${layer}.key" not among them, got "*self.{query,key}", which matches it`,
    ],
  ];
  for (const [more, option, rest] of refused) {
    const message = `--${option}: must be as the adapter has it, ${rest}; leave the option out, or train a new adapter without --adapter`;
    await t.throwsAsync(train(goOn('refused', more)), { instanceOf: UsageError, message });
    await t.throwsAsync(trainSeeds({ ...goOn('refused', more), seeds: 2 }), {
      instanceOf: UsageError,
      message,
    });
  }
  const { adapter: _, ...none } = goOn('none');
  await t.throwsAsync(train(none), {
    instanceOf: UsageError,
    message:
      '--method: must be given where no --adapter is, got neither; choose one of grasp, stochgrasp, lora, bitfit, ia3, head, full',
  });
});

test('train --adapter: the head has the labels of the new task, its rows by their names or else as they were, with a warning', async (t) => {
  const folder = await folderOf(t);
  const data = async (name: string, labels: readonly (string | number)[]): Promise<string> => {
    const path = join(folder, name);
    await mkdir(path);
    const lines = labels.map((label) => `${JSON.stringify({ text: `A ${label} text.`, label })}\n`).join('');
    for (const split of ['train', 'dev']) await writeFile(join(path, `${split}.jsonl`), lines);
    return path;
  };
  const first = jobIn(folder, 'first', { model: BERT, method: 'head', steps: 1 });
  await train(first);
  const before = (await loadAdapter(first.out)).adapter;
  t.deepEqual(before.head!.labels, ['no', 'yes']);
  const goOn = async (name: string, labels: readonly (string | number)[]) => {
    const warnings: string[] = [];
    const progress = { ...silentProgress, warn: (text: string) => warnings.push(text) };
    const base = {
      model: BERT,
      adapter: first.out,
      steps: 1,
      lr: 0,
      progress,
      data: await data(name, labels),
    };
    const job = jobIn(folder, `out-${name}`, base);
    await train(job);
    return { adapter: (await loadAdapter(job.out)).adapter, warnings };
  };
  // Labels are numbered by their spelling, capitals first.
  const known = await goOn('known', ['Yes', 'no']);
  t.deepEqual(known.adapter.head!.labels, ['Yes', 'no']);
  t.deepEqual(known.warnings, []);
  const rows = (of: typeof before) => Array.from(of.tensors.get('classifier.weight')!.data, Number);
  const [no, yes] = [rows(before).slice(0, 12), rows(before).slice(12)];
  t.deepEqual(rows(known.adapter), [...yes, ...no]);
  const unknown = await goOn('unknown', ['neg', 'pos']);
  t.deepEqual(unknown.adapter.head!.labels, ['neg', 'pos']);
  t.deepEqual(rows(unknown.adapter), rows(before));
  t.deepEqual(unknown.warnings, [
    '--adapter: its head has the labels no, yes, the task has neg, pos; its rows go on in their order',
  ]);
  await t.throwsAsync(goOn('three', ['a', 'b', 'c']), {
    instanceOf: UsageError,
    message:
      '--adapter: must have a head of 3 outputs for task "custom", got one of 2 outputs; pass --new-head, or start from an adapter of that task',
  });
  await t.throwsAsync(goOn('regression', [0.5, 1.5]), {
    message:
      '--adapter: must have a head for a regression for task "custom", got one of 2 outputs; pass --new-head, or start from an adapter of that task',
  });

  const scores = jobIn(folder, 'scores', {
    model: BERT,
    method: 'head',
    steps: 1,
    data: await data('values', [0.5, 1.5]),
  });
  await train(scores);
  const one = jobIn(folder, 'one', {
    model: BERT,
    adapter: scores.out,
    steps: 1,
    data: await data('class', ['a', 'a']),
  });
  await t.throwsAsync(train(one), {
    message:
      '--adapter: must have a head of 1 class for task "custom", got one for a regression; pass --new-head, or start from an adapter of that task',
  });
});

test('train --adapter --new-head: what was trained goes on, behind the head that a new adapter would have', async (t) => {
  const folder = await folderOf(t);
  const first = jobIn(folder, 'first', { model: BERT, method: 'lora', rank: 2, steps: 2 });
  await train(first);
  const line = (label: string) => `${JSON.stringify({ text: `A ${label} text.`, label })}\n`;
  const data = join(folder, 'three');
  await mkdir(data);
  for (const split of ['train', 'dev'])
    await writeFile(join(data, `${split}.jsonl`), ['a', 'b', 'c'].map(line).join(''));
  const still = { model: BERT, data, steps: 1, lr: 0 };
  const job = jobIn(folder, 'transferred', { ...still, adapter: first.out, newHead: true });
  await train(job);
  const fresh = jobIn(folder, 'fresh', { ...still, method: 'head' });
  await train(fresh);
  const [before, after, ownHead] = await Promise.all(
    [first.out, job.out, fresh.out].map(async (out) => (await loadAdapter(out)).adapter),
  );
  t.deepEqual(after!.head, ownHead!.head);
  const old = headNames(before!);
  const expected = [...before!.tensors].filter(([name]) => !old.has(name)).concat([...ownHead!.tensors]);
  t.deepEqual([...after!.tensors], expected);
  t.true(expected.length > ownHead!.tensors.size);
});

test('relabelled: of a head of our own the columns move, and the bias', (t) => {
  const head = { width: 2, outputs: 3, scale: 1, labels: ['a', 'b', 'c'] };
  const tensors = new Map([
    ['head.weight', float32([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))],
    ['head.bias', float32([3], Float32Array.of(7, 8, 9))],
  ]);
  const adapter = { method: 'head' as const, options: { layers: [], seed: 1 }, head, tensors };
  const moved = relabelled(adapter, head, ['C', 'a', 'b']);
  t.deepEqual([...moved.tensors.get('head.weight')!.data], [3, 1, 2, 6, 4, 5]);
  t.deepEqual([...moved.tensors.get('head.bias')!.data], [9, 7, 8]);
  t.deepEqual(moved.head!.labels, ['C', 'a', 'b']);
  // Two labels that are one name in other cases, or a name that is not there: numbers.
  t.deepEqual(relabelled(adapter, head, ['c', 'a', 'x']).tensors, adapter.tensors);
  t.deepEqual(relabelled(adapter, head, ['c', 'C', 'a']).tensors, adapter.tensors);
});
