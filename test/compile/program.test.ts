import test from 'ava';
import { CompileError } from '../../src/compile/compile-error.ts';
import { compileProgram, defaultOptions, targetWeights, tileCount } from '../../src/compile/program.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { spread } from '../support/operator-case.ts';
import { TOY_LAYERS, toyGraph, toyProfile } from '../support/toy.ts';

test('compileProgram: tiles cover each layer, and a transposed weight is turned', async (t) => {
  const profile = await toyProfile();
  const { layers } = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  t.deepEqual(
    layers.map(({ name, in: rows, out, strips, columns }) => ({ name, rows, out, strips, columns })),
    [
      {
        name: 'first',
        rows: 5,
        out: 7,
        strips: [
          [0, 3],
          [3, 5],
        ],
        columns: [
          [0, 4],
          [4, 7],
        ],
      },
      {
        name: 'second',
        rows: 7,
        out: 4,
        strips: [
          [0, 3],
          [3, 5],
          [5, 7],
        ],
        columns: [[0, 4]],
      },
    ],
  );
  t.deepEqual(layers.map(tileCount), [4, 3]);
  const kernel = spread(28, 3, -1, 1);
  const strip = targetWeights(layers[1]!, 1);
  for (let row = 3; row < 5; row++) {
    for (let column = 0; column < 4; column++) {
      const w = kernel[column * 7 + row]!;
      t.true(Math.abs(strip[(row - 3) * 4 + column]! - w) <= 2 ** -23 * Math.abs(w));
    }
  }
});

test('compileProgram: the same graph and profile give the same cells', async (t) => {
  const profile = await toyProfile();
  const once = () => compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  t.deepEqual(once(), once());
});

test('defaultOptions: what the profile asks for', async (t) => {
  t.deepEqual(defaultOptions(await loadProfile('pcm-nandakumar-2019')), {
    tile: { rows: 256, columns: 256 },
    mapping: {
      kind: 'pair-one-sided',
      scale: 'tile',
      weightBits: null,
      slices: 1,
      inputSliceBits: null,
      clipShare: 1,
    },
    dac: { bits: 8, rule: 'symmetric' },
    adc: { bits: 8, rule: 'symmetric' },
  });
});

test('compileProgram: refuses an unknown layer, and converters without ranges', async (t) => {
  const profile = await toyProfile({ converters: { dac: { bits: 8 }, adc: { bits: 8 } } });
  const options = defaultOptions(profile);
  t.throws(() => compileProgram(toyGraph(), ['third'], profile, options, null), {
    instanceOf: CompileError,
    message:
      'compile: layer "third" must be a linear layer of the model, got none; see "holdfast model info"',
  });
  t.throws(() => compileProgram(toyGraph(), ['first'], profile, options, new Map()), {
    instanceOf: CompileError,
    message: 'compile: layer "first" must have converter ranges, got none; calibrate it',
  });
});
