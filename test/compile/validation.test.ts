import test from 'ava';
import { createWiredCells } from '../../src/chip/wired-cells.ts';
import { createChipWriter } from '../../src/chip/writer.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions, type ProgramLayer, targetsOf } from '../../src/compile/program.ts';
import { validationInput, validationVectors } from '../../src/compile/validation.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { firstAge } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { spread } from '../support/operator-case.ts';
import { constantLaw, oneLayer, TOY_LAYERS, toyGraph, toyProfile } from '../support/toy.ts';

test('validationInput: fractions of the golden ratio, spread over (-1, 1)', (t) => {
  const input = validationInput(1000);
  t.true(Math.abs(input[0]! - 0.2360679775) < 1e-7);
  t.true(input.every((x) => x > -1 && x < 1));
  t.true(Math.abs(input.reduce((sum, x) => sum + x, 0) / 1000) < 0.01);
});

test('validationVectors: the product of the targets in float64, and only rounding as tolerance of ideal cells', async (t) => {
  const profile = await toyProfile();
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  const vectors = validationVectors(program);
  t.is(vectors.size, 3 * (2 + 3));
  const kernel = spread(35, 1, -1, 1);
  const input = validationInput(2);
  const output = vectors.get('first.1.output')!;
  t.deepEqual([output.dtype, output.shape], ['float64', [1, 7]]);
  t.deepEqual(vectors.get('first.1.input'), float32([1, 2], input));
  for (let column = 0; column < 7; column++) {
    const expected = input[0]! * kernel[3 * 7 + column]! + input[1]! * kernel[4 * 7 + column]!;
    t.true(Math.abs((output.data[column] as number) - expected) < 4e-7);
    t.true((vectors.get('first.1.tolerance')!.data[column] as number) < 3e-6);
  }
});

test('validationVectors: the tolerance is six standard deviations of writing, by hand', async (t) => {
  // One weight at gMax = 25 uS: unit = 2 / 25 a uS; std 0.5 uS on both cells; the low one is cut off at 0.
  const builder = buildGraph('one');
  builder.input('x', 'float32', ['B', 1]);
  builder.constant('w', float32([1, 1], [2]));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', 1]);
  const profile = await toyProfile({ writing: { std: constantLaw(0.5, 'uS') } });
  const program = compileProgram(builder.finish(), ['layer'], profile, defaultOptions(profile), null);
  const x = validationInput(1)[0]!;
  const unit = 2 / 25;
  const expected = 6 * x * unit * 0.5 * Math.SQRT2 + 0.4 * x * unit * 0.5;
  t.true(
    Math.abs((validationVectors(program).get('layer.0.tolerance')!.data[0] as number) - expected) < 1e-5,
  );
});

test('validationVectors: chips whose cells vary, drift, flicker and stand behind wires stay within it', async (t) => {
  const wires = { rowSegment: '5 ohm', columnSegment: '5 ohm' };
  const writing = { std: constantLaw(0.1, 'uS') };
  for (const [name, sections] of Object.entries({
    variation: { variation: { wafer: '-20 %', chip: '5 %', column: '5 %', cell: '20 %' } },
    telegraph: { telegraph: { amplitude: constantLaw(0.3, '1'), probability: constantLaw(0.2, '1') } },
    drift: {
      drift: { exponentMean: constantLaw(0.05, '1'), exponentStd: constantLaw(0.02, '1') },
      validity: { from: '1 h', to: '1 y', source: 'none' },
    },
    wires: { wires },
  })) {
    const profile = await toyProfile({ writing, array: { rows: 64, columns: 64 }, ...sections });
    const program = oneLayer(profile, 60, 40);
    const wired = createWiredCells(program);
    const seen = wired === null ? undefined : (of: ProgramLayer) => wired.seen(of, targetsOf(of)).cells;
    const vectors = validationVectors(program, seen);
    const layer = program.layers[0]!;
    const [input, output, tolerance] = ['input', 'output', 'tolerance'].map(
      (part) => vectors.get(`${layer.name}.0.${part}`)!.data as Float64Array,
    );
    const writer = createChipWriter(program);
    const seconds = firstAge(profile);
    let most = 0;
    for (let chip = 0; chip < 40; chip++) {
      const state = { chip, seconds, noise: 1, read: 0, source: 'all', compensate: 'none' } as const;
      const weights = writer.weights(state)[stripInput(layer.name, 0)]!.data as Float32Array;
      output!.forEach((expected, column) => {
        const sum = input!.reduce((total, x, row) => total + x * weights[row * 40 + column]!, 0);
        most = Math.max(most, Math.abs(sum - expected) / tolerance![column]!);
      });
    }
    t.log(`${name}: largest deviation ${most.toFixed(2)} of the tolerance`);
    t.true(most < 1 && most > 0.1, name);
  }
});

test('validationVectors: 200 chips in spec stay within it, a chip of tenfold noise does not', async (t) => {
  const profile = await loadProfile('pcm-nandakumar-2019');
  const builder = buildGraph('one');
  builder.input('x', 'float32', ['B', 40]);
  builder.constant('w', float32([40, 20], spread(800, 9, -1, 1)));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', 20]);
  const program = compileProgram(builder.finish(), ['layer'], profile, defaultOptions(profile), null);
  const vectors = validationVectors(program);
  const [input, output, tolerance] = ['input', 'output', 'tolerance'].map(
    (part) => vectors.get(`layer.0.${part}`)!.data as Float64Array,
  );
  const writer = createChipWriter(program);
  const worst = (chip: number, noise: number): number => {
    const state = { chip, seconds: 0, noise, read: 0, source: 'all', compensate: 'none' } as const;
    const weights = writer.weights(state)[stripInput('layer', 0)]!.data as Float32Array;
    return Math.max(
      ...Array.from(output!, (expected, column) => {
        const sum = input!.reduce((total, x, row) => total + x * weights[row * 20 + column]!, 0);
        return Math.abs(sum - expected) / tolerance![column]!;
      }),
    );
  };
  const inSpec = Array.from({ length: 200 }, (_, chip) => worst(chip, 1));
  t.log(`largest deviation of 200 chips: ${Math.max(...inSpec).toFixed(2)} of the tolerance`);
  t.true(inSpec.every((share) => share < 1));
  t.true(worst(1, 10) > 1);
});
