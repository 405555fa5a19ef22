import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { checkProfileFile } from '../../src/profile/check.ts';
import { profileFacts } from '../../src/profile/facts.ts';
import { faultLine } from '../../src/profile/fault.ts';
import { loadProfile, parseProfile } from '../../src/profile/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SOURCED = '"provenance": { "source": "own", "taken": "all" }';

/** A profile that extends another. */
function extending(base: string, name: string, fields = SOURCED): string {
  return `{\n  "schemaVersion": 1,\n  "name": "${name}",\n  "extends": "${base}",\n  ${fields}\n}\n`;
}

/** The faults of files in one folder, checked by the first one's name, as lines with their file's name. */
async function faultsOf(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { faults } = await checkProfileFile(join(folder, Object.keys(files)[0]!));
  return faults.map(
    (fault) => `${fault.severity} ${fault.file.slice(folder.length + 1)}:${faultLine(fault)}`,
  );
}

test('loadProfile(path) puts an extending profile over a shipped one', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'wide.json');
  await writeFile(
    path,
    extending('pcm-nandakumar-2019', 'wide', `${SOURCED}, "cell": { "gMax": "30 uS" }, "readNoise": null`),
  );
  const wide = await loadProfile(path);
  const base = await loadProfile('pcm-nandakumar-2019');
  t.is(wide.name, 'wide');
  t.is(wide.gMaxMicrosiemens, 30);
  t.is(wide.readNoise, null);
  t.is(wide.writing?.std.at(0.5, 0), base.writing?.std.at(0.5, 0));
  t.is(wide.bases[0]?.name, 'pcm-nandakumar-2019');
  t.is(wide.bases[0]?.sha256, base.sha256);
  const fact = profileFacts(wide).facts.find(({ name }) => name === 'extends');
  t.regex(
    fact?.value ?? '',
    /^pcm-nandakumar-2019; overrides .*\/cell\/gMax "25 uS" -> "30 uS", \/readNoise removed$/u,
  );
});

test('loadProfile(path) resolves: the source is whole, without extends, and has the same hash', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'same.json');
  await writeFile(path, extending('ideal', 'same', '"description": "as ideal"'));
  const same = await loadProfile(path);
  t.false(Object.hasOwn(same.source, 'extends'));
  const again = await parseProfile(JSON.parse(JSON.stringify(same.source)), 'profile.json');
  t.is(again.sha256, same.sha256);
  t.deepEqual(again.bases, []);
  const ideal = await loadProfile('ideal');
  const written = await parseProfile(
    { ...ideal.source, name: 'same', description: 'as ideal' },
    'profile.json',
  );
  t.is(written.sha256, same.sha256, 'the same content written out in full has the same hash');
});

test('checkProfileFile(path) follows files that extend one another', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(
    join(folder, 'a.json'),
    extending('b.json', 'a', `${SOURCED}, "cell": { "gMax": "30 uS" }`),
  );
  await writeFile(
    join(folder, 'b.json'),
    extending('ideal', 'b', `${SOURCED}, "cell": { "gMax": "20 uS", "gMin": "2 uS" }`),
  );
  const { profile, faults } = await checkProfileFile(join(folder, 'a.json'));
  t.deepEqual(faults, []);
  t.is(profile?.gMaxMicrosiemens, 30);
  t.is(profile?.gMinMicrosiemens, 2);
  t.deepEqual(
    profile?.bases.map(({ name }) => name),
    ['b', 'ideal'],
  );
});

test('checkProfileFile(path) tells a fault at its place in the file that has it', async (t) => {
  t.deepEqual(
    await faultsOf(t, {
      'a.json': extending('ideal', 'a', `${SOURCED},\n  "cell": { "gMax": "-1 uS", "gMxa": 1 }`),
    }),
    [
      'error a.json:6:21 /cell/gMax: must be a conductance of more than 0 uS, got "-1 uS"; give the highest conductance that a cell is written to',
      'error a.json:6:30 /cell/gMxa: must be one of the fields gMin, gMax, levels, clamp, got the unknown field "gMxa"; did you mean "gMax"?',
    ],
  );
  t.deepEqual(
    await faultsOf(t, {
      'a.json': extending('b.json', 'a'),
      'b.json': extending('ideal', 'b', `${SOURCED},\n  "referenceTime": "20 uS"`),
    }),
    [
      'error b.json:6:20 /referenceTime: must be a time (ns, us, ms, s, min, h, d or y), got "20 uS", a conductance; write it in one of those units',
    ],
  );
  // Each file is right alone; together gMin is above gMax, which stands in the base.
  t.deepEqual(
    await faultsOf(t, {
      'a.json': extending('b.json', 'a', `${SOURCED}, "cell": { "gMin": "30 uS" }`),
      'b.json': extending('ideal', 'b', `${SOURCED},\n  "cell": { "gMax": "20 uS" }`),
    }),
    ['error b.json:6:21 /cell/gMax: must be more than gMin (30 uS), got "20 uS"; exchange or mend them'],
  );
});

test('checkProfileFile(path) refuses circles, missing bases, depth, and nulls that remove nothing', async (t) => {
  t.deepEqual(
    await faultsOf(t, { 'a.json': extending('b.json', 'a'), 'b.json': extending('./a.json', 'b') }),
    [
      'error b.json:4:14 /extends: must not lead back to a file that extends this one, got "./a.json"; extend another profile',
    ],
  );
  t.deepEqual(await faultsOf(t, { 'a.json': extending('./a.json', 'a') }), [
    'error a.json:4:14 /extends: must not lead back to a file that extends this one, got "./a.json"; extend another profile',
  ]);
  t.deepEqual(await faultsOf(t, { 'a.json': extending('b.json', 'a') }), [
    'error a.json:4:14 /extends: must be an existing file beside this one, got "b.json"; check the path',
  ]);
  const [unknown] = await faultsOf(t, { 'a.json': extending('pcm-nandakumar', 'a') });
  t.regex(
    unknown ?? '',
    /^error a\.json:4:14 \/extends: must be a shipped profile .* got "pcm-nandakumar"; did you mean "pcm-nandakumar-2019"\?$/u,
  );
  const chain = Array.from({ length: 10 }, (_, i) => [
    `p${i}.json`,
    extending(i < 9 ? `p${i + 1}.json` : 'ideal', `p${i}`),
  ]);
  t.deepEqual(await faultsOf(t, Object.fromEntries(chain) as Record<string, string>), [
    'error p7.json:4:14 /extends: must be at most 8 files deep, got more; write one of them out in full',
  ]);
  t.deepEqual(await faultsOf(t, { 'a.json': extending('ideal', 'a', '"drfit": null') }), [
    'error a.json:5:3 /drfit: must be a value, or name a field that the base has (null removes it), got null for "drfit", which it has not; leave it out',
  ]);
});

test('checkProfileFile(path) wants a version and a name in each file, and one base', async (t) => {
  const text = extending('ideal', 'a');
  t.deepEqual(await faultsOf(t, { 'a.json': text.replace('"name": "a",', '') }), [
    'error a.json:1:1 must have the field "name" of its own, got none; add it, like "name": "pcm-smith-2026"',
  ]);
  t.deepEqual(await faultsOf(t, { 'a.json': text.replace('"schemaVersion": 1,', '') }), [
    'error a.json:1:1 must have the field "schemaVersion" of its own, got none; each file is read by its own version; add it, like "schemaVersion": 1',
  ]);
  t.deepEqual(await faultsOf(t, { 'a.json': text.replace('"ideal"', '["ideal"]') }), [
    'error a.json:4:14 /extends: must be the name or the path of one profile, got ["ideal"]; name the one that it changes',
  ]);
  t.deepEqual(
    await faultsOf(t, { 'a.json': extending('b.json', 'a'), 'b.json': text.replace(': 1', ': 7') }),
    [
      'error b.json:2:20 /schemaVersion: must be at most 1, the version that this holdfast reads, got 7; update holdfast, or write the profile by the schema of this version',
    ],
  );
});

test('checkProfileFile(path) warns of changed physics under an old source', async (t) => {
  t.deepEqual(await faultsOf(t, { 'a.json': extending('ideal', 'a', '"cell": { "gMax": "30 uS" }') }), [
    'warning a.json:4:14 /extends: should come with a "provenance" that says where the changed /cell/gMax comes from, got none; add its "source" and what was "taken" from it',
  ]);
  t.deepEqual(await faultsOf(t, { 'a.json': extending('ideal', 'a', '"array": { "rows": 32 }') }), []);
  const variation = (more = '') =>
    faultsOf(t, { 'a.json': extending('ideal', 'a', `"variation": { "chip": "3 %"${more} }`) });
  t.regex((await variation())[0]!, /where the changed \/variation comes from, got none/u);
  t.deepEqual(await variation(', "source": "own measurement of 40 chips"'), []);
});

test('checkProfileFile(path) warns of a changed gMax under laws of x, unless they are changed with it', async (t) => {
  const cell = `${SOURCED}, "cell": { "gMax": "12 uS" }`;
  t.deepEqual(await faultsOf(t, { 'a.json': extending('pcm-joshi-2020', 'a', cell) }), [
    'warning a.json:5:72 /cell/gMax: should come with laws for its range, got those of the base for /writing/std, which go by x = g/gMax and so stretch with gMax; give them by the new x, or leave them if cells of this range have them',
  ]);
  const std = '"writing": { "std": { "form": "constant", "value": 1, "unit": "uS" } }';
  t.deepEqual(await faultsOf(t, { 'a.json': extending('pcm-joshi-2020', 'a', `${cell}, ${std}`) }), []);
  t.deepEqual(await faultsOf(t, { 'a.json': extending('generic-gaussian', 'a', cell) }), []);
});

test('checkProfileFile(path) refuses a folder as a base, and files that are no UTF-8 text', async (t) => {
  t.deepEqual(await faultsOf(t, { 'a.json': extending('./', 'a') }), [
    'error a.json:4:14 /extends: must be an existing file beside this one, got the folder "./"; check the path',
  ]);
  const folder = await temporaryFolder(t);
  const latin1 = join(folder, 'latin1.json');
  await writeFile(latin1, Buffer.from('{ "description": "25 \u00b5S" }', 'latin1'));
  await writeFile(join(folder, 'a.json'), extending('./latin1.json', 'a'));
  for (const file of [latin1, join(folder, 'a.json')]) {
    const { profile, faults } = await checkProfileFile(file);
    t.is(profile, null);
    t.deepEqual(
      faults.map((fault) => `${fault.file} ${faultLine(fault)}`),
      [`${latin1} 1:1 must be UTF-8 text, got other bytes; save it as UTF-8`],
    );
  }
});

test('parseProfile(text) extends shipped profiles alone, parseProfile(json) none', async (t) => {
  t.is((await parseProfile(extending('ideal', 'a'), 'text')).gMinMicrosiemens, 0);
  const path = await t.throwsAsync(parseProfile(extending('./b.json', 'a'), 'text'));
  t.is(
    path?.message,
    'text:4:14: /extends: must be a shipped profile\'s name in a profile without a file, got "./b.json"; save it beside the one that it extends',
  );
  const json = await t.throwsAsync(parseProfile(JSON.parse(extending('ideal', 'a')), 'profile.json'));
  t.is(
    json?.message,
    'profile.json: /extends: must be absent in a profile that is embedded whole, got "ideal"; load it from its file',
  );
});
