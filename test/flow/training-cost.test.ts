import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { train } from '../../src/flow/train.ts';
import { readCost } from '../../src/flow/training-cost.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesOf, folderOf, interrupted, jobIn } from '../support/train-job.ts';

test('train: with a meter what it cost goes into a file of its own, added up over a run that was stopped', async (t) => {
  const folder = await folderOf(t);
  let now = 0;
  const meter = {
    seconds: () => {
      now += 1;
      return now;
    },
    peakMemoryBytes: () => 4096,
  };
  const plain = await train(jobIn(folder, 'plain', { method: 'head', steps: 3 }));
  t.is(plain.cost, null);
  const job = jobIn(folder, 'metered', { method: 'head', steps: 3, meter });
  await interrupted(t, job, 2);
  const first = JSON.parse(await readFile(join(job.out, 'cost.json'), 'utf8')) as { seconds: number };
  const { cost } = await train({ ...job, resume: true });
  t.true(cost!.seconds > first.seconds);
  t.is(cost!.peakMemoryBytes, 4096);
  t.deepEqual(await repeatable(job.out), await repeatable(plain.out));
});

/** A folder's files but what a run cost. */
async function repeatable(folder: string): Promise<Record<string, string>> {
  const { 'cost.json': _, ...files } = await filesOf(folder);
  return files;
}

test('readCost: null without the file; another text is refused', async (t) => {
  const folder = await temporaryFolder(t);
  t.is(await readCost(folder), null);
  const path = join(folder, 'cost.json');
  for (const text of ['{', 'null', '{"seconds":"1","peakMemoryBytes":2}']) {
    await writeFile(path, text);
    await t.throwsAsync(readCost(folder), {
      instanceOf: BadFileError,
      message: `${path}: must hold "seconds" and "peakMemoryBytes" as numbers of at least 0, got other text; remove it`,
    });
  }
});
