import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration } from '../core/duration.ts';
import { UsageError } from '../core/errors.ts';
import { makeFolder, stableJson, surroundingsError, writeFileAtomic } from '../core/files.ts';
import { namesIn, refuseForeignFolder, refuseInputsInside } from '../core/outputs.ts';
import type { Progress } from '../core/progress.ts';
import { loadProfile } from '../profile/load.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { compile } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { writeReport } from './report.ts';
import { type TrainResult, train } from './train.ts';

export interface DemoJob {
  /** Fewer training steps, chips and sentences: shows that it works, not how well. */
  readonly quick: boolean;
  readonly out: string;
  /** The chips' technology: a shipped name or a path. Default: phase-change memory. */
  readonly profile?: string;
  readonly seed: number;
  readonly jobs: number;
  readonly engine: 'onnxruntime' | 'tfjs-node';
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface DemoResult {
  readonly report: string;
  readonly clean: Readonly<Record<string, number | null>>;
  readonly lines: readonly string[];
}

const MODEL = 'use-lite';
const TASK = 'reviews';
export const DEMO_PROFILE = 'pcm-nandakumar-2019';

/** StochGRASP's target spread: the layers' weight error at this noise scale, freshly written. */
const TARGET_NOISE = 2;

/** A demo's folder holds it from the start. */
const MARK = 'demo.json';

const DAY = 86_400;

const FULL = {
  epochs: 4,
  probeEpochs: 4,
  chips: 20,
  limit: 400,
  at: [0, 3600, DAY, 365 * DAY],
  noise: [0.5, 2, 3],
};
const QUICK = { epochs: 1, probeEpochs: 1, chips: 4, limit: 100, at: [0, DAY, 365 * DAY], noise: [2] };

/**
 * The main job on the embedded model and data: trains a frozen probe, GRASP and StochGRASP, compiles both adapters for
 * phase-change memory (or another profile), evaluates them on the same simulated chips, and writes the report.
 */
export async function demo(job: DemoJob): Promise<DemoResult> {
  const { out, seed, progress } = job;
  const size = job.quick ? QUICK : FULL;
  const name = job.profile ?? DEMO_PROFILE;
  const ages = agesWithin(await loadProfile(name), size.at);
  refuseInputsInside(out, { '--profile': name.endsWith('.json') ? name : undefined });
  await clear(out);
  // The mark by which a later demo knows that this folder is its own, whatever becomes of this run.
  await writeFileAtomic(join(out, MARK), stableJson({ madeBy: 'holdfast demo', quick: job.quick, seed }));
  const place = (...parts: string[]) => join(out, ...parts);

  const trainOne = (method: 'head' | 'grasp' | 'stochgrasp', epochs: number): Promise<TrainResult> =>
    train({
      model: MODEL,
      task: TASK,
      method,
      ...(method === 'head' ? {} : { groups: 64 }),
      ...(method === 'stochgrasp' ? { profile: name, targetAt: ages[0]!, targetNoise: TARGET_NOISE } : {}),
      optimizer: 'adamw',
      lr: 5e-3,
      weightDecay: 0,
      warmup: 0.06,
      schedule: 'linear',
      batch: 32,
      epochs,
      seed,
      shuffle: true,
      resume: false,
      engine: job.engine,
      out: place('adapters', method),
      force: true,
      progress,
      ...(job.signal === undefined ? {} : { signal: job.signal }),
    });
  const probe = await trainOne('head', size.probeEpochs);
  const trained = {
    grasp: await trainOne('grasp', size.epochs),
    stochgrasp: await trainOne('stochgrasp', size.epochs),
  };

  const arms = ['grasp', 'stochgrasp'] as const;
  for (const arm of arms) {
    await compile({
      model: MODEL,
      adapter: place('adapters', arm),
      profile: name,
      out: place('bundles', arm),
      deploy: 'digital',
      calibrateOn: TASK,
      seed,
      force: true,
      progress,
    });
  }

  await evaluate({
    bundles: arms.map((arm) => place('bundles', arm)),
    task: TASK,
    chips: size.chips,
    at: ages,
    noise: size.noise,
    cross: true,
    out: place('run'),
    baseline: true,
    limit: size.limit,
    read: 'frozen',
    reads: 1,
    compensate: 'global',
    seed,
    jobs: job.jobs,
    engine: job.engine,
    remarks: {
      probe: { method: 'head', metrics: probe.metrics },
      training: arms.map((arm) => ({
        arm,
        seed,
        epochs: size.epochs,
        steps: trained[arm].steps,
        batch: 32,
        learningRate: 5e-3,
        facts:
          arm === 'stochgrasp'
            ? [
                {
                  name: 'target std',
                  value: `the layers' weight error at noise scale ${TARGET_NOISE}, ${formatDuration(ages[0]!)}`,
                },
              ]
            : [],
      })),
      command: `holdfast demo${job.quick ? ' --quick' : ''}${seed === 1 ? '' : ` --seed ${seed}`}${name === DEMO_PROFILE ? '' : ` --profile ${name}`}`,
    },
    progress,
    ...(job.signal === undefined ? {} : { signal: job.signal }),
  });

  progress.stage('report');
  await writeReport(place('run'), place('report-in-the-making'), { force: true });
  const report = await moveUp(place('report-in-the-making'), out);
  return {
    report,
    clean: {
      head: probe.metrics.accuracy ?? null,
      ...Object.fromEntries(arms.map((arm) => [arm, trained[arm].metrics.accuracy ?? null])),
    },
    lines: [
      ...(await verdictLines(out)),
      `frozen probe ${percent(probe)}, GRASP ${percent(trained.grasp)}, StochGRASP ${percent(trained.stochgrasp)} (clean accuracy, all held-out sentences)`,
      `report: ${report}`,
    ],
  };
}

/** The demo's ages that a profile's source supports, and its last one where they stop short of it. */
export function agesWithin({ validity }: DeviceProfile, ages: readonly number[]): readonly number[] {
  const { fromSeconds: from, toSeconds: to } = validity;
  const kept = ages.filter((t) => t >= from && t <= to);
  const last = kept.at(-1) ?? from;
  return [...(kept.length === 0 ? [from] : kept), ...(to > last && to < ages.at(-1)! ? [to] : [])];
}

/** There is no --force here, so what other commands made is not replaced. */
async function clear(out: string): Promise<void> {
  await refuseForeignFolder(out);
  const names = await namesIn(out, 'replace');
  if (names.length > 0 && !names.includes(MARK)) {
    throw new UsageError(
      out,
      `must be new, empty, or what an earlier demo left (with ${MARK}), got a folder of another command; choose another --out`,
    );
  }
  try {
    await rm(out, { recursive: true, force: true });
    await makeFolder(out);
  } catch (error) {
    throw surroundingsError(out, 'write', error);
  }
}

async function moveUp(from: string, to: string): Promise<string> {
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
  await rm(from, { recursive: true });
  return join(to, 'report.html');
}

/** The report's own verdict, so that screen and page say the same. */
async function verdictLines(out: string): Promise<string[]> {
  const summary = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as { verdict?: string };
  return summary.verdict === undefined ? [] : [summary.verdict];
}

function percent(result: TrainResult): string {
  const value = result.metrics.accuracy;
  return value === null || value === undefined ? 'undefined' : `${(100 * value).toFixed(1)} %`;
}
