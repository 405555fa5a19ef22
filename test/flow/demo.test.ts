import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { agesWithin, demo } from '../../src/flow/demo.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = 86_400;
const AGES = [0, 3600, DAY, 365 * DAY];

test('agesWithin(profile, ages) keeps the ages that a profile supports, and its last one where they stop short of it', async (t) => {
  const within = async (name: string) => agesWithin(await loadProfile(name), AGES);
  t.deepEqual(await within('pcm-nandakumar-2019'), AGES);
  t.deepEqual(await within('generic-gaussian'), AGES);
  t.deepEqual(await within('reram-wan-2022'), [0, 3600, DAY, 2 * DAY]);
});

test('demo: replaces what an earlier demo left, never what another command made', async (t) => {
  const out = await temporaryFolder(t);
  await writeFile(join(out, 'run.json'), '{}');
  const job = {
    quick: true,
    out,
    seed: 1,
    jobs: 1,
    engine: 'onnxruntime',
    progress: silentProgress,
  } as const;
  await t.throwsAsync(demo(job), {
    instanceOf: UsageError,
    message: `${out}: must be new, empty, or what an earlier demo left (with demo.json), got a folder of another command; choose another --out`,
  });
  t.is(await readFile(join(out, 'run.json'), 'utf8'), '{}');
});
