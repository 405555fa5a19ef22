import type { Adapter } from '../../src/adapter/adapter.ts';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { initialGrasp } from '../../src/adapter/grasp.ts';
import { initialHead } from '../../src/adapter/head.ts';
import { calibrateRanges } from '../../src/calibrate/ranges.ts';
import type { Bundle } from '../../src/compile/bundle.ts';
import type { Manifest } from '../../src/compile/manifest.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { batches } from '../../src/data/batches.ts';
import type { EvaluationData } from '../../src/evaluate/evaluation-data.ts';
import { modelFeeds } from '../../src/evaluate/model-feeds.ts';
import { buildGraph } from '../../src/graph/build.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { float32 } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';
import type { Engine } from '../../src/runtime/engine.ts';
import { spread } from './operator-case.ts';

const WIDTH = 12;
const WORDS = 50;

/** A model of two layers: the mean over tokens of second(relu(first(embedding))). */
export function toyModel(): Graph {
  const builder = buildGraph('toy model');
  builder.input('ids', 'int64', ['B', 'T']);
  builder.input('mask', 'float32', ['B', 'T']);
  const constant = (name: string, rows: number, columns: number, seed: number) =>
    builder.constant(name, float32([rows, columns], spread(rows * columns, seed, -1, 1)));
  const words = builder.node('Gather', [constant('words', WORDS, WIDTH, 1), 'ids'], {
    name: 'embedded',
    attributes: { axis: 0 },
  });
  const first = builder.node('MatMul', [words, constant('first.kernel', WIDTH, 20, 2)], { name: 'first' });
  const relu = builder.node('Relu', [first], { name: 'relu' });
  const hidden = builder.node('MatMul', [relu, constant('second.kernel', 20, WIDTH, 3)], { name: 'second' });
  const mask = builder.node('Unsqueeze', ['mask', builder.ints([2])], { name: 'mask.wide' });
  const masked = builder.node('Mul', [hidden, mask], { name: 'masked' });
  const over = { attributes: { keepdims: 0 } };
  const sum = builder.node('ReduceSum', [masked, builder.ints([1])], { name: 'sum', ...over });
  const count = builder.node('ReduceSum', [mask, builder.ints([1])], { name: 'count', ...over });
  builder.node('Div', [sum, count], { name: 'pooled' });
  builder.output('pooled', 'float32', ['B', WIDTH]);
  return builder.finish();
}

/** GRASP on both layers, not far from the identity, with a head of two classes. */
export function toyAdapter(seed: number): Adapter {
  const head = { width: WIDTH, outputs: 2, scale: 10, labels: ['no', 'yes'] };
  const tensors = new Map([...initialGrasp(linearLayers(toyModel()), 3, seed), ...initialHead(head, seed)]);
  for (const [name, { shape }] of tensors) {
    if (name.endsWith('logGamma')) tensors.set(name, float32(shape, spread(3, seed, -0.2, 0.2)));
  }
  return { method: 'grasp', options: { groups: 3, layers: ['first', 'second'], seed }, head, tensors };
}

/** Twenty texts of 1 to 6 tokens, with made-up labels. */
export function toyData(): EvaluationData {
  const examples = Array.from({ length: 20 }, (_, i) => ({
    ids: Array.from({ length: 1 + (i % 6) }, (_, k) => (7 * i + 11 * k) % WORDS),
  }));
  return {
    examples,
    labels: examples.map((_, i) => i % 2),
    kind: 'classification',
    metrics: ['accuracy', 'f1'],
    padId: 0,
    tokens: 48,
  };
}

/** The model with an adapter, calibrated and compiled, as a bundle in memory. */
export async function toyModelBundle(
  engine: Engine,
  profile: DeviceProfile,
  adapter: Adapter,
): Promise<Bundle> {
  const graph = attachAdapter(toyModel(), adapter, { parameters: 'constant', draws: 'none' });
  const options = { ...defaultOptions(profile), tile: { rows: 8, columns: 10 } };
  const names = ['first', 'second'];
  const exact = compileProgram(graph, names, profile, options, null);
  const feeds = batches(toyData().examples, { size: 8, order: 'length', padId: 0, equalLength: true }).map(
    modelFeeds,
  );
  const ranges = await calibrateRanges(engine, exact, feeds, 1, () => undefined);
  const program = compileProgram(graph, names, profile, options, ranges);
  const manifest = {
    files: { 'tiles.safetensors': 'the same cells' },
    labels: ['no', 'yes'],
  } as unknown as Manifest;
  return { manifest, sha256: '0', program, digital: new Map(), validation: new Map() };
}
