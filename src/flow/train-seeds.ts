import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MethodName } from '../adapter/adapter.ts';
import { HoldfastError } from '../core/errors.ts';
import { stableJson, surroundingsError, writeFileAtomic } from '../core/files.ts';
import { tInterval } from '../core/intervals.ts';
import { mean, std } from '../core/statistics.ts';
import { type Prepared, prepareTraining } from './prepare-training.ts';
import { begunSeeds, seedFolder } from './seeds-folder.ts';
import { openTraining, type TrainJob, type TrainResult } from './train.ts';
import { trainOne } from './train-one.ts';
import { SEEDS_FILE } from './training-folder.ts';

/** One metric over training seeds, in their order. */
export interface SeedsMetric {
  /** Null where a seed's value is undefined. */
  readonly mean: number | null;
  /** Student's t interval of the mean at 95 %, seeds being the unit; null for one seed. */
  readonly low: number | null;
  readonly high: number | null;
  readonly std: number | null;
  readonly values: readonly (number | null)[];
}

/** Several trainings that differ in their seed alone, with mean and interval of each metric. */
export interface SeedsResult {
  readonly out: string;
  readonly method: MethodName;
  readonly task: string;
  readonly split: string;
  readonly seeds: readonly number[];
  readonly runs: readonly Omit<TrainResult, 'lines'>[];
  readonly metrics: Readonly<Record<string, SeedsMetric>>;
  readonly lines: readonly string[];
}

/**
 * Trains with each of `seeds` seeds from `job.seed` on, in `seed-<n>` folders of `out`, and writes their mean and interval
 * into `metrics.json`. With `resume` each goes on where it was; asking for more seeds then adds them.
 *
 * @throws UsageError, BadFileError: whatever `prepareTraining` and `begunSeeds` refuse, before anything is touched
 */
export async function trainSeeds(job: TrainJob & { readonly seeds: number }): Promise<SeedsResult> {
  const { out, progress } = job;
  const seeds = Array.from({ length: job.seeds }, (_, k) => job.seed + k);
  const begun = job.resume ? await begunSeeds(out, seeds) : [];
  const loaded = await openTraining(job);
  const prepare = (index: number): Promise<Prepared> => {
    const seed = seeds[index]!;
    return prepareTraining(
      { ...job, seed, out: seedFolder(out, seed), resume: begun[index] ?? false },
      loaded,
    );
  };
  // Seeds differ in no option; but each folder that was begun may be of another plan.
  for (const index of seeds.keys()) if (index > 0 && begun[index] === true) await prepare(index);
  let prepared = await prepare(0);
  try {
    if (!job.resume) await rm(out, { recursive: true, force: true });
    await rm(join(out, 'metrics.json'), { force: true });
  } catch (error) {
    throw surroundingsError(out, 'write', error);
  }
  await writeFileAtomic(join(out, SEEDS_FILE), stableJson({ seeds }));
  const runs: Omit<TrainResult, 'lines'>[] = [];
  for (const [index, seed] of seeds.entries()) {
    if (index > 0) prepared = await prepare(index);
    const { lines: _, ...run } = await trainOne(prepared);
    progress.note(
      `seed ${seed}: ${Object.entries(run.metrics)
        .map(([name, value]) => `${name} ${shown(value)}`)
        .join(', ')}`,
    );
    runs.push(run);
    if (job.signal?.aborted && seed !== seeds.at(-1)) {
      throw new HoldfastError(
        'interrupted',
        out,
        `interrupted after seed ${seed} of ${seeds.at(-1)}; go on with --resume`,
      );
    }
  }
  const { method, task, split, examples, ...one } = runs[0]!;
  const metrics = Object.fromEntries(
    Object.keys(one.metrics).map((name) => [name, overSeeds(runs.map((run) => run.metrics[name] ?? null))]),
  );
  await writeFileAtomic(
    join(out, 'metrics.json'),
    stableJson({ task, split, examples, method, seeds, metrics }),
  );
  return {
    out,
    method,
    task,
    split,
    seeds,
    runs,
    metrics,
    lines: [
      `${method} trained with ${seeds.length} seeds: ${one.trainableParameters} numbers each, ${one.trainableParametersWithHead} with the head`,
      ...Object.entries(metrics).map(([name, over]) => `${name} on ${split}: ${intervalText(over)}`),
      `adapters in ${out}/seed-${seeds[0]} to seed-${seeds.at(-1)}`,
    ],
  };
}

/** Mean and interval of a metric over seeds. */
export function overSeeds(values: readonly (number | null)[]): SeedsMetric {
  const defined = values.filter((value) => value !== null);
  if (defined.length < values.length) return { mean: null, low: null, high: null, std: null, values };
  const interval = tInterval(defined);
  return {
    mean: mean(defined),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    std: std(defined),
    values,
  };
}

function intervalText({ mean: centre, low, high, values }: SeedsMetric): string {
  if (centre === null) return `undefined for some of ${values.length} seeds`;
  if (low === null || high === null) return `${shown(centre)} (one seed: no interval)`;
  return `${shown(centre)} (95 % interval over ${values.length} seeds ${shown(low)} to ${shown(high)})`;
}

function shown(value: number | null): string {
  return value === null ? 'undefined' : value.toFixed(4);
}
