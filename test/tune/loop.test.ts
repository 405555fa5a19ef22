import test from 'ava';
import type { Adapter } from '../../src/adapter/adapter.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import type { Engine } from '../../src/runtime/engine.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { layerDraws } from '../../src/tune/draws.ts';
import { type StepLog, type TuneData, type TuneOptions, tune } from '../../src/tune/loop.ts';
import { decodeState, encodeState } from '../../src/tune/state.ts';
import { lossGraph, trainingGraph } from '../../src/tune/training-graph.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { moved, parameterFeeds, tinyModel, untrained } from '../support/tiny-model.ts';

const MODEL = tinyModel();

const DATA: TuneData = {
  examples: [{ ids: [1, 5, 8] }, { ids: [4, 2] }, { ids: [7] }, { ids: [3, 3, 6, 1] }, { ids: [2, 8] }],
  labels: [0, 2, 1, 1, 0],
};

const OPTIONS: TuneOptions = {
  loss: { kind: 'classification', lambda: 0.1, draw: 'example' },
  optimizer: { kind: 'adamw', weightDecay: 0 },
  schedule: { kind: 'linear', warmup: 0.2 },
  rate: 0.01,
  headRate: 0.02,
  batch: 2,
  steps: 7,
  seed: 4,
  shuffle: true,
};

const PLAIN: Partial<TuneOptions> = {
  optimizer: { kind: 'sgd', weightDecay: 0 },
  schedule: { kind: 'constant', warmup: 0 },
  rate: 1,
  headRate: 1,
  steps: 1,
  shuffle: false,
};

/** The adapter after training, and what was logged. */
async function tuned(adapter: Adapter, options: Partial<TuneOptions> = {}) {
  const logs: StepLog[] = [];
  const engine = await openEngine('onnxruntime');
  const after = await tune(engine, MODEL, adapter, DATA, { ...OPTIONS, ...options }, (log) => {
    logs.push(log);
  });
  return { after, logs };
}

/** What the first step feeds when nothing is shuffled: examples 0 and 1. */
function firstFeeds(adapter: Adapter): Record<string, Tensor> {
  const layers = [
    { name: 'block.first', in: 6, seesTokens: true },
    { name: 'block.second', in: 8, seesTokens: true },
    { name: 'pooler', in: 6, seesTokens: false },
  ];
  return {
    ids: int64([2, 3], [1, 5, 8, 4, 2, 0]),
    mask: float32([2, 3], [1, 1, 1, 1, 1, 0]),
    labels: float32([2, 3], [1, 0, 0, 0, 0, 1]),
    rowWeights: float32([2], [0.5, 0.5]),
    ...(adapter.method === 'stochgrasp' ? layerDraws(layers, [2, 3], OPTIONS.seed, 0, 'example') : {}),
    ...parameterFeeds(adapter),
  };
}

for (const method of ['head', 'grasp', 'stochgrasp'] as const) {
  test(`tune: one step of sgd at rate 1 moves each tensor by exactly minus its gradient: ${method}`, async (t) => {
    const adapter = moved(untrained(MODEL.graph, method, 5));
    const session = await (await openEngine('onnxruntime')).load(
      trainingGraph(MODEL.graph, adapter, OPTIONS.loss),
    );
    const results = await session.run(firstFeeds(adapter));
    await session.release();
    const { after, logs } = await tuned(adapter, PLAIN);
    for (const [name, { dtype, data }] of adapter.tensors) {
      if (dtype !== 'float32') continue;
      const gradient = results[`gradient.${name}`]!.data as Float32Array;
      t.true(gradient.some((value) => value !== 0));
      t.deepEqual(
        after.tensors.get(name)!.data,
        Float32Array.from(data as Float32Array, (value, i) => value - gradient[i]!),
        name,
      );
    }
    const exact = interpret64(lossGraph(MODEL.graph, adapter, OPTIONS.loss), firstFeeds(adapter)).loss!
      .data[0];
    t.true(Math.abs(logs[0]!.loss - Number(exact)) < 1e-6);
  });
}

test('tune: the loss of a smaller last batch is its own mean', async (t) => {
  const adapter = untrained(MODEL.graph, 'head', 5);
  const { logs } = await tuned(adapter, { ...PLAIN, rate: 0, headRate: 0, steps: 3 });
  // Example 4 alone; the second row only pads.
  const feeds = {
    ...parameterFeeds(adapter),
    ids: int64([2, 2], [2, 8, 2, 8]),
    mask: float32([2, 2], [1, 1, 1, 1]),
    labels: float32([2, 3], [1, 0, 0, 0, 0, 0]),
    rowWeights: float32([2], [1, 0]),
  };
  const exact = interpret64(lossGraph(MODEL.graph, adapter, OPTIONS.loss), feeds).loss!.data[0];
  t.is(logs.length, 3);
  t.true(Math.abs(logs[2]!.loss - Number(exact)) < 1e-6);
});

test('tune: a head rate of 0 leaves the head, a rate of 0 leaves all else', async (t) => {
  const adapter = untrained(MODEL.graph, 'grasp', 5);
  const [frozenHead, frozenRest] = [await tuned(adapter, { headRate: 0 }), await tuned(adapter, { rate: 0 })];
  for (const [name, { data, dtype }] of adapter.tensors) {
    const isHead = name.startsWith('head.');
    const same = ({ after }: { after: Adapter }) =>
      Buffer.compare(bytesOf(after.tensors.get(name)!.data), bytesOf(data)) === 0;
    t.is(same(frozenHead), isHead || dtype === 'int32', name);
    t.is(same(frozenRest), !isHead, name);
  }
});

test('tune: logs each step with its rate, and the loss falls', async (t) => {
  const { logs } = await tuned(untrained(MODEL.graph, 'grasp', 5), { steps: 40, headRate: 0.05 });
  t.deepEqual(
    logs.map(({ step }) => step),
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  t.true(Math.abs(logs[0]!.lr - 0.01 / 8) < 1e-15);
  t.true(Math.abs(logs[39]!.lr - 0.01 / 32) < 1e-15);
  const mean = (part: readonly StepLog[]) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
  t.true(mean(logs.slice(-6)) < mean(logs.slice(0, 6)) * 0.8);
});

test('tune: goes on from a checkpoint to the same bytes as an unbroken run', async (t) => {
  const adapter = untrained(MODEL.graph, 'stochgrasp', 5);
  const engine = await openEngine('onnxruntime');
  const bytes: Uint8Array[] = [];
  const whole = await tune(engine, MODEL, adapter, DATA, OPTIONS, (_, state) => {
    bytes.push(encodeState(state, 'plan'));
  });
  for (const done of [1, 3, 7]) {
    const { state } = decodeState(bytes[done - 1]!, adapter, 'plan', 'checkpoint');
    t.is(state.step, done);
    const steps: number[] = [];
    const resumed = await tune(
      engine,
      MODEL,
      adapter,
      DATA,
      OPTIONS,
      ({ step }) => void steps.push(step),
      state,
    );
    t.deepEqual(resumed, whole);
    t.is(steps.length, 7 - done);
  }
});

test('tune: stops at the first loss or gradient that is not finite, and says where', async (t) => {
  const adapter = untrained(MODEL.graph, 'head', 5);
  /** An engine whose second step goes wrong in one output. */
  const failing = (output: string): Engine => ({
    name: 'onnxruntime',
    version: '0',
    load: async () => {
      let runs = 0;
      return {
        run: async () => {
          runs += 1;
          const value = (name: string) => (name === output && runs === 2 ? Number.NaN : 0.5);
          return {
            loss: float32([], [value('loss')]),
            'gradient.head.weight': float32([5, 3], new Float32Array(15).fill(value('gradient.head.weight'))),
            'gradient.head.bias': float32([3], new Float32Array(3)),
          };
        },
        release: async () => undefined,
      };
    },
  });
  for (const [output, what] of [
    ['loss', 'the loss'],
    ['gradient.head.weight', 'the gradient of "head.weight"'],
  ] as const) {
    await t.throwsAsync(
      tune(failing(output), MODEL, adapter, DATA, OPTIONS, () => undefined),
      {
        name: 'EngineError',
        message: `training step 1: ${what} must be a finite number, got NaN; start again with a lower --lr and --force`,
      },
    );
  }
});

function bytesOf({ buffer, byteOffset, byteLength }: Tensor['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
