import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readText, writeFileAtomic } from '../../src/core/files.ts';
import { type FitOptions, fitProfile } from '../../src/flow/profile-fit.ts';
import { check } from '../../src/flow/profile-jobs.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { simulatedCsv } from '../support/simulated-cells.ts';

const folder = await mkdtemp(join(tmpdir(), 'holdfast-profile-fit-'));
test.after.always(() => rm(folder, { recursive: true }));
const place = (name: string) => join(folder, name);

const OPTIONS = { form: 'auto', confidence: 0.95, seed: 1, force: false } as const;

async function fitted(csv: string, name: string, more: Partial<FitOptions> = {}) {
  const data = place(`${name}.csv`);
  await writeFileAtomic(data, csv);
  return fitProfile({ ...OPTIONS, data, out: place(`${name}.json`), ...more });
}

test('fitProfile(data) writes a valid profile that holds what was measured, with intervals and provenance', async (t) => {
  const figures = place('whole.html');
  const result = await fitted(simulatedCsv(600, 1), 'whole', { figures, like: 'pcm-nandakumar-2019' });
  t.is(result.cells, 600);
  t.deepEqual(result.ages, [0, 3600, 86_400]);
  t.deepEqual(
    result.warnings.filter((warning) => !warning.includes('should')),
    ['the reference read is taken to be 20 s after writing; give --reference-time if it was not'],
  );
  const { accepted, files } = await check([result.out]);
  t.true(accepted);
  t.deepEqual(
    files[0]!.faults.filter(({ severity }) => severity === 'error'),
    [],
  );
  const profile = await loadProfile(result.out);
  t.is(profile.name, 'whole');
  t.deepEqual(
    [profile.gMinMicrosiemens, profile.gMaxMicrosiemens, profile.validity.toSeconds],
    [2.5, 25, 86_400],
  );
  t.is(profile.converters.adc.bits, 8);
  t.regex(profile.provenance.source, /^Measurements of whole\.csv \(sha-256 [0-9a-f]{64}\)$/u);
  t.regex(profile.provenance.taken, /writing\.std: polynomial of order \d, .*\[.*\]/u);
  t.true(profile.provenance.taken.length <= 2000);
  t.true(profile.provenance.notModelled.some((line) => line.includes('those of pcm-nandakumar-2019')));
  for (const { parameter, states } of result.parameters) {
    const law = {
      'writing.std': profile.writing!.std,
      'writing.meanShift': profile.writing!.meanShift,
      'drift.exponentMean': profile.drift!.exponentMean,
      'drift.exponentStd': profile.drift!.exponentStd,
      'readNoise.std': profile.readNoise!.std,
    }[parameter]!;
    for (const { x, seconds, value } of states) {
      t.true(
        Math.abs(law.at(x, seconds) - value) < 1e-4 * Math.max(1, Math.abs(value)),
        `${parameter} at ${x}`,
      );
    }
  }
  t.regex(await readText(figures), /Errors of written cells/u);
});

test('fitProfile(data) twice gives the same bytes', async (t) => {
  const csv = simulatedCsv(100, 2);
  const first = await readText((await fitted(csv, 'same')).out);
  t.is(await readText((await fitted(csv, 'same', { force: true })).out), first);
});

test('fitProfile(one read an age) leaves out what was not measured, and says so', async (t) => {
  const result = await fitted(simulatedCsv(200, 3, [[0, 1]]), 'written-only');
  t.deepEqual(
    result.refused.map(({ parameter }) => parameter),
    ['drift.exponentMean', 'drift.exponentStd', 'readNoise.std'],
  );
  const profile = await loadProfile(result.out);
  t.is(profile.drift, null);
  t.is(profile.readNoise, null);
  t.is(profile.validity.toSeconds, 0);
  t.true(profile.provenance.notModelled.includes('readNoise.std: no cell is read twice at one age'));
  t.is(profile.converters.adc.bits, null);
});

test('fitProfile(data) refuses too few cells, bad ranges, bad names and existing files, and writes nothing', async (t) => {
  const message = async (csv: string, name: string, more: Partial<FitOptions> = {}) => {
    const error = await t.throwsAsync(fitted(csv, name, more));
    if (name !== 'same-again') await t.throwsAsync(readText(place(`${name}.json`)));
    return error?.message.replaceAll(`${folder}/`, '');
  };
  const csv = simulatedCsv(100, 2, [[0, 1]]);
  t.is(
    await message(simulatedCsv(5, 1), 'few'),
    'few.csv: must support at least the spread of writing, got 5 cells are read at the first age (0 s), fewer than 20; read at least 20 cells at that age, over several targets',
  );
  t.is(
    await message(csv, 'low', { gMax: 20 }),
    '--g-max: must be at least the greatest target (25 uS), got 20; raise it',
  );
  const unit = 'give it, or check the unit of target_uS';
  const zeros = ['target_uS,seconds,measured_uS', ...Array.from({ length: 30 }, (_, i) => `0,0,0.${i}`)];
  t.is(
    await message(zeros.join('\n'), 'nought'),
    `--g-max: must be from 1e-9 to 1000000000 uS, got 0 uS, the greatest target; ${unit}`,
  );
  t.is(
    await message(csv, 'high', { gMin: 3 }),
    '--g-min: must be at most the least target (2.5 uS) and below gMax (25 uS), got 3; lower it',
  );
  t.is(
    await message(csv, 'Bad Name'),
    'Bad Name.json: must be named by words of a-z and 0-9 joined by "-" and end in .json, got "Bad Name.json"; choose a name like rram-smith-2026.json',
  );
  t.is(
    await message(csv, 'picture', { figures: 'x.png' }),
    '--figures: must be an .svg or .html file, got "x.png"; choose one of them',
  );
  t.is(
    await message(csv, 'at-once', { referenceTime: 0 }),
    '--reference-time: must be from 1e-12 to 1000000000000000 s, got 0 s; give the time from writing to the reference read',
  );
  const figures = place('kept.svg');
  await writeFileAtomic(figures, 'kept');
  t.is(
    await message(csv, 'kept', { figures }),
    'kept.svg: must not exist yet, got an existing one; choose another --figures or pass --force',
  );
  t.is(await readText(figures), 'kept');
  await fitted(csv, 'same-again');
  t.is(
    await message(csv, 'same-again'),
    'same-again.json: must not exist yet, got an existing one; choose another --out or pass --force',
  );
});

test('fitProfile(one target) holds its laws and asks for the range', async (t) => {
  const csv = simulatedCsv(400, 2, [[0, 1]])
    .split('\n')
    .filter((line, i) => i === 0 || line.startsWith('10,'))
    .join('\n');
  const { warnings, out } = await fitted(csv, 'one-target');
  t.true(warnings.includes('one target says nothing of the range: gMin is taken to be 0 uS; give --g-min'));
  t.is((await loadProfile(out)).writing!.std.form, 'constant');
});
