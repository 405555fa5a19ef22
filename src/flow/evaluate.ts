import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Compensation } from '../chip/compensation.ts';
import { parseSource } from '../chip/sources.ts';
import { refuseLiveReads } from '../chip/wired-cells.ts';
import { bundleAt, readBundle } from '../compile/bundle.ts';
import { UsageError } from '../core/errors.ts';
import { readText, stableJson, writeFileAtomic } from '../core/files.ts';
import { namesIn } from '../core/outputs.ts';
import type { Progress } from '../core/progress.ts';
import type { Columns } from '../data/custom-rows.ts';
import { planJobs, shardOf } from '../evaluate/plan.ts';
import { runJobs } from '../evaluate/run.ts';
import type { RunRecord } from '../evaluate/run-record.ts';
import { loadModel, modelPath } from '../model/load.ts';
import { checkAge } from '../profile/cell-laws.ts';
import { machineFacts } from '../runtime/machine.ts';
import { openEngine } from '../runtime/open.ts';
import { checkIdeal } from './check-ideal.ts';
import { classesOfArms } from './classes-of-arms.ts';
import { evaluationData, openTask, reportedSplit } from './encode-task.ts';
import { idlePlanOptions } from './idle-plan-options.ts';
import { parseRun } from './read-run.ts';
import { type NamedBundle, planRecord } from './run-plan.ts';
import { sliceCost } from './slice-cost.ts';
import { splitSha256 } from './training-plan.ts';

/** Which bundles `evaluate` runs, on which chips, at which ages and noise scales. */
export interface EvaluateJob {
  readonly bundles: readonly string[];
  /** The model that the bundles were compiled from, where it is a folder; default: the embedded one that they name. */
  readonly model?: string;
  /** Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. */
  readonly tokenizer?: string;
  readonly task: string;
  readonly data?: string;
  /** Names of the columns of task `custom`. */
  readonly columns?: Columns;
  readonly chips: number;
  readonly at: readonly number[];
  readonly noise: readonly number[];
  readonly cross: boolean;
  readonly out: string;
  readonly baseline: boolean;
  readonly limit?: number;
  readonly read: 'frozen' | 'live';
  readonly reads: number;
  readonly shard?: { readonly index: number; readonly of: number };
  readonly compensate: Compensation;
  /** Sources of error to leave on alone, one run of the plan each, instead of all together. */
  readonly ablate?: readonly string[];
  readonly seed: number;
  /** Of all chips, kelvin; default: each profile's reference. */
  readonly temperature?: number;
  /** Write cycles that each cell of all chips has been through; default: fresh cells. */
  readonly cycles?: number;
  readonly jobs: number;
  readonly engine: 'onnxruntime' | 'tfjs-node';
  /** More to say of the run in its record: how it was trained, a probe. */
  readonly remarks?: Pick<RunRecord, 'training' | 'probe' | 'command'>;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface EvaluateResult {
  readonly out: string;
  readonly arms: readonly string[];
  readonly chips: number;
  readonly rows: number;
  readonly resumedRows: number;
  readonly idealCheck: RunRecord['idealCheck'];
  readonly lines: readonly string[];
}

/**
 * Runs bundles on simulated chips. The plan goes into `run.json`, a row a finished cell of it into `samples.jsonl`. A
 * run that was stopped, by whatever, is gone on with by the same call and ends in the same rows.
 *
 * @throws UsageError if `out` holds a run of another plan, a bundle has no head for the task, or live reads meet wires.
 */
export async function evaluate(job: EvaluateJob): Promise<EvaluateResult> {
  const { progress, out } = job;
  for (const source of job.ablate ?? []) parseSource(source);
  checkSize(job);
  await refuseOtherFolder(out);
  progress.stage('load');
  const arms = await namedBundles(job.bundles, job.temperature ?? null, job.cycles ?? null);
  for (const { bundle } of arms) for (const seconds of job.at) checkAge(bundle.program.profile, seconds);
  if (job.read === 'live') {
    for (const { bundle } of arms) refuseLiveReads(bundle.program.profile, bundle.program.options.mapping);
  }
  const engine = await openEngine(job.engine);
  const model = await loadModel(job.model ?? namedModel(arms[0]!), job.tokenizer);
  const task = await openTask(job.task, job.data, job.columns);
  const split = reportedSplit(task);
  const data = evaluationData(model, task, split, job.limit);
  const classes = classesOfArms(arms, model, task);

  progress.stage('check that the ideal chip is the digital model');
  const ideal = await checkIdeal(
    engine,
    arms.map(({ bundle }) => bundle),
  );
  if (!ideal.passed)
    progress.warn(
      `the ideal chip differs from the digital model by ${ideal.maxAbsoluteError}, more than ${ideal.bound}; do not trust this run`,
    );
  const programs = arms.map(({ bundle }) => bundle.program);
  for (const line of idlePlanOptions(job, programs)) progress.warn(line);
  for (const { arm, bundle } of arms) {
    const cost = sliceCost(arm, bundle.program);
    if (cost !== null) progress.warn(cost);
  }
  const run = planRecord(job, arms, {
    task,
    split,
    examples: data.labels.length,
    data: splitSha256(data),
    engine,
    ideal,
    machine: await machineFacts(),
  });
  await fixPlan(join(out, 'run.json'), run);

  const all = planJobs(run, job.baseline);
  const jobs = job.shard === undefined ? all : shardOf(all, job.shard);
  const setup = {
    engine: job.engine,
    arms: arms.map(({ arm, folder }) => ({ arm, folder, classes: classes.get(arm)! })),
    data,
    compensate: job.compensate,
    readMode: job.read,
    kelvin: job.temperature ?? null,
    cycles: job.cycles ?? null,
    threads: 1,
  };
  const { before, made } = await runJobs(
    join(out, 'samples.jsonl'),
    jobs,
    setup,
    job.jobs,
    progress,
    job.signal,
  );
  return {
    out,
    arms: arms.map(({ arm }) => arm),
    chips: job.chips,
    rows: before + made,
    resumedRows: before,
    idealCheck: ideal,
    lines: [
      `${before + made} rows of ${arms.length} arms on ${job.chips} chips${before > 0 ? ` (${before} were there)` : ''}`,
      `run in ${out}; "holdfast report ${out} --out ${out}-report" draws it`,
    ],
  };
}

async function namedBundles(
  folders: readonly string[],
  kelvin: number | null,
  cycles: number | null,
): Promise<NamedBundle[]> {
  const arms: NamedBundle[] = [];
  for (const folder of folders) {
    const arm = basename(resolve(folder));
    if (arms.some((other) => other.arm === arm)) {
      throw new UsageError(
        folder,
        `must have a folder name of its own, got "${arm}" twice; rename one, for arms are named by their folders`,
      );
    }
    arms.push({
      arm,
      folder: resolve(folder),
      bundle: await bundleAt(await readBundle(folder), kelvin, cycles),
    });
  }
  return arms;
}

/** Bundles hold no path, so of a model in a folder they know the name only. */
function namedModel({ arm, bundle }: NamedBundle): string {
  const { name } = bundle.manifest.sources.model;
  if (modelPath(name) === undefined) return name;
  throw new UsageError(
    '--model',
    `must be the folder of model "${name}", from which bundle "${arm}" was compiled, got none; its tokenizer is needed: pass --model`,
  );
}

/** Rows of a plan at most: it is held in memory, and no report reads more. */
const MOST_ROWS = 1_000_000;

/** @throws UsageError for seeds of chips that are not exact, or more rows than a run can hold. */
function checkSize({ bundles, seed, chips, at, noise, reads, ablate }: EvaluateJob): void {
  if (seed > Number.MAX_SAFE_INTEGER - (chips - 1)) {
    throw new UsageError(
      '--seed',
      `must leave room below 2^53 for the seeds of ${chips} chips, got ${seed}; choose a smaller one`,
    );
  }
  const rows = bundles.length * chips * at.length * noise.length * reads * Math.max(1, ablate?.length ?? 1);
  if (rows > MOST_ROWS) {
    throw new UsageError(
      '--chips',
      `times arms, ages, noise scales, reads and sources must be at most ${MOST_ROWS} rows, got ${rows}; ask for fewer`,
    );
  }
}

/** A run goes into a new or empty folder, or into one that is a run: among other files it would be lost. */
async function refuseOtherFolder(out: string): Promise<void> {
  if (existsSync(join(out, 'run.json'))) return;
  const names = await namesIn(out, 'read');
  if (names.length > 0) {
    throw new UsageError(
      out,
      `must be a new or empty folder, or one with a run.json, got one with ${names[0]}; choose another --out`,
    );
  }
}

/** Writes the plan of a new run, or makes sure that the run that is there has the same. */
async function fixPlan(path: string, run: RunRecord): Promise<void> {
  const text = stableJson(run);
  if (!existsSync(path)) {
    await writeFileAtomic(path, text);
    return;
  }
  const there = await readText(path);
  if (there === text) return;
  const old = parseRun(there, path) as unknown as Record<string, unknown>;
  const now = JSON.parse(text) as Record<string, unknown>;
  const changed = Object.keys({ ...old, ...now }).filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  );
  throw new UsageError(
    path,
    `must be of the same plan to go on with, got other ${changed.join(', ')}; repeat the first command, or choose another --out`,
  );
}
