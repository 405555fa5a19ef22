import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { wasmMemory } from '../../src/core/wasm.ts';
import { buildGraph } from '../../src/graph/build.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { encodeModel } from '../../src/graph/write.ts';
import type { SessionOptions } from '../../src/runtime/engine.ts';
import { openEngine } from '../../src/runtime/open.ts';

/** x [B, 64] times a weight [64, 48] that is a feed, and a tanh. */
function product(): Graph {
  const graph = buildGraph('product');
  graph.input('x', 'float32', ['B', 64]);
  graph.input('weight', 'float32', [64, 48]);
  graph.node('Tanh', [graph.node('MatMul', ['x', 'weight'])], { name: 'y' });
  graph.output('y', 'float32', ['B', 48]);
  return graph.finish();
}

function wave(shape: readonly number[], step: number): Tensor {
  const length = shape.reduce((size, axis) => size * axis, 1);
  return float32(
    shape,
    Float32Array.from({ length }, (_, index) => Math.sin(index * step) / 4),
  );
}

const X = wave([6, 64], 0.7);

async function run(weight: Tensor, x = X, options: SessionOptions = {}): Promise<Float32Array> {
  const session = await (await openEngine('onnxruntime')).load(product(), options);
  try {
    return (await session.run({ x, weight })).y!.data as Float32Array;
  } finally {
    await session.release();
  }
}

test('run(feeds) sees a weight that changed between two runs', async (t) => {
  const session = await (await openEngine('onnxruntime')).load(product());
  const weight = wave([64, 48], 0.3);
  const before = (await session.run({ x: X, weight })).y!.data;
  (weight.data as Float32Array).fill(0);
  const after = (await session.run({ x: X, weight })).y!.data;
  await session.release();
  t.true(before.some((value) => value !== 0));
  t.true(after.every((value) => value === 0));
});

test('run(feeds) reads a view on a WebAssembly.Memory in place', async (t) => {
  const plain = wave([64, 48], 0.3);
  const memory = wasmMemory('test', 131_072);
  const view = new Float32Array(memory.buffer, 1024, 64 * 48);
  view.set(plain.data as Float32Array);
  const session = await (await openEngine('onnxruntime')).load(product());
  const weight = float32([64, 48], view);
  const first = (await session.run({ x: X, weight })).y!.data;
  view.fill(0);
  const second = (await session.run({ x: X, weight })).y!.data;
  await session.release();
  t.deepEqual(first, await run(plain));
  t.true(second.every((value) => value === 0));
  t.is(view.length, 64 * 48, 'the memory was not detached');
});

test('run(feeds) gives the same bytes for 1 and 2 threads, from two rows on', async (t) => {
  // Large enough that two threads do share it.
  const graph = buildGraph('large');
  graph.input('x', 'float32', ['B', 768]);
  graph.input('weight', 'float32', [768, 512]);
  graph.output(graph.node('MatMul', ['x', 'weight'], { name: 'y' }), 'float32', ['B', 512]);
  const weight = wave([768, 512], 0.3);
  const engine = await openEngine('onnxruntime');
  const [one, two] = await Promise.all([1, 2].map((threads) => engine.load(graph.finish(), { threads })));
  for (const rows of [2, 3, 33, 64]) {
    const x = wave([rows, 768], 0.7);
    t.deepEqual(await one!.run({ x, weight }), await two!.run({ x, weight }), `${rows} rows`);
  }
  await Promise.all([one!.release(), two!.release()]);
});

test('run(feeds) gives a row the same bytes in any batch of two rows or more', async (t) => {
  const weight = wave([64, 48], 0.3);
  const whole = await run(weight);
  for (const rows of [2, 3, 5]) {
    const x = float32([rows, 64], (X.data as Float32Array).slice(0, rows * 64));
    t.deepEqual(await run(weight, x), whole.slice(0, rows * 48), `${rows} rows`);
  }
});

test('load(bytes) runs an encoded model as it runs the graph', async (t) => {
  const weight = wave([64, 48], 0.3);
  const session = await (await openEngine('onnxruntime')).load(encodeModel(product()));
  t.deepEqual((await session.run({ x: X, weight })).y!.data, await run(weight));
  await session.release();
});

test('load(graph, options) takes every setting', async (t) => {
  const weight = wave([64, 48], 0.3);
  const wanted = await run(weight);
  for (const optimize of ['all', 'extended', 'basic', 'none'] as const) {
    const got = await run(weight, X, { optimize, memoryPattern: true, threads: 1, freeDimensions: { B: 6 } });
    t.true(
      got.every((value, index) => Math.abs(value - wanted[index]!) < 1e-6),
      optimize,
    );
  }
});

test('run(feeds, outputs) computes the outputs asked for', async (t) => {
  const graph = buildGraph('two');
  graph.input('x', 'float32', [2]);
  graph.output(graph.node('Neg', ['x'], { name: 'minus' }), 'float32', [2]);
  graph.output(graph.node('Abs', ['x'], { name: 'size' }), 'float32', [2]);
  const session = await (await openEngine('onnxruntime')).load(graph.finish());
  const x = float32([2], [3, -4]);
  t.deepEqual(Object.keys(await session.run({ x })), ['minus', 'size']);
  t.deepEqual(await session.run({ x }, ['size']), { size: float32([2], [3, 4]) });
  await session.release();
});

test('run(feeds) after release() is refused, and release() may be called again', async (t) => {
  const session = await (await openEngine('onnxruntime')).load(product());
  await session.release();
  await session.release();
  await t.throwsAsync(session.run({ x: X, weight: wave([64, 48], 0.3) }), {
    name: 'EngineError',
    message:
      'onnxruntime: graph "product": the session must be open, got a released one; load the graph again',
  });
});

test('load(bytes) of something else is one clear error', async (t) => {
  const engine = await openEngine('onnxruntime');
  await t.throwsAsync(engine.load(Uint8Array.of(1, 2, 3)), {
    name: 'EngineError',
    message:
      'onnxruntime: the model must be one that ONNX Runtime can load, got "Failed to load model because protobuf parsing failed."; check the graph',
  });
});

test('openEngine(name) refuses a name that is no engine', async (t) => {
  await t.throwsAsync(openEngine('cuda' as 'onnxruntime'), {
    name: 'UsageError',
    message: '--engine: must be one of onnxruntime, tfjs-node, got "cuda"; choose one of these',
  });
});

test('openEngine(onnxruntime) writes nothing to stdout or stderr, not even when a run fails', (t) => {
  const door = fileURLToPath(new URL('../../src/runtime/open.js', import.meta.url));
  const build = fileURLToPath(new URL('../../src/graph/build.js', import.meta.url));
  const script = `
    const { openEngine } = await import(${JSON.stringify(door)});
    const { buildGraph } = await import(${JSON.stringify(build)});
    const graph = buildGraph('bad');
    graph.input('x', 'float32', ['B']);
    graph.input('y', 'float32', ['C']);
    graph.output(graph.node('Add', ['x', 'y'], { name: 'z' }), 'float32', ['D']);
    const session = await (await openEngine('onnxruntime')).load(graph.finish());
    const tensor = (n) => ({ dtype: 'float32', shape: [n], data: new Float32Array(n) });
    try {
      await session.run({ x: tensor(2), y: tensor(3) });
    } catch (error) {
      process.exitCode = error.name === 'EngineError' ? 7 : 8;
    }`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  t.is(child.stdout, '');
  t.is(child.stderr, '');
  t.is(child.status, 7);
});

/** x [B, 64] times a constant weight [64, 48], beside rows of a constant table [512, 48] (two sizes of constants). */
function constants(weight: Tensor, table: Tensor): Graph {
  const graph = buildGraph('constants');
  graph.input('x', 'float32', ['B', 64]);
  graph.input('ids', 'int64', ['B']);
  const rows = graph.node('Gather', [graph.constant('table', table), 'ids']);
  graph.node('Add', [graph.node('MatMul', ['x', graph.constant('weight', weight)]), rows], { name: 'y' });
  graph.output('y', 'float32', ['B', 48]);
  return graph.finish();
}

test('load(graph) takes constants from views, keeps no hold on them, and feeds them in place above embeddedBytes', async (t) => {
  const ids = int64([6], [0, 1, 511, 3, 2, 1]);
  const engine = await openEngine('onnxruntime');
  const whole = wave([64 * 48 + 512 * 48 + 1], 0.3).data as Float32Array;
  const made = () => {
    const values = whole.slice();
    const weight = float32([64, 48], values.subarray(1, 64 * 48 + 1));
    return { values, graph: constants(weight, float32([512, 48], values.subarray(64 * 48 + 1))) };
  };
  const reference = made();
  const plain = await engine.load(encodeModel(reference.graph));
  const wanted = (await plain.run({ x: X, ids })).y!.data;
  for (const [embeddedBytes, isFed] of [
    [2 ** 30, false],
    [1000, true],
  ] as const) {
    const { values, graph } = made();
    const session = await engine.load(graph, { embeddedBytes });
    const got = (await session.run({ x: X, ids })).y!.data as Float32Array;
    t.true(got.every((value, index) => Math.abs(value - Number(wanted[index])) < 1e-6));
    values.fill(0);
    const after = (await session.run({ x: X, ids })).y!.data as Float32Array;
    t.is(
      after.every((value) => value === 0),
      isFed,
    );
    await t.throwsAsync(
      session.run({ x: X, ids, weight: float32([64, 48], values.subarray(1, 64 * 48 + 1)) }),
      {
        message: /feeds must be inputs of the graph, got "weight"; the inputs are x, ids$/,
      },
    );
    await session.release();
  }
  await plain.release();
});
