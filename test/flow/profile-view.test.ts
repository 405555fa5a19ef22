import test from 'ava';
import { profileView } from '../../src/flow/profile-view.ts';
import { listProfiles, loadProfile } from '../../src/profile/load.ts';
import { profileFigures } from '../../src/report/profile-figures.ts';
import { profileHtml, profileSvg } from '../../src/report/profile-page.ts';
import { toyProfile } from '../support/toy.ts';

const idsOf = async (name: string) =>
  profileFigures(profileView(await loadProfile(name))).map(({ id }) => id);

test('profileView(profile) has a figure for each effect of the profile, and none for those it lacks', async (t) => {
  t.deepEqual(await idsOf('ideal'), ['distributions', 'weight-error']);
  t.deepEqual(await idsOf('pcm-joshi-2020'), [
    'writing',
    'distributions',
    'weight-error',
    'transfer-dac-and-adc',
  ]);
  const all = ['writing', 'read-noise', 'distributions', 'drift', 'weight-error', 'transfer-dac-and-adc'];
  t.deepEqual(await idsOf('pcm-nandakumar-2019'), all);
  t.deepEqual(await idsOf('sonos-agrawal-2022'), all);
});

test('profileView(profile) shows the laws as authored and cells by them', async (t) => {
  const { writing, readNoise, distributions, fans } = profileView(await loadProfile('reram-wan-2022'));
  t.is(readNoise, null);
  t.deepEqual(writing!.ages, ['0s', '1h', '1d', '2d']);
  const last = writing!.rows.at(-1)!;
  t.is(last.g, 40);
  t.true(Math.abs(last.stds[0]! - 1.103) < 1e-9);
  t.is(distributions.length, 4);
  const cells = distributions[0]!.targets.at(-1)!;
  // Standard error of a std: std/sqrt(2 n), n = 40,000 cells.
  t.true(Math.abs(cells.std - 1.103) < (5 * 1.103) / Math.sqrt(80_000));
  for (const { target, rows } of fans) {
    t.true(rows.every(({ q05, q50, q95 }) => q05 < q50 && q50 < q95 && Math.abs(q50 / target - 1) < 0.05));
  }
});

test('profileView(profile) shows the converter as it converts', async (t) => {
  const { converters } = profileView(await loadProfile('generic-gaussian'));
  t.is(converters.length, 1);
  const { levels, points } = converters[0]!;
  t.is(levels, 255);
  t.true(points.every(([input, output]) => Math.abs(output - input) <= 0.5001 / 127));
});

test('profileView(profile) shows the steps and the errors of ADCs as their parts make them', async (t) => {
  const architecture = { kind: 'split-sar', amplifierGain: 40 };
  const still = await toyProfile({
    converters: { dac: { bits: null }, adc: { bits: 8, rule: 'uniform', architecture } },
  });
  const [adc] = profileView(still).converters;
  t.deepEqual(adc!.errors!.names, ['without draws']);
  // Its levels are 1/(1 + 1/100) of what they should be: codes are too large by 1 % of the value.
  for (const { input, errorsLsb } of adc!.errors!.rows) {
    if (Math.abs(input) > 0.9) continue;
    t.true(Math.abs(errorsLsb[0]! - 1.275 * input) < 0.6, `${input} ${errorsLsb[0]}`);
  }
  const drawn = await toyProfile({
    converters: {
      dac: { bits: null },
      adc: { bits: 6, rule: 'uniform', architecture: { kind: 'ramp', comparatorStd: '10 %' } },
    },
  });
  const [ramp] = profileView(drawn).converters;
  t.true(ramp!.isDrawn);
  // Comparators of four columns: offsets of 3.2 steps each, the same all over the range.
  const { rows, names } = ramp!.errors!;
  t.is(names.length, 5);
  const middle = (column: number) => rows[50]!.errorsLsb[column]!;
  t.is(new Set([1, 2, 3, 4].map(middle)).size, 4);
  for (const column of [1, 2, 3, 4]) t.true(Math.abs(middle(column)) < 5 * 3.2);
  for (const column of [1, 2, 3, 4]) {
    t.true(Math.abs(rows[40]!.errorsLsb[column]! - middle(column)) < 0.6);
  }
  t.true(Math.abs(middle(0)) < 0.1);
});

test('profileView(profile) shows the errors of a few converters of one chip', async (t) => {
  const inl = { form: 'polynomial', coefficients: [0, 0, 0.5], unit: 'LSB' };
  const profile = await toyProfile({
    converters: { dac: { bits: 8 }, adc: { bits: 8, gainStd: '1 %', offsetStd: 0.5, noiseStd: 0.2, inl } },
  });
  const view = profileView(profile);
  t.deepEqual(
    profileFigures(view).map(({ id }) => id),
    ['distributions', 'weight-error', 'transfer-dac', 'transfer-adc', 'transfer-errors-adc'],
  );
  const { names, rows, noiseStdLsb } = view.converters[1]!.errors!;
  t.is(noiseStdLsb, 0.2);
  t.deepEqual(names, ['without draws', 'converter 1', 'converter 2', 'converter 3', 'converter 4']);
  t.true(rows.every(({ input, errorsLsb }) => Math.abs(errorsLsb[0]! - 0.5 * input ** 2) < 1e-12));
  // About a line of its own for each converter: error = offset + (gain - 1) u top, and the bend at gain u.
  const straight = (i: number, column: number) => rows[i]!.errorsLsb[column]! - rows[i]!.errorsLsb[0]!;
  for (const column of [1, 2, 3, 4]) {
    t.true(Math.abs(straight(0, column) + straight(100, column) - 2 * straight(50, column)) < 0.1);
    t.true(Math.abs(straight(100, column)) > 1e-3);
  }
  t.notRegex(await profileHtml(view), /NaN|Infinity|undefined/u);
});

test('profileHtml and profileSvg draw every shipped profile without a number that is none, and the same again', async (t) => {
  for (const { name } of await listProfiles()) {
    const view = profileView(await loadProfile(name));
    const [html, svg] = [await profileHtml(view), await profileSvg(view)];
    t.notRegex(`${html}${svg}`, /NaN|Infinity|undefined/u, name);
    const figures = profileFigures(view);
    t.is(html.split('<details>').length - 1, figures.length, 'each figure has its numbers');
    t.true(figures.every(({ title }) => svg.includes(title)));
    if (name === 'ideal') t.is(await profileHtml(view), html);
  }
});
