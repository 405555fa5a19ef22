import test from 'ava';
import { programWeights } from '../../src/calibrate/ranges.ts';
import { countSaturation } from '../../src/compile/count-saturation.ts';
import {
  readDrawInput,
  readProduct,
  readVarianceInput,
  withLiveReads,
} from '../../src/compile/live-reads.ts';
import { stripInput, stripProduct } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions, type Program } from '../../src/compile/program.ts';
import { withoutConverters } from '../../src/compile/without-converters.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';
import { someRanges, TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from '../support/toy.ts';

async function toyProgram(dac: number | null, adc: number | null): Promise<Program> {
  const profile = await toyProfile();
  const options = {
    ...defaultOptions(profile),
    dac: { bits: dac, rule: 'symmetric' as const },
    adc: { bits: adc, rule: 'symmetric' as const },
  };
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  const ranges = dac === null && adc === null ? null : someRanges(exact);
  return compileProgram(toyGraph(), TOY_LAYERS, profile, options, ranges);
}

/** Some variances and draws for the toy's three rows. */
function someNoise(program: Program, size: number): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const layer of program.layers) {
    layer.strips.forEach(([from, to], strip) => {
      const cells = (to - from) * layer.out;
      feeds[readVarianceInput(stripInput(layer.name, strip))] = float32(
        [to - from, layer.out],
        spread(cells, strip, 0, size * size),
      );
      feeds[readDrawInput(stripProduct(layer.name, strip))] = float32(
        [3, layer.out],
        spread(3 * layer.out, 20 + strip, -2, 2),
      );
    });
  }
  return feeds;
}

for (const [dac, adc] of [
  [null, null],
  [6, null],
  [null, 24],
  [6, 24],
] as const) {
  test(`withLiveReads: y = x W + sqrt(x^2 V) z in output units, DAC of ${dac} and ADC of ${adc} bits`, async (t) => {
    const program = await toyProgram(dac, adc);
    const live = withLiveReads(program.graph, program.layers);
    checkGraph(live);
    const noise = someNoise(program, 0.2);
    const weights = programWeights(program);
    const values = interpretAll64(live, { ...toyFeeds(), ...weights, ...noise });
    const layer = program.layers[0]!;
    const x = values.get('x')!;
    layer.strips.forEach(([from, to], strip) => {
      const w = weights[`first.weight.${strip}`]!.data;
      const v = noise[readVarianceInput(stripInput('first', strip))]!.data;
      const z = noise[readDrawInput(stripProduct('first', strip))]!.data;
      const range = layer.inputRange?.[strip];
      const driven = (row: number, i: number) => {
        const value = Number(x.data[row * layer.in + from + i]);
        if (dac === null) return value;
        const code = Math.min(31, Math.max(-31, value * (31 / range!)));
        return (Math.round(code) * range!) / 31;
      };
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < layer.out; column++) {
          let [sum, variance] = [0, 0];
          for (let i = 0; i < to - from; i++) {
            sum += driven(row, i) * Number(w[i * layer.out + column]);
            variance += driven(row, i) ** 2 * Number(v[i * layer.out + column]);
          }
          const expected = sum + Math.sqrt(variance) * Number(z[row * layer.out + column]);
          const name = adc === null ? readProduct(stripProduct('first', strip)) : `first.partial.${strip}`;
          const got = Number(values.get(name)!.data[row * layer.out + column]);
          const limit = layer.adcRange?.[strip * layer.out + column] ?? Infinity;
          const clipped = Math.min(limit, Math.max(-limit, expected));
          t.true(Math.abs(got - clipped) < 2e-6, `${got}, ${clipped}`);
        }
      }
    });
  });
}

test('withLiveReads: without variance it is the program itself, bit for bit on ONNX Runtime', async (t) => {
  const program = await toyProgram(6, 6);
  const noise = someNoise(program, 0);
  const feeds = { ...toyFeeds(), ...programWeights(program) };
  const engine = await openEngine('onnxruntime');
  const [plain, live] = await Promise.all([
    engine.load(program.graph),
    engine.load(withLiveReads(program.graph, program.layers)),
  ]);
  t.deepEqual((await live.run({ ...feeds, ...noise })).pooled!.data, (await plain.run(feeds)).pooled!.data);
  await plain.release();
  await live.release();
});

test('withLiveReads: the ADC meets the noise: counters and ideal converters come after it', async (t) => {
  const program = await toyProgram(6, 6);
  const live = withLiveReads(program.graph, program.layers);
  const feeds = { ...toyFeeds(), ...programWeights(program), ...someNoise(program, 5) };
  const counted = countSaturation(live);
  checkGraph(counted.graph);
  const values = interpretAll64(counted.graph, feeds);
  const shares = counted.counters
    .filter(({ kind }) => kind === 'adc')
    .map(({ output }) => values.get(output)!);
  t.true(shares.some(({ data }) => Number(data[0]) > 0.3));
  const ideal = withoutConverters(live);
  checkGraph(ideal);
  t.true(relativeError(interpret64(ideal, feeds).pooled, interpret64(live, feeds).pooled!) > 0.1);
});
