import test from 'ava';
import { countSaturation } from '../../src/compile/count-saturation.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { float32 } from '../../src/graph/graph.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { toyProfile } from '../support/toy.ts';

/** One layer of 2 x 2 in two strips of one row, 8-bit converters, DAC ranges 1 and 2, ADC ranges 1 (strip 0) and 3. */
async function counted(dac: number | null, adc: number | null) {
  const builder = buildGraph('one layer');
  builder.input('x', 'float32', ['B', 2]);
  builder.constant('w', float32([2, 2], [1, 2, 1, -2]));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', 2]);
  const profile = await toyProfile({ array: { rows: 1, columns: 2 } });
  const options = {
    ...defaultOptions(profile),
    dac: { bits: dac, rule: 'symmetric' as const },
    adc: { bits: adc, rule: 'symmetric' as const },
  };
  const ranges = new Map([['layer', { input: Float32Array.of(1, 2), adc: Float32Array.of(1, 1, 3, 3) }]]);
  return compileProgram(builder.finish(), ['layer'], profile, options, ranges);
}

const weights = {
  [stripInput('layer', 0)]: float32([1, 2], [1, 2]),
  [stripInput('layer', 1)]: float32([1, 2], [1, -2]),
};

test('countSaturation: shares counted by hand', async (t) => {
  const { graph } = await counted(8, 8);
  const { graph: counting, counters } = countSaturation(graph);
  checkGraph(counting);
  t.deepEqual(
    counters.map(({ kind, layer, output }) => [kind, layer, output]),
    [
      ['dac', 'layer', 'layer.dac.clip.share'],
      ['adc', 'layer', 'layer.adc.0.clip.share'],
      ['adc', 'layer', 'layer.adc.1.clip.share'],
    ],
  );
  // Inputs beyond: 1.5 of strip 0, -4 of strip 1, so 2 of 8. Driven, after clipping: 1, 0.25, 0.75, -1 and 0.5, -2, 2, 1.
  const x = float32([4, 2], [1.5, 0.5, 0.25, -4, 0.75, 2, -1, 1]);
  const results = interpret64(counting, { x, ...weights });
  const share = (index: number) => Number(results[counters[index]!.output]!.data[0]);
  t.is(share(0), 2 / 8);
  // Strip 0: products (1, 2), (0.25, 0.5), (0.75, 1.5), (-1, -2) against a range of 1: 3 of 8.
  t.is(share(1), 3 / 8);
  // Strip 1: products (0.5, -1), (-2, 4), (2, -4), (1, -2) against 3: 2 of 8.
  t.is(share(2), 2 / 8);
  // Counting changes no result.
  t.deepEqual(results.y, interpret64(graph, { x, ...weights }).y);
});

test('countSaturation: no counter where there is no converter', async (t) => {
  t.deepEqual(countSaturation((await counted(null, null)).graph).counters, []);
  t.deepEqual(
    countSaturation((await counted(null, 8)).graph).counters.map(({ kind }) => kind),
    ['adc', 'adc'],
  );
});
