import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { addGradients } from '../../src/graph/gradient.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { float32 } from '../../src/graph/graph.ts';
import type { Feeds } from '../../src/runtime/engine.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { tfjsGradients } from '../../src/runtime/tfjs-gradients.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { operatorCases } from '../support/operator-cases.ts';
import { tfjs, tfjsTestEngine } from '../support/tfjs.ts';
import { tfjsNodeOrReason } from '../support/tfjs-node.ts';

/** tfjs' gradients and ours come by different operations in float32; the largest seen is 3e-6 of a gradient's size. */
const TOLERANCE = 1e-4;

const differentiable = operatorCases.flatMap(({ name, graph, feeds, wrt }) =>
  wrt === undefined ? [] : [{ name, graph, feeds, wrt }],
);

const tfjsNode = await tfjsNodeOrReason();

async function ofTfjs(graph: Graph, wrt: readonly string[], feeds: Feeds): ReturnType<typeof tfjsGradients> {
  await tfjsTestEngine('cpu');
  return tfjsGradients(tfjs(), graph, 'loss', wrt, feeds);
}

// One after the other: they share one tfjs and count its tensors.
for (const { name, graph, feeds, wrt } of differentiable) {
  test.serial(`addGradients(graph) agrees with tfjs' own gradients: ${name}`, async (t) => {
    const wanted = await ofTfjs(graph, wrt, feeds);
    const withGradients = addGradients(graph, 'loss', wrt);
    const session = await (await openEngine('onnxruntime')).load(withGradients);
    const onOnnxRuntime = await session.run(feeds);
    await session.release();
    const exact = interpret64(withGradients, feeds);
    for (const [key, gradient] of Object.entries(wanted)) {
      const errors = [relativeError(onOnnxRuntime[key], gradient), relativeError(exact[key], gradient)];
      t.true(
        Math.max(...errors) < TOLERANCE,
        `${key}: relative errors ${errors.join(' (ONNX Runtime), ')} (float64)`,
      );
    }
  });
}

if (typeof tfjsNode === 'string') {
  test('openEngine(tfjs-node) is absent (gradient graphs on it are skipped)', (t) => {
    t.log(`skipped on tfjs-node: ${differentiable.length} gradient graphs: ${tfjsNode}`);
    t.regex(tfjsNode, /^tfjs-node: /);
  });
} else {
  for (const { name, graph, feeds, wrt } of differentiable) {
    test.serial(`run(feeds) on tfjs-node of addGradients(graph) agrees with float64: ${name}`, async (t) => {
      const withGradients = addGradients(graph, 'loss', wrt);
      const session = await tfjsNode.load(withGradients);
      const got = await session.run(feeds);
      await session.release();
      const exact = interpret64(withGradients, feeds);
      for (const key of Object.keys(exact)) {
        const error = relativeError(got[key], exact[key]!);
        t.true(error < TOLERANCE, `${key}: relative error ${error}`);
      }
    });
  }
}

function squares(): Graph {
  const graph = buildGraph('squares');
  graph.input('x', 'float32', [3]);
  graph.input('unused', 'float32', []);
  const squared = graph.node('Mul', ['x', 'x'], { name: 'squared' });
  graph.node('ReduceSum', [squared], { name: 'loss', attributes: { keepdims: 0 } });
  graph.output('loss', 'float32', []);
  return graph.finish();
}

const FEEDS = { x: float32([3], [1, -2, 3]), unused: float32([], [1]) };

test.serial(
  'tfjsGradients(graph) of a sum of squares is twice the input, and leaves no tensor behind',
  async (t) => {
    await tfjsTestEngine('cpu');
    const before = tfjs().memory().numTensors;
    t.deepEqual(await ofTfjs(squares(), ['x'], FEEDS), {
      loss: float32([], [14]),
      'gradient.x': float32([3], [2, -4, 6]),
    });
    t.is(tfjs().memory().numTensors, before);
  },
);

test.serial('tfjsGradients(graph) refuses what it cannot differentiate', async (t) => {
  await t.throwsAsync(ofTfjs(squares(), ['y'], FEEDS), {
    name: 'EngineError',
    message:
      'tfjs: gradient of "loss" in graph "squares": gradients must be of float32 inputs, got "y"; take it out of wrt',
  });
  await t.throwsAsync(ofTfjs(squares(), ['unused'], FEEDS), {
    name: 'EngineError',
    message:
      /^tfjs: gradient of "loss" in graph "squares": tfjs must have the gradient, got "Cannot compute gradient/,
  });
  await t.throwsAsync(tfjsGradients(tfjs(), squares(), 'squared', ['x'], FEEDS), {
    message:
      'tfjs: gradient of "squared" in graph "squares": the loss must be a scalar, got shape [3]; reduce it first',
  });
});
