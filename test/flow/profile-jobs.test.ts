import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { readText, writeFileAtomic } from '../../src/core/files.ts';
import { check, list, newProfile, show } from '../../src/flow/profile-jobs.ts';
import { loadProfile } from '../../src/profile/load.ts';

const folder = await mkdtemp(join(tmpdir(), 'holdfast-profile-jobs-'));
test.after.always(() => rm(folder, { recursive: true }));

test('list() names and describes the shipped profiles', async (t) => {
  const { profiles, lines } = await list();
  t.deepEqual(
    profiles.map(({ name }) => name),
    [
      'generic-gaussian',
      'ideal',
      'isaac',
      'pcm-afm-2025',
      'pcm-hermes-1dev',
      'pcm-hermes-2dev',
      'pcm-joshi-2020',
      'pcm-nandakumar-2019',
      'prime',
      'reram-cmo-hfox',
      'reram-milo-2021',
      'reram-wan-2022',
      'sonos-agrawal-2022',
    ],
  );
  t.is(lines.length, 13);
  t.true(lines[1]?.startsWith('ideal                Cells that hold exactly what is written'));
});

test('show(profile) tells its facts and its laws at seven states', async (t) => {
  const shown = await show('pcm-nandakumar-2019');
  t.deepEqual(
    shown.states.map(({ x }) => x),
    [0, 0.01, 0.1, 0.25, 0.5, 0.75, 1],
  );
  const last = shown.states.at(-1)!;
  t.is(last.gMicrosiemens, 25);
  t.true(Math.abs(last.writeStdMicrosiemens! - 1.05538) < 1e-9);
  // The mean drift factor at gMax after a day and a year: outside reference, aihwkit's model evaluated analytically.
  t.true(Math.abs(last.driftFactors[2]! - 0.66501) < 1e-5);
  t.true(Math.abs(last.driftFactors[3]! - 0.50019) < 1e-5);
  t.true(Math.abs(last.readStds![0]! - 0.03682) < 1e-5);
  t.true(shown.lines.includes('ADC                         8 bits, symmetric (255 levels)'));
  t.is(
    shown.lines
      .find((line) => line.startsWith('   1  '))
      ?.trim()
      .split(/\s{2,}/u)
      .join('|'),
    '1|25|1.055|0.049 +- 0.008|1|0.7758|0.665|0.5002|0.03682|0.04193|0.04476|0.04961',
  );
});

test('show(profile) tells the weight error of each mapping at each age', async (t) => {
  const { weightErrors, lines } = await show('generic-gaussian');
  t.deepEqual(weightErrors.seconds, [0, 3600, 86_400, 31_536_000]);
  t.deepEqual(
    weightErrors.mappings.map(({ kind }) => kind),
    ['pair-one-sided', 'pair-two-sided', 'offset', 'offset-unit-column', 'single-device'],
  );
  const own = weightErrors.mappings[0]!.errors.map((error) => `${Number((100 * error).toPrecision(3))} %`);
  t.deepEqual(lines.at(-5)?.split(/\s{2,}/u), ["pair-one-sided, the profile's", ...own]);
  t.true((await show('ideal')).lines.at(-5)!.endsWith('<0.0001 %  <0.0001 %  <0.0001 %  <0.0001 %'));
});

test('show(ideal) shows absent effects as such', async (t) => {
  const { lines } = await show('ideal');
  t.true(lines.includes('drift exponent, mean      none'));
  t.is(
    lines
      .find((line) => line.startsWith('   1  '))
      ?.trim()
      .split(/\s{2,}/u)
      .join('|'),
    '1|25|-|-|1|1|1|1|-|-|-|-',
  );
});

test('show(profile) tells how relaxing cells spread and shift with age', async (t) => {
  const { states, lines } = await show('sonos-agrawal-2022');
  t.true(lines.some((line) => line.includes('write std uS 0s  write std uS 1h  write std uS 1d')));
  const last = states.at(-1)!;
  // CrossSim at 1600 nA after a day: 1588.5 +- 25.52 nA, and what writing alone left.
  t.true(Math.abs(last.driftFactors[2]! - 1588.5 / 1600) < 1e-4);
  t.true(Math.abs(last.relaxedStdsMicrosiemens![2]! - 0.2559) < 1e-3);
  t.deepEqual(states[0]!.driftFactors, [null, null, null]);
});

test('check(files) takes a folder for wrong usage', async (t) => {
  const error = await t.throwsAsync(check([folder]), { instanceOf: UsageError });
  t.is(error?.message, `${folder}: must be a file, got a folder; check the path`);
});

test('show(profile, out) writes figures as a page or as one drawing, and refuses other files and existing ones', async (t) => {
  const page = join(folder, 'figures.html');
  t.is((await show('ideal', page)).lines.at(-1), `wrote ${page}`);
  t.true((await readText(page)).startsWith('<!doctype html>'));
  const drawing = join(folder, 'figures.svg');
  await show('ideal', drawing);
  t.true((await readText(drawing)).startsWith('<svg'));
  t.is(
    (await t.throwsAsync(show('ideal', drawing)))?.message,
    `${drawing}: must not exist yet, got an existing one; choose another --out or pass --force`,
  );
  await t.notThrowsAsync(show('ideal', drawing, true));
  t.is(
    (await t.throwsAsync(show('ideal', 'figures.png')))?.message,
    '--out: must be an .svg or .html file, got "figures.png"; choose one of them',
  );
});

test('newProfile(file) writes a valid profile, and check(files) accepts it', async (t) => {
  const plain = join(folder, 'rram-smith-2026.json');
  t.is((await newProfile({ file: plain, force: false })).name, 'rram-smith-2026');
  const like = join(folder, 'pcm-own-2026.json');
  await newProfile({ file: like, like: 'pcm-nandakumar-2019', force: false });
  const { accepted, files, lines } = await check([plain, like]);
  t.true(accepted);
  t.deepEqual(
    files.flatMap(({ faults }) => faults),
    [],
  );
  t.deepEqual(lines, [`${plain}: a valid device profile`, `${like}: a valid device profile`]);
  t.true((await readText(like)).includes('"name": "pcm-own-2026"'));
  // Of a shipped profile it is told who checked it; not of what a copy becomes.
  const checkedBy = async (path: string) => (await loadProfile(path)).provenance.checkedBy;
  t.regex((await checkedBy('pcm-nandakumar-2019')) ?? '', /aihwkit 1\.1/u);
  t.is(await checkedBy(like), null);
});

for (const like of ['flash', 'mram', 'fefet', 'ecram']) {
  test(`newProfile(${like}) writes a valid template that invents no number, and check names what is to fill in`, async (t) => {
    const file = join(folder, `own-${like}.json`);
    await newProfile({ file, like, force: false });
    const { accepted, files, lines } = await check([file]);
    t.true(accepted, lines.join('\n'));
    const pointers = files[0]!.faults.map(({ severity, pointer }) => `${severity} ${pointer}`);
    t.true(pointers.includes('warning /provenance/source'));
    t.true(pointers.includes('warning /validity/source'));
    const profile = await loadProfile(file);
    t.deepEqual([profile.writing, profile.drift, profile.readNoise], [null, null, null]);
    // A section that is filled in fits where it stands.
    const text = await readText(file);
    const filled = text
      .replace('// , "writing": {', ', "writing": {')
      .replace(/\/\/ {3}("std".*)\?, \?, \?(.*)/u, '$1 0.1, 0.2, 0.1$2')
      .replace(/(0\.1, 0\.2, 0\.1.*\n {2})\/\/ \}/u, '$1}');
    await writeFileAtomic(file, filled);
    t.true(((await loadProfile(file)).writing?.std.at(0.5, 0) ?? 0) > 0);
  });
}

test('newProfile(like) names profiles and templates where it knows neither', async (t) => {
  const file = join(folder, 'unknown.json');
  const error = await t.throwsAsync(newProfile({ file, like: 'rram', force: false }));
  t.regex(error?.message ?? '', /^--like: .*; or one of the templates flash, mram, fefet, ecram$/u);
});

test('newProfile(file) refuses an existing file, a bad name and an unknown profile', async (t) => {
  const file = join(folder, 'twice.json');
  await newProfile({ file, force: false });
  const existing = 'must not exist yet, got an existing one; choose another name or pass --force';
  t.is((await t.throwsAsync(newProfile({ file, force: false })))?.message, `${file}: ${existing}`);
  await t.notThrowsAsync(newProfile({ file, force: true }));
  t.is(
    (await t.throwsAsync(newProfile({ file: 'My Cell.json', force: false })))?.message,
    'My Cell.json: must be named by words of a-z and 0-9 joined by "-" and end in .json, got "My Cell.json"; choose a name like rram-smith-2026.json',
  );
  const other = join(folder, 'other.json');
  await t.throwsAsync(newProfile({ file: other, like: 'nothing', force: false }));
  await t.throwsAsync(readText(other));
});

test('check(files) rejects a file with faults and lists errors and warnings with their places', async (t) => {
  const file = join(folder, 'faulty.json');
  await newProfile({ file, force: false });
  const text = await readText(file);
  await writeFileAtomic(
    file,
    text.replace('"0 uS"', '"-2 uS"').replace('"faulty"', '"fault"').replace('"bits": 8', '"bits": 3'),
  );
  const { accepted, lines } = await check([file]);
  t.false(accepted);
  t.deepEqual(lines, [
    `${file}:18:21: error: /cell/gMin: must be a conductance of at least 0 uS, got "-2 uS"; give the lowest conductance that a cell is written to`,
    `${file}:86:22: warning: /converters/dac/bits: should be at least 4 bits, got 3; check it: few models keep their accuracy`,
    `${file}: rejected (1 error, 1 warning)`,
  ]);
});

test('newProfile({ like }) keeps leading to the base of the profile that it copies', async (t) => {
  const base = join(folder, 'base-1.json');
  await newProfile({ file: base, like: 'ideal', force: false });
  const first = join(folder, 'first-1.json');
  await writeFileAtomic(first, '{ "schemaVersion": 1, "name": "first-1", "extends": "./base-1.json" }');
  const second = join(folder, 'deeper', 'second-1.json');
  await newProfile({ file: second, like: first, force: false });
  t.true((await readText(second)).includes('"extends": "../base-1.json"'));
  t.true((await check([second])).accepted);
});
