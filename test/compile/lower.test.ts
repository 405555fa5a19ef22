import test from 'ava';
import { programWeights } from '../../src/calibrate/ranges.ts';
import { layerInput, stripInput, stripProduct } from '../../src/compile/lower.ts';
import {
  type CompileOptions,
  compileProgram,
  defaultOptions,
  targetWeights,
} from '../../src/compile/program.ts';
import { withoutConverters } from '../../src/compile/without-converters.ts';
import { convertInPlace } from '../../src/device/converters.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { printGraph } from '../../src/graph/print.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { relativeError } from '../support/agreement.ts';
import { golden } from '../support/golden.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { someRanges, TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from '../support/toy.ts';

const graph = toyGraph();
const feeds = toyFeeds();

/** The toy on tiles of 3 x 4 (three strips of `first`... see the golden text), with converters of so many bits. */
async function toyProgram(
  dac: number | null,
  adc: number | null,
  rule: 'symmetric' | 'uniform' = 'symmetric',
) {
  const profile = await toyProfile();
  const options: CompileOptions = {
    ...defaultOptions(profile),
    dac: { bits: dac, rule },
    adc: { bits: adc, rule },
  };
  const exact = compileProgram(graph, TOY_LAYERS, profile, options, null);
  return dac === null && adc === null
    ? exact
    : compileProgram(graph, TOY_LAYERS, profile, options, someRanges(exact));
}

test('lowerToStrips: without converters the program equals the graph to float rounding', async (t) => {
  const program = await toyProgram(null, null);
  checkGraph(program.graph);
  const all = { ...feeds, ...programWeights(program) };
  const error = relativeError(interpret64(program.graph, all).pooled, interpret64(graph, feeds).pooled!);
  // Weights within 1 ulp (2^-23) of the model's; sums of at most 7 terms through two layers.
  t.true(error < 4 * 2 ** -23, `${error}`);
  const session = await (await openEngine('onnxruntime')).load(program.graph);
  t.true(relativeError((await session.run(all)).pooled, interpret64(graph, feeds).pooled!) < 1e-6);
  await session.release();
});

for (const [dac, adc, rule] of [
  [8, 8, 'symmetric'],
  [4, 6, 'symmetric'],
  [5, 4, 'uniform'],
  [6, null, 'symmetric'],
  [null, 6, 'symmetric'],
] as const) {
  test(`lowerToStrips: DAC of ${dac} and ADC of ${adc} bits (${rule}) give the codes of the plain converters`, async (t) => {
    const program = await toyProgram(dac, adc, rule);
    checkGraph(program.graph);
    const values = interpretAll64(program.graph, { ...feeds, ...programWeights(program) });
    for (const layer of program.layers) {
      const x = values.get(layer.name === 'first' ? 'x' : 'hidden')!;
      const rows = x.shape[0]!;
      layer.strips.forEach(([from, to], strip) => {
        const weights = targetWeights(layer, strip);
        for (let row = 0; row < rows; row++) {
          const driven = Float32Array.from(
            x.data.slice(row * layer.in + from, row * layer.in + to) as Float64Array,
          );
          if (dac !== null) convertInPlace(driven, { bits: dac, rule }, layer.inputRange![strip]!);
          for (let column = 0; column < layer.out; column++) {
            const sum = driven.reduce((total, v, i) => total + v * weights[i * layer.out + column]!, 0);
            const expected = Float32Array.of(sum);
            const range = layer.adcRange?.[strip * layer.out + column] ?? 1;
            convertInPlace(expected, { bits: adc, rule }, range);
            const value = values.get(
              adc === null ? stripProduct(layer.name, strip) : `${layer.name}.partial.${strip}`,
            )!;
            const got = Number(value.data[row * layer.out + column]);
            // Another code would be off by a whole step: 2 range / 2^bits.
            t.true(
              Math.abs(got - expected[0]!) < 1e-5 * range,
              `${layer.name} strip ${strip}: ${got}, ${expected[0]}`,
            );
          }
        }
      });
    }
  });
}

test('lowerToStrips: ONNX Runtime gives the codes of the interpreter', async (t) => {
  const program = await toyProgram(6, 6);
  const all = { ...feeds, ...programWeights(program) };
  const engine = await openEngine('onnxruntime');
  const session = await engine.load(program.graph);
  t.true(relativeError((await session.run(all)).pooled, interpret64(program.graph, all).pooled!) < 1e-6);
  await session.release();
});

test('lowerToStrips: the printed program of the toy', async (t) => {
  const program = await toyProgram(8, 8);
  golden(t, 'test/fixtures/golden/toy-program.txt', printGraph(program.graph));
});

test('lowerToStrips: layers that are not named stay digital', async (t) => {
  const profile = await toyProfile();
  const program = compileProgram(graph, ['second'], profile, defaultOptions(profile), null);
  t.deepEqual(
    program.graph.nodes.filter(({ name }) => name.startsWith('first')),
    graph.nodes.filter(({ name }) => name.startsWith('first')),
  );
  t.true(program.graph.initializers.has('first.kernel'));
  t.false(program.graph.initializers.has('second.kernel'));
});

test('layerInput: the value before the DAC', (t) => {
  t.is(layerInput(graph, 'first'), 'x');
  t.is(layerInput(graph, 'second'), 'hidden');
});

test('stripInput: names the weights as the contract has it', (t) => {
  t.is(stripInput('encoder.0.query', 2), 'encoder.0.query.weight.2');
});

test('withoutConverters: nothing is rounded, nothing saturates, all else is as it was', async (t) => {
  for (const rule of ['symmetric', 'uniform'] as const) {
    const program = await toyProgram(3, 3, rule);
    const ideal = withoutConverters(program.graph);
    checkGraph(ideal);
    const all = { ...feeds, ...programWeights(program) };
    const expected = interpret64(graph, feeds).pooled!;
    t.true(relativeError(interpret64(program.graph, all).pooled, expected) > 0.05);
    t.true(relativeError(interpret64(ideal, all).pooled, expected) < 1e-6);
    t.deepEqual(
      ideal.nodes.map(({ name }) => name),
      program.graph.nodes.map(({ name }) => name),
    );
  }
});
