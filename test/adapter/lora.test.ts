import test from 'ava';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { lora } from '../../src/adapter/lora.ts';
import { chosenPlaces, startAdapter } from '../../src/adapter/start.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32, type Graph, type Tensor } from '../../src/graph/graph.ts';
import { dropoutMasks } from '../../src/tune/dropout.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { tinyGraph, untrained } from '../support/tiny-model.ts';

const SETTINGS = { seed: 1, groups: 1, rank: 1, alpha: 3 };
const HEAD = { width: 2, outputs: 1, scale: 1, labels: [] };

/** Two layers in a row, nothing between them: pooled = (x W + b) V. */
function twoLayers(): Graph {
  const g = buildGraph('two');
  const x = g.input('x', 'float32', ['B', 2]);
  const first = g.node('MatMul', [x, g.constant('w', float32([2, 2], [1, 2, 3, 4]))], { name: 'first' });
  const biased = g.node('Add', [first, g.constant('b', float32([2], [10, 20]))], { name: 'biased' });
  g.node('MatMul', [biased, g.constant('v', float32([2, 2], [1, 0, 0, -1]))], {
    name: 'second',
    outputs: ['pooled'],
  });
  g.output('pooled', 'float32', ['B', 2]);
  return g.finish();
}

test('lora: y = x W + b + alpha / r (x A) B, by hand; the next layer takes y', (t) => {
  const graph = twoLayers();
  const adapter = startAdapter(graph, 'lora', chosenPlaces(graph, 'lora', '*'), SETTINGS, HEAD);
  const tensors = new Map<string, Tensor>([
    ...adapter.tensors,
    ['first.loraA', float32([2, 1], [1, -1])],
    ['first.loraB', float32([1, 2], [2, 1])],
    ['second.loraA', float32([2, 1], [0.5, 0])],
    ['second.loraB', float32([1, 2], [0, 1])],
    ['head.weight', float32([2, 1], [1, 1])],
  ]);
  const how = { parameters: 'constant', draws: 'none' } as const;
  const values = interpretAll64(attachAdapter(graph, { ...adapter, tensors }, how), {
    x: float32([1, 2], [5, 1]),
  });
  // x W + b = [18, 34]; x A = 4, times 3 B: [24, 12]. So y = [42, 46].
  t.deepEqual(Array.from(values.get('first.lora')!.data, Number), [42, 46]);
  // y V = [42, -46]; y A = 21, times 3 B: [0, 63]. So [42, 17], and the head adds them.
  t.deepEqual(Array.from(values.get('second.lora')!.data, Number), [42, 17]);
  t.deepEqual(Array.from(values.get('logits')!.data, Number), [59]);
});

test('lora: A starts seeded, by layer, of variance 1 / (3 in); B at zero', (t) => {
  const place = (name: string) => ({ name, sizes: { inputs: 300, outputs: 20 } });
  const start = (seed: number) =>
    lora.start(tinyGraph(), [place('a'), place('b')], { ...SETTINGS, rank: 20, seed }).tensors;
  const tensors = start(1);
  t.deepEqual([...tensors.keys()], ['a.loraA', 'a.loraB', 'b.loraA', 'b.loraB']);
  t.deepEqual(tensors, start(1));
  const a = tensors.get('a.loraA')!;
  t.deepEqual(a.shape, [300, 20]);
  t.notDeepEqual(a.data, tensors.get('b.loraA')!.data);
  t.notDeepEqual(a.data, start(0).get('a.loraA')!.data);
  t.true(tensors.get('a.loraB')!.data.every((value: number | bigint) => value === 0));
  const n = a.data.length;
  const variance = Array.from(a.data, Number).reduce((sum, value) => sum + value * value, 0) / n;
  // Five standard errors of a variance: sqrt(2 / n) of itself.
  t.true(Math.abs(variance * 900 - 1) < 5 * Math.sqrt(2 / n));
});

test('lora: refuses a rank above the smaller side of a layer, and none', (t) => {
  for (const rank of [0, 2.5, 21]) {
    t.throws(
      () =>
        lora.start(tinyGraph(), [{ name: 'a', sizes: { inputs: 300, outputs: 20 } }], { ...SETTINGS, rank }),
      {
        name: 'UsageError',
        message: `--rank: must be a whole number in 1..20 for layer "a", got ${rank}; choose a lower rank or leave the layer out with --layers`,
      },
    );
  }
});

test('lora: refuses an adapter of a layer with other outputs', (t) => {
  const graph = tinyGraph();
  const adapter = untrained(graph, 'lora', 5);
  const tensors = new Map([
    ...adapter.tensors,
    ['pooler.loraB', float32([2, 7], new Float32Array(14))] as const,
  ]);
  const how = { parameters: 'constant', draws: 'none' } as const;
  t.throws(() => attachAdapter(graph, { ...adapter, tensors }, how), {
    name: 'BadFileError',
    message:
      'adapter: must fit the model, got an adapter for a layer "pooler" of 7 outputs where the model has 5; pass the model that it was trained on',
  });
  t.notThrows(() =>
    interpret64(attachAdapter(graph, adapter, how), {
      ids: { dtype: 'int64', shape: [1, 1], data: BigInt64Array.of(1n) },
      mask: float32([1, 1], [1]),
    }),
  );
});

test('lora: dropout multiplies what A takes and nothing else, keeps the mean, and is gone when deployed', (t) => {
  const graph = twoLayers();
  const plain = startAdapter(graph, 'lora', chosenPlaces(graph, 'lora', '*'), SETTINGS, HEAD);
  const tensors = new Map<string, Tensor>([
    ...plain.tensors,
    ['first.loraA', float32([2, 1], [1, -1])],
    ['first.loraB', float32([1, 2], [2, 1])],
  ]);
  const adapter = { ...plain, tensors, options: { ...plain.options, dropout: 0.25 } };
  const training = attachAdapter(graph, adapter, { parameters: 'constant', draws: 'example' });
  t.deepEqual(
    training.inputs.map(({ name }) => name),
    ['x', 'first.dropout', 'second.dropout'],
  );
  const values = interpretAll64(training, {
    x: float32([2, 2], [5, 1, 5, 1]),
    'first.dropout': float32([2, 2], [0, 2, 1, 1]),
    'second.dropout': float32([2, 2], [1, 1, 1, 1]),
  });
  // x W + b = [18, 34]; (x m) A = -2 and 4, times 3 B.
  t.deepEqual(Array.from(values.get('first.lora')!.data, Number), [6, 28, 42, 46]);

  const rows = 4000;
  const layers = ['first', 'second'].map((name) => ({ name, in: 2, seesTokens: false }));
  const masks = dropoutMasks(layers, [rows, 1], 0.25, { seed: 1, step: 0, part: 0 });
  const many = interpretAll64(training, {
    x: float32([rows, 2], Array.from({ length: rows }, () => [5, 1]).flat()),
    ...masks,
  }).get('first.lora')!.data;
  const mean = Array.from({ length: rows }, (_, row) => Number(many[2 * row])).reduce((a, b) => a + b) / rows;
  // 18 + 6 (5 m1 - m2): of variance 36 (25 + 1) p / (1 - p).
  t.true(Math.abs(mean - 42) < 5 * Math.sqrt((36 * 26 * (0.25 / 0.75)) / rows), `${mean}`);

  const how = { parameters: 'constant', draws: 'none' } as const;
  t.deepEqual(attachAdapter(graph, adapter, how), attachAdapter(graph, { ...plain, tensors }, how));
});

test('lora: a dropout that is none is refused where an adapter is read', (t) => {
  const faults: string[] = [];
  const check = (dropout: unknown) =>
    lora.checkOptions({ rank: 1, alpha: 1, dropout }, (name, _, holds) => void (holds || faults.push(name)));
  for (const dropout of [undefined, 0.1]) check(dropout);
  t.deepEqual(faults, []);
  for (const dropout of [0, 1, '0.1', null]) check(dropout);
  t.deepEqual(faults, Array(4).fill('options.dropout'));
});
