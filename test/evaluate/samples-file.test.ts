import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError, SurroundingsError, UsageError } from '../../src/core/errors.ts';
import { sampleKey } from '../../src/evaluate/sample.ts';
import { openSamples } from '../../src/evaluate/samples-file.ts';
import { syntheticRun } from '../support/run-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { samples } = syntheticRun({ chips: 2, examples: 8 });

test('openSamples: rows appended are there when it is opened again', async (t) => {
  const path = join(await temporaryFolder(t), 'samples.jsonl');
  const first = await openSamples(path);
  t.deepEqual(first.samples, []);
  await first.append(samples.slice(0, 2));
  await first.append(samples.slice(2, 3));
  await first.close();
  const second = await openSamples(path);
  t.deepEqual(second.samples, samples.slice(0, 3));
  await second.close();
});

test('openSamples: one at a time, and what it locks is free again once it is closed', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'samples.jsonl');
  const first = await openSamples(path);
  await t.throwsAsync(openSamples(path), { instanceOf: UsageError });
  await first.append(samples.slice(0, 1));
  await first.close();
  t.deepEqual(await readdir(folder), ['samples.jsonl']);
  const second = await openSamples(path);
  t.deepEqual(second.samples, samples.slice(0, 1));
  await second.close();
});

test('openSamples: a torn last line is cut off, whether or not it parses, and the rest stays byte for byte', async (t) => {
  const path = join(await temporaryFolder(t), 'samples.jsonl');
  const lines = samples.map((sample) => JSON.stringify(sample));
  const whole = `${lines[0]}\n${lines[1]}\n`;
  for (const torn of [lines[2]!.slice(0, 40), lines[2]!, '\u{1f9ea}']) {
    await writeFile(path, whole + torn);
    const file = await openSamples(path);
    t.deepEqual(file.samples, samples.slice(0, 2));
    await file.append(samples.slice(2, 4));
    await file.close();
    t.is(await readFile(path, 'utf8'), `${whole}${lines[2]}\n${lines[3]}\n`);
  }
});

test('openSamples: refuses a broken line that is not the last, a row that is there twice, and a place that is none', async (t) => {
  const path = join(await temporaryFolder(t), 'samples.jsonl');
  const line = JSON.stringify(samples[0]);
  await writeFile(path, `${line}\n{"arm"\n`);
  await t.throwsAsync(openSamples(path), {
    instanceOf: BadFileError,
    message: `${path}:2: must be one JSON object, got {"arm"; restore or delete the line`,
  });
  await writeFile(path, `${line}\n${line}\n`);
  await t.throwsAsync(openSamples(path), {
    instanceOf: BadFileError,
    message: `${path}:2: each (arm, chip, seconds, noise, read, source) must occur once, got ${sampleKey(samples[0]!)} again after line 1; delete one of the two lines`,
  });
  const below = join(path, 'samples.jsonl');
  await t.throwsAsync(openSamples(below), {
    instanceOf: SurroundingsError,
    message: `${below}: cannot write: a part of the path is a file, not a folder; check the path`,
  });
});
