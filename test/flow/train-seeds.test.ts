import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { train } from '../../src/flow/train.ts';
import { trainSeeds } from '../../src/flow/train-seeds.ts';
import { filesOf, folderOf, jobIn, stopAfter } from '../support/train-job.ts';

test('trainSeeds: mean and interval over the seeds; stopped and resumed it gives the same bytes, and more seeds can be added', async (t) => {
  const folder = await folderOf(t);
  const job = { ...jobIn(folder, 'whole', { method: 'head', steps: 2, seed: 3 }), seeds: 2 };
  const whole = await trainSeeds(job);
  t.deepEqual(whole.seeds, [3, 4]);
  const values = whole.runs.map((run) => run.metrics.accuracy!);
  const { accuracy } = whole.metrics;
  t.deepEqual(accuracy!.values, values);
  t.is(accuracy!.mean, (values[0]! + values[1]!) / 2);
  // Student's t of one degree of freedom at 97.5 %.
  const half = (12.706204736 * accuracy!.std!) / Math.SQRT2;
  t.true(Math.abs(accuracy!.high! - accuracy!.mean! - half) < 1e-9);
  const single = await train(jobIn(folder, 'single', { method: 'head', steps: 2, seed: 4 }));
  t.deepEqual(await filesOf(join(whole.out, 'seed-4')), await filesOf(single.out));

  const again = { ...job, out: join(folder, 'broken') };
  await t.throwsAsync(trainSeeds({ ...again, ...stopAfter(3) }), { code: 'interrupted' });
  const { seeds } = await trainSeeds({ ...again, resume: true });
  t.deepEqual(seeds, [3, 4]);
  for (const seed of seeds) {
    const name = `seed-${seed}`;
    t.deepEqual(await filesOf(join(again.out, name)), await filesOf(join(whole.out, name)));
  }
  const metrics = await readFile(join(whole.out, 'metrics.json'), 'utf8');
  t.is(await readFile(join(again.out, 'metrics.json'), 'utf8'), metrics);
  const more = await trainSeeds({ ...again, seeds: 3, resume: true });
  t.deepEqual(more.seeds, [3, 4, 5]);
  t.deepEqual(more.metrics.accuracy!.values.slice(0, 2), values);
});
