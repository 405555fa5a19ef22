import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readText } from '../../src/core/files.ts';
import { checkProfileFile } from '../../src/profile/check.ts';
import { listProfiles, loadProfile, parseProfile } from '../../src/profile/load.ts';

const SHIPPED = [
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
];

test('listProfiles() lists the shipped profiles, each of them valid without a warning', async (t) => {
  const shipped = await listProfiles();
  t.deepEqual(
    shipped.map(({ name }) => name),
    SHIPPED,
  );
  for (const { name, path } of shipped) {
    const { faults, profile } = await checkProfileFile(path);
    t.deepEqual(faults, [], name);
    t.is(profile?.name, name);
  }
});

test('loadProfile(name) gives canonical units', async (t) => {
  const pcm = await loadProfile('pcm-nandakumar-2019');
  t.is(pcm.gMinMicrosiemens, 0);
  t.is(pcm.gMaxMicrosiemens, 25);
  t.is(pcm.referenceSeconds, 20);
  t.is(pcm.validity.fromSeconds, 0);
  t.is(pcm.validity.toSeconds, 315_360_000);
  t.deepEqual(pcm.array, { rows: 256, columns: 256 });
  t.deepEqual(pcm.mapping, {
    kind: 'pair-one-sided',
    scale: 'tile',
    weightBits: null,
    slices: 1,
    inputSliceBits: null,
    clipShare: 1,
  });
  t.deepEqual(pcm.converters.adc, {
    bits: 8,
    rule: 'symmetric',
    range: { rule: 'calibrated' },
    errors: null,
  });
  t.is(pcm.writing?.std.text, '(0.26348 + 1.965 x - 1.1731 x^2) uS');
  const ideal = await loadProfile('ideal');
  t.is(ideal.writing, null);
  t.is(ideal.drift, null);
  t.is(ideal.readNoise, null);
  t.is(ideal.converters.dac.bits, null);
  t.is(ideal.validity.toSeconds, Number.POSITIVE_INFINITY);
  const gaussian = await loadProfile('generic-gaussian');
  t.is(gaussian.writing?.std.at(0.3, 0), 0.04 * gaussian.gMaxMicrosiemens);
  t.is(gaussian.readNoise?.std.at(0.3, 5), 0.01);
});

test('loadProfile(name) refuses an unknown name and offers the nearest', async (t) => {
  const shipped = SHIPPED.join(', ');
  const refused = async (name: string) => (await t.throwsAsync(loadProfile(name)))?.message;
  t.is(
    await refused('pcm-nandakuma-2019'),
    `profile: must be a shipped profile (${shipped}) or a path to a .json file, got "pcm-nandakuma-2019"; did you mean "pcm-nandakumar-2019"?`,
  );
  t.is(
    await refused('flash'),
    `profile: must be a shipped profile (${shipped}) or a path to a .json file, got "flash"; choose one of them or give a path`,
  );
  t.is(
    await refused('no/such.json'),
    'no/such.json: must be an existing file, got nothing there; check the path',
  );
});

test('loadProfile(path) reads a file, with a byte order mark and comments', async (t) => {
  const pcm = (await listProfiles()).find(({ name }) => name === 'pcm-nandakumar-2019');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-profile-'));
  try {
    const path = join(folder, 'copy.json');
    await writeFile(path, `\ufeff// a comment\n${await readText(pcm!.path)}`);
    t.is((await loadProfile(path)).sha256, (await loadProfile('pcm-nandakumar-2019')).sha256);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('parseProfile(profile.source) gives the same profile: what a bundle embeds', async (t) => {
  for (const { name } of await listProfiles()) {
    const profile = await loadProfile(name);
    const again = await parseProfile(JSON.parse(JSON.stringify(profile.source)), 'profile.json');
    t.is(again.sha256, profile.sha256);
    t.deepEqual(again.source, profile.source);
    for (const x of [0, 0.3, 1]) t.is(again.writing?.std.at(x, 9), profile.writing?.std.at(x, 9));
  }
});

test('parseProfile(json) tells faults of an embedded profile by their pointers', async (t) => {
  const { source } = await loadProfile('ideal');
  const error = await t.throwsAsync(
    parseProfile({ ...source, referenceTime: '-1 s', cell: 3 }, 'manifest.json'),
  );
  t.is(
    error?.message,
    [
      'manifest.json: must be a valid device profile, got 2 faults; mend each:',
      '/cell: must be an object { }, got 3; write it like {"gMin":"0 uS","gMax":"25 uS"}',
      '/referenceTime: must be a time of more than 0 s, got "-1 s"; give the time from writing to the reference read',
    ].join('\n  '),
  );
});
