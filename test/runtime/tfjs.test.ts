import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { encodeModel } from '../../src/graph/write.ts';
import { tfjsEngine } from '../../src/runtime/tfjs.ts';
import type { Tf } from '../../src/runtime/tfjs-namespace.ts';
import { tfjs, tfjsTestEngine } from '../support/tfjs.ts';

/** The rows of a table that ids pick, cut to the first two columns, and the number of ids. */
function lookup(): Graph {
  const graph = buildGraph('lookup');
  graph.input('ids', 'int64', ['B']);
  graph.constant('table', float32([3, 4], [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]));
  graph.constant('end', int64([1], new BigInt64Array([2n ** 62n])));
  const rows = graph.node('Gather', ['table', 'ids']);
  graph.node('Slice', [rows, graph.ints([2]), 'end', graph.ints([1])], { name: 'last' });
  graph.node('Shape', ['ids'], { name: 'count' });
  graph.node('Identity', ['ids'], { name: 'same' });
  graph.output('last', 'float32', ['B', 2]);
  graph.output('count', 'int64', [1]);
  graph.output('same', 'int64', ['B']);
  return graph.finish();
}

const IDS = int64([2], [2, -3]);

// One after the other: they share one tfjs, whose backend and memory they look at.
test.serial('run(feeds) maps int64 to tfjs and back, and takes limits beyond 32 bits', async (t) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    const session = await (await tfjsTestEngine(backend)).load(lookup());
    t.deepEqual(
      await session.run({ ids: IDS }),
      { last: float32([2, 2], [22, 23, 2, 3]), count: int64([1], [2]), same: IDS },
      backend,
    );
    await session.release();
  }
});

test.serial('run(feeds) leaves no tensor behind, and release() none at all', async (t) => {
  const tf = tfjs();
  const engine = await tfjsTestEngine('cpu');
  const before = tf.memory().numTensors;
  const session = await engine.load(lookup());
  const loaded = tf.memory().numTensors;
  await session.run({ ids: IDS });
  await session.run({ ids: IDS }, ['last']);
  t.is(tf.memory().numTensors, loaded);
  await t.throwsAsync(session.run({ ids: int64([1], new BigInt64Array([2n ** 40n])) }));
  t.is(tf.memory().numTensors, loaded, 'after a failed run');
  await session.release();
  t.is(tf.memory().numTensors, before);
});

test.serial('run(feeds) hands out arrays of their own', async (t) => {
  const graph = buildGraph('same');
  graph.input('x', 'float32', [2]);
  graph.output(graph.node('Identity', ['x'], { name: 'y' }), 'float32', [2]);
  const session = await (await tfjsTestEngine('cpu')).load(graph.finish());
  const x = float32([2], [1, 2]);
  const { y } = await session.run({ x });
  (x.data as Float32Array).fill(0);
  t.deepEqual(y, float32([2], [1, 2]));
  await session.release();
});

test.serial('run(feeds) refuses integers beyond 32 bits', async (t) => {
  const session = await (await tfjsTestEngine('cpu')).load(lookup());
  await t.throwsAsync(session.run({ ids: int64([1], new BigInt64Array([2n ** 40n])) }), {
    name: 'EngineError',
    message:
      'graph "lookup", node "Gather.0" (Gather): integers in tfjs must fit 32 bits, got a larger one; use --engine onnxruntime',
  });
  await session.release();
});

test.serial('run(feeds) after release() is refused', async (t) => {
  const session = await (await tfjsTestEngine('cpu')).load(lookup());
  await session.release();
  await session.release();
  await t.throwsAsync(session.run({ ids: IDS }), {
    message: 'tfjs-cpu: graph "lookup": the session must be open, got a released one; load the graph again',
  });
});

test.serial('load(bytes) runs an encoded model as it runs the graph', async (t) => {
  const session = await (await tfjsTestEngine('cpu')).load(encodeModel(lookup()));
  t.deepEqual((await session.run({ ids: IDS })).last, float32([2, 2], [22, 23, 2, 3]));
  await session.release();
});

test.serial('load(graph) names an operator that the engine lacks', async (t) => {
  const graph = buildGraph('g');
  graph.input('x', 'float32', [2]);
  graph.output(graph.node('Mish', ['x'], { name: 'y' }), 'float32', [2]);
  await t.throwsAsync((await tfjsTestEngine('cpu')).load(graph.finish()), {
    name: 'EngineError',
    message:
      'graph "g", node "y" (Mish): the operator must be one that the tfjs engine knows, got another; use --engine onnxruntime',
  });
});

test.serial('load(graph) refuses float64, which tfjs lacks', async (t) => {
  const graph = buildGraph('g');
  graph.constant('c', { dtype: 'float64', shape: [], data: Float64Array.of(1) });
  graph.output(graph.node('Identity', ['c'], { name: 'y' }), 'float64', []);
  await t.throwsAsync((await tfjsTestEngine('cpu')).load(graph.finish()), {
    message:
      'tfjs-cpu: graph "g": initializer "c": tfjs has no float64, got a float64 value; cast the graph to float32 or use --engine onnxruntime',
  });
});

test.serial('tfjsEngine(tf, name) refuses a namespace without that backend', async (t) => {
  const tf = { enableProdMode() {}, getBackend: () => 'cpu', setBackend: async () => false } as unknown as Tf;
  await t.throwsAsync(tfjsEngine(tf, 'tfjs-wasm'), {
    name: 'EngineError',
    message: 'tfjs-wasm: tfjs must have the backend wasm, got none of that name; import its package first',
  });
});
