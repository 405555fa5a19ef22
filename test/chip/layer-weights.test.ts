import test from 'ava';
import { createLayerWriter } from '../../src/chip/layer-weights.ts';
import { type ChipState, createChipWriter } from '../../src/chip/writer.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { TOY_LAYERS, toyGraph } from '../support/toy.ts';

const STATE: ChipState = {
  chip: 7,
  seconds: 86_400,
  noise: 1,
  read: 0,
  source: 'all',
  compensate: 'layer',
};

test('createLayerWriter: a layer is its strips one below the other, of the same chip', async (t) => {
  const profile = await loadProfile('pcm-nandakumar-2019');
  const tile = { rows: 3, columns: 4 };
  const options = { ...defaultOptions(profile), tile };
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  const whole = createLayerWriter(program).weights(STATE);
  const strips = createChipWriter(program).weights(STATE);
  t.deepEqual(Object.keys(whole), TOY_LAYERS);
  for (const layer of program.layers) {
    const joined = layer.strips.flatMap((_, strip) =>
      Array.from(strips[stripInput(layer.name, strip)]!.data, Number),
    );
    t.true(layer.strips.length > 1);
    t.deepEqual(Array.from(whole[layer.name]!.data, Number), joined);
  }
});

test('createLayerWriter: the digital zero point of a column is added to each of its weights', async (t) => {
  const profile = await loadProfile('ideal');
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  const shifted = {
    ...program,
    layers: program.layers.map((layer) => ({
      ...layer,
      zero: Float32Array.from({ length: layer.strips.length * layer.out }, (_, k) => k),
    })),
  };
  const state = { ...STATE, compensate: 'none' } as const;
  const [plain, moved] = [
    createLayerWriter(program).weights(state),
    createLayerWriter(shifted).weights(state),
  ];
  for (const { name, out } of program.layers) {
    const expected = Array.from(plain[name]!.data as Float32Array, (value, i) =>
      Math.fround(value + (i % out)),
    );
    t.deepEqual(Array.from(moved[name]!.data, Number), expected);
  }
});
