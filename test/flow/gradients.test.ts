import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type Adapter, METHODS, type MethodName, trainableNames } from '../../src/adapter/adapter.ts';
import { loadAdapter, saveAdapter } from '../../src/adapter/file.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { readSafetensors } from '../../src/core/safetensors.ts';
import { openTask } from '../../src/flow/encode-task.ts';
import { newAdapter } from '../../src/flow/new-adapter.ts';
import { train } from '../../src/flow/train.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { loadModel } from '../../src/model/load.ts';
import { layerDraws } from '../../src/tune/draws.ts';
import { fixture } from '../support/hf-fixtures.ts';
import { jobIn } from '../support/train-job.ts';

const VECTORS = join(packageRoot(), 'test', 'fixtures', 'gradients');

/** One step of plain descent at rate 1: each trained tensor moves by minus its gradient. */
const ONE_STEP = {
  optimizer: 'sgd',
  lr: 1,
  steps: 1,
  warmup: 0,
  schedule: 'constant',
  batch: 5,
  shuffle: false,
} as const;

function settings(method: MethodName) {
  const std = method === 'stochgrasp' ? { targetStd: 0.1 } : {};
  return { method, groups: 4, rank: 2, alpha: 3, seed: 1, ...std };
}

/** The adapter with the start that the vectors were made at; what they do not hold starts as the checkpoint. */
function started(adapter: Adapter, method: string, vectors: ReadonlyMap<string, Tensor>): Adapter {
  const at = (name: string, tensor: Tensor) => vectors.get(`${method}:start:${name}`) ?? tensor;
  return { ...adapter, tensors: new Map([...adapter.tensors].map(([name, own]) => [name, at(name, own)])) };
}

for (const family of ['bert', 'roberta'] as const) {
  for (const method of METHODS) {
    test(`train: on ${family} ${method} moves each tensor by minus the gradient that PyTorch has`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'holdfast-gradients-'));
      t.teardown(() => rm(folder, { recursive: true }));
      await mkdir(join(folder, 'data'));
      for (const name of ['train', 'dev']) {
        await copyFile(join(VECTORS, `${family}.jsonl`), join(folder, 'data', `${name}.jsonl`));
      }
      const { tensors } = await readSafetensors(join(VECTORS, `${family}.safetensors`));
      const vectors = tensors as ReadonlyMap<string, Tensor>;
      const model = await loadModel(fixture(family));
      const task = await openTask('custom', join(folder, 'data'));
      const fresh = await newAdapter(settings(method), model, task);
      const wanted = [...vectors.keys()].filter((name) => name.startsWith(`${method}:gradient:`));
      t.deepEqual(trainableNames(fresh).sort(), wanted.map((name) => name.split(':')[2]!).sort());

      const start = started(fresh, method, vectors);
      await saveAdapter(join(folder, 'start'), start, model);
      const job = { ...ONE_STEP, model: fixture(family), adapter: join(folder, 'start') };
      await train(jobIn(folder, 'out', job));
      const { adapter } = await loadAdapter(join(folder, 'out'));
      let worst = 0;
      for (const name of trainableNames(adapter)) {
        const gradient = vectors.get(`${method}:gradient:${name}`)!;
        const [before, after] = [start, adapter].map((each) => each.tensors.get(name)!);
        t.deepEqual(after!.shape, gradient.shape, name);
        const largest = Math.max(...(gradient.data as Float32Array).map(Math.abs));
        // A key's bias has no effect behind a softmax: its gradient is rounding in both.
        for (const [i, value] of (after!.data as Float32Array).entries()) {
          const moved = Number(before!.data[i]) - value;
          const bound = 1e-3 * largest + 2e-6;
          const error = Math.abs(moved - Number(gradient.data[i]));
          worst = Math.max(worst, error / bound);
          t.true(error <= bound, `${name}[${i}]: ${moved} where PyTorch has ${gradient.data[i]}`);
        }
      }
      const [line] = (await readFile(join(folder, 'out', 'training.jsonl'), 'utf8')).split('\n');
      const { loss } = JSON.parse(line!) as { loss: number };
      const torchLoss = Number(vectors.get(`${method}:loss`)!.data[0]);
      t.true(Math.abs(loss - torchLoss) < 1e-5 * Math.abs(torchLoss) + 1e-6, `${loss} and ${torchLoss}`);
      t.log(`${wanted.length} tensors, worst error ${worst.toPrecision(2)} of the bound`);
    });
  }
}

test('layerDraws: are those that the vectors of stochgrasp were made with', async (t) => {
  const { tensors } = await readSafetensors(join(VECTORS, 'draws.safetensors'));
  for (const [name, { shape, data }] of tensors) {
    const layer = { name, in: shape[1]!, seesTokens: true };
    t.deepEqual(layerDraws([layer], [shape[0]!, 1], 1, 0, 'example')[`${name}.draw`]!.data, data);
  }
});
