import { UsageError } from '../core/errors.ts';
import type { Condition, RunRecord } from './run-record.ts';
import { type Sample, sampleKey } from './sample.ts';

/** One cell of the plan for all arms at once: one chip (null = the clean model) in one condition. */
export interface Job {
  readonly chip: number | null;
  readonly seconds: number;
  readonly noise: number;
  readonly read: number;
  readonly source: string;
  /** The arms whose row is still to be made. */
  readonly arms: readonly string[];
}

/** Every combination of times and noises; or, with `cross`, the times at noise 1 and the noises at the first time. */
export function conditions(times: readonly number[], noises: readonly number[], cross: boolean): Condition[] {
  const pairs = cross
    ? [
        ...times.map((seconds) => ({ seconds, noise: 1 })),
        ...noises.map((noise) => ({ seconds: times[0]!, noise })),
      ]
    : times.flatMap((seconds) => noises.map((noise) => ({ seconds, noise })));
  const seen = new Set<string>();
  return pairs.filter(({ seconds, noise }) => {
    const key = `${seconds}/${noise}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** All jobs of a run, the clean model first, then chip by chip. */
export function planJobs(run: RunRecord, baseline: boolean): Job[] {
  const arms = run.arms.map((arm) => arm.arm);
  const jobs: Job[] = baseline ? [{ chip: null, seconds: 0, noise: 0, read: 0, source: 'all', arms }] : [];
  for (const chip of run.chips) {
    for (const source of run.sources) {
      for (const { seconds, noise } of run.conditions) {
        for (let read = 0; read < run.reads; read++) jobs.push({ chip, seconds, noise, read, source, arms });
      }
    }
  }
  return jobs;
}

/** What is left of the jobs once the rows that exist are taken out. */
export function remainingJobs(jobs: readonly Job[], samples: readonly Sample[]): Job[] {
  const done = new Set(samples.map(sampleKey));
  return jobs
    .map((job) => ({ ...job, arms: job.arms.filter((arm) => !done.has(sampleKey({ ...job, arm }))) }))
    .filter((job) => job.arms.length > 0);
}

/** Part i of n of the jobs (i from 1): every n-th one, so that shards take about equally long. */
export function shardOf(jobs: readonly Job[], shard: { readonly index: number; readonly of: number }): Job[] {
  if (!(shard.index >= 1 && shard.index <= shard.of)) {
    throw new UsageError(
      '--shard',
      `must be i/n with 1 <= i <= n, got ${shard.index}/${shard.of}; count shards from 1`,
    );
  }
  return jobs.filter((_, position) => position % shard.of === shard.index - 1);
}
