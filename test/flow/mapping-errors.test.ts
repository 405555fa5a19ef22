import test from 'ava';
import { layerWeightErrors } from '../../src/chip/weight-error.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { mappingErrors } from '../../src/flow/mapping-errors.ts';
import { targetSpreads } from '../../src/flow/target-spreads.ts';
import { loadProfile } from '../../src/profile/load.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';
import { constantLaw, toyGraph, toyProfile } from '../support/toy.ts';

const errorsOf = (profile: DeviceProfile, ages: readonly number[] = [0]) =>
  new Map(mappingErrors(profile, ages).mappings.map(({ kind, errors }) => [kind as string, errors]));

test('mappingErrors: each mapping has the closed form of its error, times the largest of the normal weights', async (t) => {
  // Cells far from 0, so that nothing is cut off: m/D = 0.01/0.9.
  const profile = await toyProfile({
    cell: { gMin: '2.5 uS', gMax: '25 uS' },
    writing: { std: constantLaw(0.25, 'uS') },
    array: { rows: 256, columns: 256 },
  });
  const errors = errorsOf(profile);
  const unit = 0.01 / 0.9;
  const two = errors.get('pair-two-sided')![0]! / (Math.SQRT2 * unit);
  // The largest of 4,096 normals: 3.7 in the mean, with a spread of about 0.3.
  t.true(Math.abs(two - 3.7) < 5 * 0.3, `${two}`);
  // Four chips of 4,096 weights: five relative standard errors of a std, sqrt(1/(2 n)), for each of the two.
  const five = 5 * Math.sqrt(2 / (2 * 4 * 64 ** 2));
  for (const [kind, times] of [
    ['pair-one-sided', 1],
    ['offset', Math.SQRT2],
    ['single-device', Math.SQRT2],
    ['offset-unit-column', 2],
  ] as const) {
    const ratio = errors.get(kind)![0]! / errors.get('pair-two-sided')![0]! / times;
    // A unit column's half of the variance has 64 draws in each chip. A single device spans the weights' own range.
    const few =
      kind === 'offset-unit-column' ? 2.5 / Math.sqrt(2 * 4 * 64) : kind === 'single-device' ? 0.15 : 0;
    t.true(Math.abs(ratio - 1) < five + few, `${kind} ${ratio}`);
  }
});

test("mappingErrors: the profile's own mapping is the first, kinds that its cells do not allow are left out", async (t) => {
  const kinds = (profile: DeviceProfile) =>
    mappingErrors(profile, [0]).mappings.map(({ kind, isOwn }) => `${kind}${isOwn ? '*' : ''}`);
  t.deepEqual(kinds(await toyProfile({ cell: { gMin: '0 uS', gMax: '25 uS', levels: 2 } })), [
    'pair-one-sided*',
    'pair-two-sided',
    'single-device',
  ]);
  // 8 slices of 16 bits in arrays of 136 lines; single devices have no slices.
  t.deepEqual(kinds(await loadProfile('isaac')), [
    'offset-unit-column*',
    'pair-one-sided',
    'pair-two-sided',
    'offset',
  ]);
});

test('mappingErrors: of wires without any other error they count', async (t) => {
  const wires = { rowSegment: '20 ohm', columnSegment: '20 ohm' };
  const tile = { cell: { gMin: '0 uS', gMax: '25 uS' }, array: { rows: 64, columns: 64 } };
  const wired = mappingErrors(await toyProfile({ ...tile, wires }), [0]);
  t.deepEqual(wired.layer, { rows: 32, columns: 32 });
  t.true(wired.mappings.every(({ errors }) => errors[0]! > 1e-3));
  t.true(errorsOf(await toyProfile(tile)).get('pair-one-sided')![0]! < 1e-6);
});

test('targetSpreads is the weight error of each layer with one gain a chip', async (t) => {
  const profile = await loadProfile('pcm-nandakumar-2019');
  const program = compileProgram(toyGraph(), ['first', 'second'], profile, defaultOptions(profile), null);
  const expected = layerWeightErrors(program, { seconds: 3600, noise: 2, compensate: 'global' });
  t.deepEqual(targetSpreads(program, 3600, 2), expected);
});
