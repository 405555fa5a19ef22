import test from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { conditions, planJobs, remainingJobs, shardOf } from '../../src/evaluate/plan.ts';
import { sampleKey } from '../../src/evaluate/sample.ts';
import { syntheticRun } from '../support/run-fixture.ts';

test('conditions: the grid, or the cross through noise 1 and the first time; none twice', (t) => {
  t.deepEqual(conditions([0, 60], [1, 2], false), [
    { seconds: 0, noise: 1 },
    { seconds: 0, noise: 2 },
    { seconds: 60, noise: 1 },
    { seconds: 60, noise: 2 },
  ]);
  t.deepEqual(conditions([0, 60], [0.5, 1, 2], true), [
    { seconds: 0, noise: 1 },
    { seconds: 60, noise: 1 },
    { seconds: 0, noise: 0.5 },
    { seconds: 0, noise: 2 },
  ]);
  t.deepEqual(conditions([5, 5], [1, 1], false), [{ seconds: 5, noise: 1 }]);
});

const { run, samples } = syntheticRun({ chips: 3, reads: 2, sources: ['all', 'drift'], examples: 8 });

test('planJobs: each cell of the plan once, the clean model first', (t) => {
  const jobs = planJobs(run, true);
  const [clean] = jobs;
  const arms = run.arms.map(({ arm }) => arm);
  t.deepEqual(clean, { chip: null, seconds: 0, noise: 0, read: 0, source: 'all', arms });
  t.is(jobs.length, 1 + 3 * run.conditions.length * 2 * 2);
  t.deepEqual(planJobs(run, false), jobs.slice(1));
  const planned = jobs.flatMap((job) => job.arms.map((arm) => sampleKey({ ...job, arm })));
  t.is(new Set(planned).size, planned.length);
  // Another hand's list of the same cells.
  t.deepEqual(planned.sort(), samples.map(sampleKey).sort());
});

test('remainingJobs: what is there is not made again, arm by arm', (t) => {
  const jobs = planJobs(run, true);
  t.deepEqual(remainingJobs(jobs, []), jobs);
  t.deepEqual(remainingJobs(jobs, samples), []);
  const missing = samples[17]!;
  const { arm, chip, seconds, noise, read, source } = missing;
  t.deepEqual(
    remainingJobs(
      jobs,
      samples.filter((sample) => sample !== missing),
    ),
    [{ chip, seconds, noise, read, source, arms: [arm] }],
  );
});

test('shardOf: the shards of a plan together are the plan, and about equally long', (t) => {
  const jobs = planJobs(run, true);
  for (const of of [1, 2, 5]) {
    const shards = Array.from({ length: of }, (_, i) => shardOf(jobs, { index: i + 1, of }));
    t.is(new Set(shards.flat()).size, jobs.length);
    t.is(shards.flat().length, jobs.length);
    const lengths = shards.map((shard) => shard.length);
    t.true(Math.max(...lengths) - Math.min(...lengths) <= 1);
  }
});

test('shardOf: refuses a part that is not of the whole', (t) => {
  for (const [index, of] of [
    [0, 2],
    [3, 2],
  ] as const) {
    t.throws(() => shardOf([], { index, of }), {
      instanceOf: UsageError,
      message: `--shard: must be i/n with 1 <= i <= n, got ${index}/${of}; count shards from 1`,
    });
  }
});
