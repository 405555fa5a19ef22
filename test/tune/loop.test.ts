import test from 'ava';
import { type Adapter, METHODS } from '../../src/adapter/adapter.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import type { Engine } from '../../src/runtime/engine.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { layerDraws } from '../../src/tune/draws.ts';
import { dropoutMasks } from '../../src/tune/dropout.ts';
import { type StepLog, type TuneData, type TuneOptions, tune } from '../../src/tune/loop.ts';
import { decodeState, encodeState, initialState } from '../../src/tune/state.ts';
import type { StepWeights } from '../../src/tune/step-weights.ts';
import { lossGraph, trainingGraph } from '../../src/tune/training-graph.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { moved, parameterFeeds, tinyModel, untrained, withDraws } from '../support/tiny-model.ts';

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

for (const method of METHODS) {
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
        message: `training step 2: ${what} must be a finite number, got NaN; start again with --force and a lower --lr, a longer --warmup or --clip-norm`,
      },
    );
  }
});

test('tune: an update that leaves the numbers is an error, and its state is never handed out', async (t) => {
  const steps: number[] = [];
  await t.throwsAsync(
    tune(
      await openEngine('onnxruntime'),
      MODEL,
      untrained(MODEL.graph, 'head', 5),
      DATA,
      { ...OPTIONS, optimizer: { kind: 'sgd', weightDecay: 0 }, rate: 1e39, headRate: 1e39 },
      ({ step }) => {
        steps.push(step);
      },
    ),
    {
      name: 'EngineError',
      message: /^training step 1: "head\.\w+" after its update must be a finite number, got -?Infinity; /u,
    },
  );
  t.deepEqual(steps, []);
});

/** Weights of the tiny model, `[in, out]`, each number changed by a hundredth of the step. */
const CHIPS: StepWeights = {
  layers: ['block.first', 'block.second', 'pooler'],
  at: (step) => weightsPlus(step / 100),
};

function weightsPlus(change: number): Record<string, Tensor> {
  return Object.fromEntries(
    linearLayers(MODEL.graph).map((layer) => {
      const { data } = MODEL.graph.initializers.get(layer.weight)!;
      const turned = Float32Array.from(data as Float32Array, (_, at) => {
        const [row, column] = [Math.floor(at / layer.out), at % layer.out];
        return Number(data[layer.transposed ? column * layer.in + row : at]) + change;
      });
      return [layer.name, float32([layer.in, layer.out], turned)];
    }),
  );
}

for (const method of ['stochgrasp', 'lora'] as const) {
  test(`tune: a step in parts moves the tensors as the same step in one does: ${method}`, async (t) => {
    const plain = moved(untrained(MODEL.graph, method, 5));
    const adapter = method === 'lora' ? withDraws(MODEL.graph, plain) : plain;
    const options = { ...PLAIN, shuffle: true, steps: 3 };
    const whole = await tuned(adapter, { ...options, batch: 3 });
    // Five examples: the second step of an epoch has two, in a part of two and none of one.
    for (const [batch, accumulate] of [
      [1, 3],
      [2, 2],
    ] as const) {
      const size = batch * accumulate;
      const one = size === 3 ? whole : await tuned(adapter, { ...options, batch: size });
      const parts = await tuned(adapter, { ...options, batch, accumulate });
      parts.logs.forEach(({ loss }, k) => {
        t.true(Math.abs(loss - one.logs[k]!.loss) < 1e-5);
      });
      for (const [name, { data }] of one.after.tensors) {
        const other = parts.after.tensors.get(name)!.data;
        for (let i = 0; i < data.length; i++)
          t.true(Math.abs(Number(data[i]) - Number(other[i])) < 1e-4, name);
      }
    }
  });
}

test('tune: --clip-norm limits the step of sgd at rate 1 to that length, and logs the norm', async (t) => {
  const adapter = moved(untrained(MODEL.graph, 'grasp', 5));
  const free = await tuned(adapter, { ...PLAIN, clipNorm: 1e9 });
  const norm = free.logs[0]!.gradientNorm!;
  const clipped = await tuned(adapter, { ...PLAIN, clipNorm: norm / 4 });
  t.is(clipped.logs[0]!.gradientNorm, norm);
  const step = (after: Adapter): number => {
    let squares = 0;
    for (const [name, { data }] of adapter.tensors) {
      const now = after.tensors.get(name)!.data;
      for (let i = 0; i < data.length; i++) squares += (Number(now[i]) - Number(data[i])) ** 2;
    }
    return Math.sqrt(squares);
  };
  t.true(Math.abs(step(free.after) / norm - 1) < 1e-4);
  t.true(Math.abs(step(clipped.after) / norm - 0.25) < 1e-4);
  t.is((await tuned(adapter, PLAIN)).logs[0]!.gradientNorm, undefined);
});

test("tune: weights of a chip stand for the model's own, at each step those of that step", async (t) => {
  const adapter = moved(untrained(MODEL.graph, 'grasp', 5));
  const engine = await openEngine('onnxruntime');
  const run = async (weights: StepWeights | null, steps: number, model = MODEL) => {
    const losses: number[] = [];
    const options = { ...OPTIONS, ...PLAIN, rate: 0, headRate: 0, steps };
    await tune(
      engine,
      model,
      adapter,
      DATA,
      options,
      ({ loss }) => void losses.push(loss),
      undefined,
      weights,
    );
    return losses;
  };
  const own = await run(null, 2);
  const lifted = await run(CHIPS, 2);
  t.true(Math.abs(own[0]! - lifted[0]!) < 1e-6);
  const initializers = new Map(MODEL.graph.initializers);
  for (const { weight } of linearLayers(MODEL.graph)) {
    const { shape, data } = initializers.get(weight)!;
    initializers.set(
      weight,
      float32(
        shape,
        Float32Array.from(data as Float32Array, (value) => value + 0.01),
      ),
    );
  }
  const second = await run(null, 2, { ...MODEL, graph: { ...MODEL.graph, initializers } });
  t.true(Math.abs(second[1]! - lifted[1]!) < 1e-6);
  t.true(Math.abs(own[1]! - lifted[1]!) > 1e-4);
});

test('tune: goes on to the same bytes with parts, clipping and chips too', async (t) => {
  const adapter = withDraws(MODEL.graph, untrained(MODEL.graph, 'lora', 5));
  const engine = await openEngine('onnxruntime');
  const options = { ...OPTIONS, batch: 1, accumulate: 2, clipNorm: 0.1 };
  const bytes: Uint8Array[] = [];
  const keep = (_: StepLog, state: Parameters<typeof encodeState>[0]) => {
    bytes.push(encodeState(state, 'plan'));
  };
  const whole = await tune(engine, MODEL, adapter, DATA, options, keep, undefined, CHIPS);
  const { state } = decodeState(bytes[3]!, adapter, 'plan', 'checkpoint');
  const resumed = await tune(engine, MODEL, adapter, DATA, options, keep, state, CHIPS);
  t.deepEqual(resumed, whole);
  t.deepEqual(bytes.slice(7), bytes.slice(4, 7));
});

test('tune: mirrored draws are each draw and its negative, of which the loss is the mean', async (t) => {
  const adapter = moved(untrained(MODEL.graph, 'stochgrasp', 5));
  const { logs } = await tuned(adapter, { ...PLAIN, mirrored: true });
  const feeds = firstFeeds(adapter);
  const graph = lossGraph(MODEL.graph, adapter, OPTIONS.loss);
  const [a, b] = [feeds, scaledDraws(feeds, -1)].map((each) =>
    Number(interpret64(graph, each).loss!.data[0]),
  );
  t.true(Math.abs(logs[0]!.loss - (a! + b!) / 2) < 1e-6);
  t.true(Math.abs(a! - b!) > 1e-4);
});

test('tune: over the warm-up of draws they rise to their full std', async (t) => {
  const adapter = moved(untrained(MODEL.graph, 'stochgrasp', 5));
  const feeds = firstFeeds(adapter);
  const graph = lossGraph(MODEL.graph, adapter, OPTIONS.loss);
  const exact = (factor: number) => Number(interpret64(graph, scaledDraws(feeds, factor)).loss!.data[0]);
  for (const [drawWarmup, factor] of [
    [0, 1],
    [0.5, 1 / 4],
    [1, 1 / 7],
  ] as const) {
    const { logs } = await tuned(adapter, { ...PLAIN, steps: 7, drawWarmup });
    t.true(Math.abs(logs[0]!.loss - exact(factor)) < 1e-6, String(drawWarmup));
  }
  t.true(Math.abs(exact(1) - exact(1 / 4)) > 1e-4);
});

function scaledDraws(feeds: Readonly<Record<string, Tensor>>, factor: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [
      name,
      name.endsWith('.draw')
        ? float32(
            tensor.shape,
            (tensor.data as Float32Array).map((value) => factor * value),
          )
        : tensor,
    ]),
  );
}

test('tune: with dropout each step has factors of its own, the same for both of mirrored draws', async (t) => {
  const plain = moved(untrained(MODEL.graph, 'lora', 5));
  const adapter = { ...plain, options: { ...plain.options, dropout: 0.5 } };
  const layers = [
    { name: 'block.first', in: 6, seesTokens: true },
    { name: 'block.second', in: 8, seesTokens: true },
    { name: 'pooler', in: 6, seesTokens: false },
  ];
  const graph = lossGraph(MODEL.graph, adapter, OPTIONS.loss);
  const masks = dropoutMasks(layers, [2, 3], 0.5, { seed: OPTIONS.seed, step: 0, part: 0 });
  const exact = Number(interpret64(graph, { ...firstFeeds(adapter), ...masks }).loss!.data[0]);
  const { logs } = await tuned(adapter, PLAIN);
  t.true(Math.abs(logs[0]!.loss - exact) < 1e-6);
  const without = await tuned(plain, PLAIN);
  t.true(Math.abs(without.logs[0]!.loss - exact) > 1e-4);
  // No draws to mirror: both rows of an example are the same.
  const mirrored = await tuned(adapter, { ...PLAIN, mirrored: true });
  t.true(Math.abs(mirrored.logs[0]!.loss - exact) < 1e-6);
});

test('tune: goes on to the same bytes with dropout and draws, in parts', async (t) => {
  const drawn = withDraws(MODEL.graph, untrained(MODEL.graph, 'lora', 5));
  const adapter = { ...drawn, options: { ...drawn.options, dropout: 0.2 } };
  const engine = await openEngine('onnxruntime');
  const options = { ...OPTIONS, batch: 1, accumulate: 2, mirrored: true };
  const bytes: Uint8Array[] = [];
  const keep = (_: StepLog, state: Parameters<typeof encodeState>[0]) => {
    bytes.push(encodeState(state, 'plan'));
  };
  const whole = await tune(engine, MODEL, adapter, DATA, options, keep);
  const { state } = decodeState(bytes[3]!, adapter, 'plan', 'checkpoint');
  t.deepEqual(await tune(engine, MODEL, adapter, DATA, options, keep, state), whole);
});

test('tune: a loss that is not finite names the layer it comes from, and the state stays the last good one', async (t) => {
  const adapter = untrained(MODEL.graph, 'grasp', 5);
  const engine = await openEngine('onnxruntime');
  const broken: StepWeights = {
    layers: CHIPS.layers,
    at: (step) => {
      const weights = weightsPlus(0);
      if (step === 2) (weights['block.second']!.data as Float32Array)[0] = Number.NaN;
      return weights;
    },
  };
  const from = initialState(adapter);
  let good: Uint8Array | undefined;
  let last = from;
  await t.throwsAsync(
    tune(
      engine,
      MODEL,
      adapter,
      DATA,
      OPTIONS,
      (_, state) => {
        last = state;
        good = encodeState(state, 'plan');
      },
      from,
      broken,
    ),
    {
      name: 'EngineError',
      message:
        'training step 3: the loss must be a finite number, got NaN (first in layer "block.second"); start again with --force and a lower --lr, a longer --warmup or --clip-norm',
    },
  );
  t.is(last.step, 2);
  t.deepEqual(encodeState(last, 'plan'), good);
});

function bytesOf({ buffer, byteOffset, byteLength }: Tensor['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
