import test from 'ava';
import { type Adapter, type MethodName, trainableNames } from '../../src/adapter/adapter.ts';
import { drawnLayers } from '../../src/adapter/methods.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import { inferShapes } from '../../src/graph/shapes.ts';
import { loadModel } from '../../src/model/load.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { tfjsGradients } from '../../src/runtime/tfjs-gradients.ts';
import { layerDraws } from '../../src/tune/draws.ts';
import { type Loss, lossGraph, trainingGraph } from '../../src/tune/training-graph.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';
import { tfjs, tfjsTestEngine } from '../support/tfjs.ts';
import { moved, parameterFeeds, tinyFeeds, tinyGraph, untrained, withDraws } from '../support/tiny-model.ts';

type Feeds = Readonly<Record<string, Tensor>>;

const MOST_AGAINST_TFJS = 1e-3;
const MOST_AGAINST_DIFFERENCES = 1e-4;

/** Half the distance of a central difference: small, for a ReLU that changes sides within it spoils the difference. */
const HALF = 1e-6;

const LOSS: Loss = { kind: 'classification', lambda: 0.1, draw: 'example' };

/** Labels of two examples. */
const LABELS: Feeds = {
  labels: float32([2, 3], [0, 1, 0, 0, 0, 1]),
  rowWeights: float32([2], [0.5, 0.5]),
};

/** Two texts as use-lite takes them, of six and of four tokens. */
const TEXTS: Feeds = {
  ids: int64([2, 6], [16, 2071, 7, 930, 45, 9, 310, 8, 5120, 12, 0, 0]),
  mask: float32([2, 6], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]),
};

/** All that the loss of an adapted model depends on, the draws of one step among it. */
function feedsOf(graph: Graph, adapter: Adapter, loss: Loss, texts: Feeds): Feeds {
  const shapes = inferShapes(graph);
  const layers = linearLayers(graph).map((layer) => ({
    name: layer.name,
    in: layer.in,
    seesTokens: shapes.get(layer.input)!.shape.length === 3,
  }));
  const [rows, tokens] = texts.ids!.shape as [number, number];
  const draws = drawnLayers(adapter).length > 0 ? layerDraws(layers, [rows, tokens], 1, 0, loss.draw) : {};
  return { ...texts, ...LABELS, ...draws, ...parameterFeeds(adapter) };
}

async function onOnnxRuntime(graph: Graph, feeds: Feeds): Promise<Record<string, Tensor>> {
  const session = await (await openEngine('onnxruntime')).load(graph);
  const results = await session.run(feeds);
  await session.release();
  return results;
}

/** d loss / d h at h = 0, in float64, the tensors of `along` moving by h times their direction. */
function centralDifference(graph: Graph, feeds: Feeds, along: ReadonlyMap<string, Float64Array>): number {
  const lossAt = (h: number): number => {
    const shifted = [...along].map(([name, direction]): [string, Tensor] => {
      const { shape, data } = feeds[name]!;
      const values = Float64Array.from(direction, (each, i) => Number(data[i]) + h * each);
      return [name, { dtype: 'float64', shape, data: values }];
    });
    return Number(interpret64(graph, { ...feeds, ...Object.fromEntries(shifted) }).loss!.data[0]);
  };
  return (lossAt(HALF) - lossAt(-HALF)) / (2 * HALF);
}

// One after the other: they share one tfjs.
for (const method of ['grasp', 'stochgrasp', 'lora', 'bitfit', 'ia3'] as const) {
  test.serial(
    `trainingGraph: gradients of use-lite with ${method} equal those of tfjs to 1e-3`,
    async (t) => {
      const { graph, head } = await loadModel('use-lite');
      const adapter = moved(untrained(graph, method, head.width, 16));
      const feeds = feedsOf(graph, adapter, LOSS, TEXTS);
      const ours = await onOnnxRuntime(trainingGraph(graph, adapter, LOSS), feeds);
      await tfjsTestEngine('cpu');
      const names = trainableNames(adapter);
      const theirs = await tfjsGradients(tfjs(), lossGraph(graph, adapter, LOSS), 'loss', names, feeds);
      const errors = Object.entries(theirs).map(([name, wanted]) => relativeError(ours[name], wanted));
      t.is(errors.length, names.length + 1);
      t.log(`worst relative error of ${names.length} gradients: ${Math.max(...errors).toExponential(1)}`);
      t.true(Math.max(...errors) < MOST_AGAINST_TFJS);
    },
  );
}

/** Tensors of a kind move together. LoRA, BitFit and (IA)^3 are trained with draws of fixed std too. */
const KINDS: readonly [MethodName, readonly string[]][] = [
  ['stochgrasp', ['logGamma', 'beta', 'logStd', 'head.weight', 'head.bias']],
  ['lora', ['loraA', 'loraB', 'head.weight']],
  ['bitfit', ['single.bias', 'conv1.bias', 'conv2.bias', 'layer_norm.bias', 'tanh_layer_0.bias']],
  ['ia3', ['keyScale', 'valueScale', 'innerScale']],
];

for (const [method, kinds] of KINDS) {
  test.serial(
    `trainingGraph: gradients of use-lite with ${method} and draws equal central differences to 1e-4`,
    async (t) => {
      const { graph, head } = await loadModel('use-lite');
      // Matrices of LoRA that are far off make values so large that a ReLU changes sides within any difference.
      const plain = moved(untrained(graph, method, head.width, 16), method === 'stochgrasp' ? 0.4 : 0.02);
      const adapter = method === 'stochgrasp' ? plain : withDraws(graph, plain);
      const feeds = feedsOf(graph, adapter, LOSS, TEXTS);
      const ours = await onOnnxRuntime(trainingGraph(graph, adapter, LOSS), feeds);
      const loss = lossGraph(graph, adapter, LOSS);
      let worst = 0;
      for (const kind of kinds) {
        // All tensors of a kind at once, each number by its own amount and uphill, so that no two errors cancel.
        const names = trainableNames(adapter).filter((name) => name.endsWith(kind));
        let wanted = 0;
        const along = new Map(
          names.map((name, index) => {
            const gradient = ours[`gradient.${name}`]!.data as Float32Array;
            const amount = spread(gradient.length, index, 0.5, 1.5);
            const direction = Float64Array.from(gradient, (value, i) => Math.sign(value) * amount[i]!);
            wanted += gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
            return [name, direction];
          }),
        );
        const error = Math.abs(centralDifference(loss, feeds, along) / wanted - 1);
        t.log(`${kind}: ${names.length} tensors, relative error ${error.toExponential(1)}`);
        worst = Math.max(worst, error);
      }
      t.true(worst < MOST_AGAINST_DIFFERENCES);
    },
  );
}

const TINY: readonly [string, MethodName, Loss, 'draws'?][] = [
  ['grasp', 'grasp', LOSS],
  ['stochgrasp, a draw an example', 'stochgrasp', LOSS],
  ['stochgrasp, a draw a token', 'stochgrasp', { ...LOSS, draw: 'token' }],
  ['stochgrasp, a regression without noise loss', 'stochgrasp', { ...LOSS, kind: 'regression', lambda: 0 }],
  ['grasp with draws', 'grasp', LOSS, 'draws'],
  ['lora', 'lora', LOSS],
  ['lora with draws', 'lora', LOSS, 'draws'],
  ['lora with a draw a token', 'lora', { ...LOSS, draw: 'token' }, 'draws'],
  ['bitfit with draws', 'bitfit', LOSS, 'draws'],
  ['ia3 with draws', 'ia3', LOSS, 'draws'],
];

for (const [name, method, loss, draws] of TINY) {
  test(`trainingGraph: each number's gradient equals its central difference to 1e-4: ${name}`, async (t) => {
    const graph = tinyGraph();
    const plain = moved(untrained(graph, method, 5));
    const adapter = draws === undefined ? plain : withDraws(graph, plain);
    const feeds = feedsOf(graph, adapter, loss, tinyFeeds);
    const ours = await onOnnxRuntime(trainingGraph(graph, adapter, loss), feeds);
    const forward = lossGraph(graph, adapter, loss);
    const errors = trainableNames(adapter).map((tensor) => {
      const { shape, data } = feeds[tensor]!;
      const differences = Float64Array.from(data as Float32Array, (_, i) => {
        const direction = new Float64Array(data.length);
        direction[i] = 1;
        return centralDifference(forward, feeds, new Map([[tensor, direction]]));
      });
      const wanted: Tensor = { dtype: 'float64', shape, data: differences };
      return relativeError(ours[`gradient.${tensor}`], wanted);
    });
    t.log(`worst relative error of ${errors.length} tensors: ${Math.max(...errors).toExponential(1)}`);
    t.true(Math.max(...errors) < MOST_AGAINST_DIFFERENCES);
  });
}

test('trainingGraph: has the loss and the gradient of each trained tensor, and no other output', (t) => {
  const adapter = untrained(tinyGraph(), 'grasp', 5);
  const { inputs, outputs } = trainingGraph(tinyGraph(), adapter, LOSS);
  const names = trainableNames(adapter);
  t.deepEqual(
    outputs.map(({ name }) => name),
    ['loss', ...names.map((name) => `gradient.${name}`)],
  );
  t.deepEqual(
    inputs.map(({ name }) => name),
    ['ids', 'mask', ...names, 'labels', 'rowWeights'],
  );
});

/** What the backward pass adds: the nodes behind the forward pass. */
function backwardNodes(adapter: Adapter): Graph['nodes'] {
  const forward = lossGraph(tinyGraph(), adapter, LOSS).nodes.length;
  return trainingGraph(tinyGraph(), adapter, LOSS).nodes.slice(forward);
}

/** Which of a graph's values nodes read. */
function reads(nodes: Graph['nodes'], value: string): number {
  return nodes.filter((node) => node.inputs.includes(value)).length;
}

test('trainingGraph: frozen layers in front of the first trained value cost no backward pass', (t) => {
  const whole = untrained(tinyGraph(), 'grasp', 5);
  const only = (layer: string): Adapter => ({
    ...whole,
    options: { ...whole.options, layers: [layer] },
    tensors: new Map(
      [...whole.tensors].filter(([name]) => name.startsWith('head.') || name.startsWith(`${layer}.`)),
    ),
  });
  // The gradient of a layer's input is its output's times the layer's weight, so what is read tells what is computed.
  const weights = ['block.first.weight', 'block.second.weight', 'pooler.weight'];
  const read = (adapter: Adapter) => weights.map((weight) => reads(backwardNodes(adapter), weight));
  t.deepEqual(read(untrained(tinyGraph(), 'head', 5)), [0, 0, 0]);
  t.deepEqual(read(only('pooler')), [0, 0, 1]);
  t.deepEqual(read(only('block.second')), [0, 1, 1]);
  t.deepEqual(read(only('block.first')), [1, 1, 1]);
  t.deepEqual(
    backwardNodes(untrained(tinyGraph(), 'head', 5)).map((node) => node.op),
    ['Neg', 'Unsqueeze', 'Mul', 'Exp', 'ReduceSum', 'Mul', 'Sub', 'ReduceSum', 'Gemm'],
  );
});

test('trainingGraph: no frozen weight, bias or embedding has a gradient', (t) => {
  for (const method of ['grasp', 'stochgrasp', 'lora', 'ia3'] as const) {
    const adapter = untrained(tinyGraph(), method, 5);
    const { nodes, outputs } = trainingGraph(tinyGraph(), adapter, LOSS);
    t.is(outputs.length, 1 + trainableNames(adapter).length);
    // A weight's gradient is the product of a layer's turned input with its output's gradient, [in, out].
    const values = inferShapes(trainingGraph(tinyGraph(), adapter, LOSS));
    const shapes = nodes
      .slice(lossGraph(tinyGraph(), adapter, LOSS).nodes.length)
      .filter((node) => node.op === 'Gemm' || node.op === 'MatMul')
      .map((node) => values.get(node.outputs[0]!)!.shape.join());
    for (const shape of ['6,8', '8,6', '5,6', '9,6']) t.false(shapes.includes(shape), `${method} ${shape}`);
  }
});

test('lossGraph: a StochGRASP adapter without targets is refused where the noise loss counts', (t) => {
  const adapter = untrained(tinyGraph(), 'stochgrasp', 5);
  const { targetStd: _, ...options } = adapter.options;
  const without: Adapter = { ...adapter, options };
  t.throws(() => lossGraph(tinyGraph(), without, LOSS), {
    name: 'UsageError',
    message:
      'adapter: must have target stds ("options.targetStd") for the noise-aware loss, got none; pass --lambda 0 or train a new one',
  });
  t.notThrows(() => lossGraph(tinyGraph(), without, { ...LOSS, lambda: 0 }));
});
