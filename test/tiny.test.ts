import test from 'ava';
import type { Adapter } from '../src/adapter/adapter.ts';
import { attachAdapter } from '../src/adapter/attach.ts';
import { initialGrasp } from '../src/adapter/grasp.ts';
import { initialHead } from '../src/adapter/head.ts';
import { calibrateRanges } from '../src/calibrate/ranges.ts';
import { createChipWriter } from '../src/chip/writer.ts';
import { compileProgram, tileCount } from '../src/compile/program.ts';
import { withoutConverters } from '../src/compile/without-converters.ts';
import { tInterval } from '../src/core/intervals.ts';
import { mean } from '../src/core/statistics.ts';
import { accuracy } from '../src/data/metrics.ts';
import { classesOf } from '../src/data/outcomes.ts';
import { buildGraph } from '../src/graph/build.ts';
import { float32, type Graph } from '../src/graph/graph.ts';
import { linearLayers } from '../src/graph/linear-layers.ts';
import { loadProfile } from '../src/profile/load.ts';
import type { Feeds } from '../src/runtime/engine.ts';
import { openEngine } from '../src/runtime/open.ts';
import { spread } from './support/operator-case.ts';

/*
 * A tour of holdfast on a toy: from a model to the accuracy of three chips a year after they were written. Every name
 * below is the real thing; only the model, two layers of 16 numbers, is small. Read it from top to bottom.
 */
test('the whole system: a model, an adapter, a device, a program, three chips, and what can be said of them', async (t) => {
  // A model is an ONNX graph. This one maps an input x to a pooled value by two linear layers with a tanh between.
  const model = twoLayers();
  const layers = linearLayers(model);
  t.deepEqual(
    layers.map(({ name, in: rows, out }) => `${name} ${rows} x ${out}`),
    ['first 16 x 16', 'second 16 x 16'],
  );

  // An adapter is a handful of numbers beside the frozen model: GRASP scales and shifts groups of each layer's inputs,
  // here 4 groups a layer, and a head makes 3 classes of the pooled value. Untrained, it is the identity.
  const head = { width: 16, outputs: 3, scale: 10, labels: ['red', 'green', 'blue'] };
  const adapter: Adapter = {
    method: 'grasp',
    options: { groups: 4, layers: ['first', 'second'], seed: 1 },
    head,
    tensors: new Map([...initialGrasp(layers, 4, 1), ...initialHead(head, 1)]),
  };
  const digital = attachAdapter(model, adapter, { parameters: 'constant', draws: 'none' });

  // An engine runs graphs. What the clean digital model says of 200 inputs shall be the truth: its accuracy is 1.
  const engine = await openEngine('onnxruntime');
  const x = float32([200, 16], spread(3200, 1, -1, 1));
  const classes = async (graph: Graph, weights: Feeds = {}) => {
    const session = await engine.load(graph);
    const { logits } = await session.run({ x, ...weights });
    await session.release();
    return classesOf(logits!.data as Float32Array, 3);
  };
  const truth = await classes(digital);

  // A device profile says what a memory technology does: phase-change memory, whose cells are written with an error,
  // drift for years, and are read with noise. On arrays of 8 x 8 cells each layer takes four tiles.
  const profile = await loadProfile('pcm-nandakumar-2019');
  const bits = { bits: 8, rule: 'symmetric' } as const;
  const options = { tile: { rows: 8, columns: 8 }, mapping: profile.mapping, dac: bits, adc: bits };

  // The compiler takes the layers' weights out of the graph and turns them into target conductances, a pair a weight.
  // Twice: the converters' ranges are found by running the first program on examples.
  const names = ['first', 'second'];
  const exact = compileProgram(digital, names, profile, options, null);
  const ranges = await calibrateRanges(engine, exact, [{ x }], 1, () => undefined);
  const program = compileProgram(digital, names, profile, options, ranges);
  t.deepEqual(program.layers.map(tileCount), [4, 4]);
  t.deepEqual(
    program.layers[0]!.cells.map(({ name, targets }) => `${targets.length} ${name}`),
    ['256 plus', '256 minus'],
  );

  // The first check of every run: with cells at their targets and exact converters the program is the model.
  const writer = createChipWriter(program);
  t.deepEqual(await classes(withoutConverters(program.graph), writer.targets()), truth);

  // A chip is a seed: writing, ageing and reading it gives the weights that the program's products will meet.
  const year = 365 * 24 * 3600;
  const accuracyOf = async (chip: number, seconds: number, compensate: 'none' | 'global') => {
    const state = { chip, seconds, noise: 1, read: 0, source: 'all', compensate } as const;
    return accuracy(await classes(program.graph, writer.weights(state)), truth)!;
  };
  const accuraciesAt = async (seconds: number, compensate: 'none' | 'global') => {
    const accuracies: number[] = [];
    for (const chip of [1, 2, 3]) accuracies.push(await accuracyOf(chip, seconds, compensate));
    return accuracies;
  };
  const fresh = await accuraciesAt(0, 'none');
  const aged = await accuraciesAt(year, 'none');
  const compensated = await accuraciesAt(year, 'global');

  // Chips are the unit of statistics: a mean comes with the interval that three chips allow.
  for (const [what, accuracies] of Object.entries({ fresh, aged, compensated })) {
    const { low, high } = tInterval(accuracies)!;
    t.log(
      `${what}: accuracy ${mean(accuracies).toFixed(3)}, 95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`,
    );
  }
  t.true(mean(fresh) > 0.85, 'writing noise costs little');
  t.true(mean(aged) < mean(fresh), 'a year of drift costs more');
  t.true(mean(compensated) > mean(aged), 'one gain a chip, from a reference read, brings most of it back');

  // And the same seeds give the same chips, whatever was done in between.
  t.deepEqual(await accuraciesAt(0, 'none'), fresh);
});

/** x `[B, 16]` to pooled `[B, 16]`: two linear layers with biases, and a tanh between. */
function twoLayers(): Graph {
  const builder = buildGraph('tiny');
  const linear = (input: string, name: string, seed: number) => {
    const kernel = builder.constant(`${name}.kernel`, float32([16, 16], spread(256, seed, -0.5, 0.5)));
    const bias = builder.constant(`${name}.bias`, float32([16], spread(16, seed + 1, -0.5, 0.5)));
    const product = builder.node('MatMul', [input, kernel], { name });
    return builder.node('Add', [product, bias], { name: `${name}.biased` });
  };
  const x = builder.input('x', 'float32', ['B', 16]);
  const hidden = builder.node('Tanh', [linear(x, 'first', 2)], { name: 'hidden' });
  builder.node('Identity', [linear(hidden, 'second', 4)], { name: 'pooled' });
  builder.output('pooled', 'float32', ['B', 16]);
  return builder.finish();
}
