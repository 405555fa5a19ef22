import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';
import { trainSeeds } from '../../src/flow/train-seeds.ts';
import { allFilesOf, filesOf, folderOf, jobIn, stopAfter } from '../support/train-job.ts';

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

/** A quick job: the test's own data on a BERT of two tiny layers. */
function tinyJob(folder: string, out: string, more: Partial<TrainJob> = {}) {
  const model = join(packageRoot(), 'test/fixtures/hf/bert');
  return { ...jobIn(folder, out, { model, method: 'head', steps: 1, ...more }), seeds: 2 };
}

test('trainSeeds: resumes only what earlier runs of seeds left; anything else is refused and stays as it was', async (t) => {
  const folder = await folderOf(t);
  const refused = async (job: ReturnType<typeof tinyJob>, message: string, instanceOf = UsageError) => {
    const before = await allFilesOf(job.out);
    await t.throwsAsync(trainSeeds(job), { instanceOf, message });
    t.deepEqual(await allFilesOf(job.out), before);
  };
  const foreign = tinyJob(folder, 'foreign', { resume: true });
  const none = `${foreign.out}: must hold a seeds.json to resume from, got none; start anew without --resume`;
  await t.throwsAsync(trainSeeds(foreign), { instanceOf: UsageError, message: none });
  await mkdir(join(foreign.out, 'seed-1'), { recursive: true });
  await refused(foreign, none);
  await writeFile(join(foreign.out, 'seed-1', 'thesis.txt'), 'precious');
  await writeFile(join(foreign.out, 'metrics.json'), '{}');
  await refused(foreign, none);
  await writeFile(join(foreign.out, 'seeds.json'), '{"seeds": [1, "two"]}');
  await refused(
    foreign,
    `${join(foreign.out, 'seeds.json')}: must hold "seeds", a list of whole numbers, got other text; train again`,
    BadFileError,
  );
  await writeFile(join(foreign.out, 'seeds.json'), '{"seeds": [1, 2]}');
  await refused(
    foreign,
    `${join(foreign.out, 'seed-1')}: must hold a checkpoint.safetensors to resume from, or nothing, got other files; move them away`,
  );
  // Somebody's data, not the log of a run that was killed.
  const data = tinyJob(folder, 'mine', { resume: true });
  await mkdir(join(data.out, 'seed-2'), { recursive: true });
  await writeFile(join(data.out, 'seeds.json'), '{"seeds": [1, 2]}');
  await writeFile(join(data.out, 'seed-2', 'training.jsonl'), '{"text": "fine", "label": "yes"}\n');
  await refused(
    data,
    `${join(data.out, 'seed-2')}: must hold a checkpoint.safetensors to resume from, or nothing, got other files; move them away`,
  );

  const single = tinyJob(folder, 'single');
  await train(single);
  await refused(
    { ...single, resume: true },
    `${single.out}: must hold the runs of several seeds (with seeds.json) to resume with --seeds, got a single run; leave --seeds out, or choose another --out`,
  );
});

test('trainSeeds: what is refused leaves an --out as it was, or absent', async (t) => {
  const folder = await folderOf(t);
  const bad: Partial<TrainJob> = { method: 'grasp', groups: 100_000 };
  const message = /^--groups: must be a whole number in 1\.\.12 /;
  const fresh = tinyJob(folder, 'new', bad);
  await t.throwsAsync(trainSeeds(fresh), { instanceOf: UsageError, message });
  t.deepEqual(await readdir(folder), ['data']);

  const kept = tinyJob(folder, 'kept');
  await train(kept);
  const before = await filesOf(kept.out);
  await t.throwsAsync(trainSeeds({ ...kept, ...bad, force: true }), { instanceOf: UsageError, message });
  t.deepEqual(await filesOf(kept.out), before);

  const seeds = tinyJob(folder, 'seeds');
  await trainSeeds(seeds);
  const all = await allFilesOf(seeds.out);
  const refused = async (more: object, expected: string, instanceOf = UsageError) => {
    await t.throwsAsync(trainSeeds({ ...seeds, resume: true, ...more }), { instanceOf, message: expected });
    t.deepEqual(await allFilesOf(seeds.out), all);
  };
  await refused(
    { seeds: 1 },
    `--seeds: must take in each seed that ${seeds.out} has (1, 2), got 1; ask for those too, or choose another --out`,
  );
  const plan =
    'must be a checkpoint of the same model, data, options and seed, got another plan; repeat the options of the first run, or start anew with --force';
  // Each seed's folder is looked at, not the first alone.
  const last = join(seeds.out, 'seed-2', 'checkpoint.safetensors');
  await refused({ seeds: 3, lr: 1 }, `${last}: ${plan}`, BadFileError);
  await cp(join(seeds.out, 'seed-1', 'checkpoint.safetensors'), last);
  await t.throwsAsync(trainSeeds({ ...seeds, resume: true }), { message: `${last}: ${plan}` });
  t.true((await readdir(seeds.out)).includes('metrics.json'));

  await t.throwsAsync(train({ ...seeds, resume: true }), {
    instanceOf: UsageError,
    message: `${seeds.out}: must hold a checkpoint.safetensors to resume from, got the runs of several seeds; pass --seeds as the first time`,
  });
});
