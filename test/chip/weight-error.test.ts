import test from 'ava';
import { layerWeightErrors } from '../../src/chip/weight-error.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { constantLaw, oneLayer, toyProfile } from '../support/toy.ts';

test('layerWeightErrors: of noise on cells far from 0, the formula', async (t) => {
  // Both cells of a pair have std 0.1 uS and lie at 10 uS or above, so nothing is cut off. Weights are uniform in
  // (-1, 1) = 15 uS x scale: rms(W' - W) = sqrt(2) 0.1 scale, rms(W) = 15 scale / sqrt(3).
  const profile = await toyProfile({
    cell: { gMin: '10 uS', gMax: '25 uS' },
    writing: { std: constantLaw(0.1, 'uS') },
    array: { rows: 256, columns: 256 },
  });
  const errors = layerWeightErrors(oneLayer(profile, 200, 200), { seconds: 0, noise: 1, compensate: 'none' });
  const expected = (Math.SQRT2 * 0.1 * Math.sqrt(3)) / 15;
  // rms of 40,000 draws over 4 chips: relative standard error 1/sqrt(2 n); the uniform weights' own rms 0.45/sqrt(n).
  t.true(
    Math.abs(errors.layer! / expected - 1) < 5 / Math.sqrt(2 * 160_000) + 5 * (0.45 / 200),
    `${errors.layer} ${expected}`,
  );
});

test('layerWeightErrors: 0 of ideal cells and of a layer without weights, more with more noise and age', async (t) => {
  const at = { seconds: 0, noise: 1, compensate: 'global' } as const;
  const ideal = await loadProfile('ideal');
  t.deepEqual(layerWeightErrors(oneLayer(ideal, 20, 20), at), { layer: 0 });
  const pcm = await loadProfile('pcm-nandakumar-2019');
  const builder = buildGraph('zeros');
  builder.input('x', 'float32', ['B', 4]);
  builder.constant('w', float32([4, 4], new Float32Array(16)));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', 4]);
  t.deepEqual(
    layerWeightErrors(compileProgram(builder.finish(), ['layer'], pcm, defaultOptions(pcm), null), at),
    { layer: 0 },
  );
  const program = oneLayer(pcm, 100, 100);
  const error = (change: Partial<typeof at> | { noise: number } | { seconds: number }) =>
    layerWeightErrors(program, { ...at, ...change }).layer!;
  t.true(error({}) > 0.03 && error({}) < error({ noise: 2 }));
  t.true(error({}) < error({ seconds: 86_400 }));
});
