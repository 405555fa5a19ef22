import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter, MethodName } from '../adapter/adapter.ts';
import { checkAdapterModel, loadAdapter, saveAdapter } from '../adapter/file.ts';
import { HoldfastError, UsageError } from '../core/errors.ts';
import { readBytes, refuseExisting, refuseForeignFolder, sha256, stableJson, surroundingsError, writeFileAtomic } from '../core/files.ts';
import type { Progress } from '../core/progress.ts';
import { splitOf, type Task } from '../data/task.ts';
import { loadModel } from '../model/load.ts';
import type { Model } from '../model/model.ts';
import { openEngine } from '../runtime/open.ts';
import type { Draw } from '../tune/draws.ts';
import { tune, type TuneOptions } from '../tune/loop.ts';
import { decodeState, encodeState, initialState, type TuneState, withState } from '../tune/state.ts';
import { cleanMetrics } from './clean-metrics.ts';
import { encodeSplit, evaluationData, openTask, reportedSplit } from './encode-task.ts';
import { newAdapter } from './new-adapter.ts';
import { selection } from './selection.ts';

export interface TrainJob {
  readonly model: string;
  readonly task: string;
  readonly data?: string;
  readonly method: MethodName;
  readonly groups: number;
  readonly layers?: string;
  /** StochGRASP's target spread: from a profile at a time and noise scale, or one number for all layers. */
  readonly profile?: string;
  readonly targetAt?: number;
  readonly targetNoise?: number;
  readonly targetStd?: number;
  readonly lambda: number;
  readonly draw: Draw;
  readonly optimizer: 'adamw' | 'sgd';
  readonly lr: number;
  readonly headLr?: number;
  readonly weightDecay: number;
  readonly warmup: number;
  readonly schedule: 'linear' | 'constant';
  readonly batch: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly maxLength?: number;
  readonly seed: number;
  /** A seeded share of dev that chooses the checkpoint (once an epoch); the rest of dev is what is reported. */
  readonly selectOn?: number;
  /** Start from this adapter, which fixes method, groups and layers. */
  readonly adapter?: string;
  readonly shuffle: boolean;
  readonly resume: boolean;
  readonly engine: 'onnxruntime' | 'tfjs-node';
  readonly out: string;
  readonly force: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface TrainResult {
  readonly out: string;
  readonly method: MethodName;
  readonly steps: number;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly split: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly lines: readonly string[];
}

const CHECKPOINT_EVERY = 50;

/**
 * Trains an adapter and its head on a task. Writes `adapter.json`, `adapter.safetensors`, `training.jsonl`,
 * `metrics.json` and `checkpoint.safetensors` into `out`. A run that was stopped goes on with `resume` and ends in the
 * same bytes.
 */
export async function train(job: TrainJob): Promise<TrainResult> {
  const { progress, out } = job;
  if (!job.resume) refuseExisting(out, job.force);
  progress.stage('load');
  const [model, task, engine] = await Promise.all([
    loadModel(job.model),
    openTask(job.task, job.data),
    openEngine(job.engine),
  ]);
  const data = encodeSplit(model, splitOf(task, 'train'), job.maxLength);
  const start = await startingAdapter(job, model, task);
  const stepsAnEpoch = Math.ceil(data.examples.length / job.batch);
  const options: TuneOptions = {
    loss: { kind: task.kind, lambda: job.lambda, draw: job.draw },
    optimizer: { kind: job.optimizer, weightDecay: job.weightDecay },
    schedule: { kind: job.schedule, warmup: job.warmup },
    rate: job.lr,
    headRate: job.headLr ?? job.lr,
    batch: job.batch,
    steps: job.steps ?? (job.epochs ?? 1) * stepsAnEpoch,
    seed: job.seed,
    shuffle: job.shuffle,
  };
  const plan = sha256(stableJson({ options, start: start.options, method: start.method, model: model.sha256, data, engine: engine.name }));
  const place = await openPlace(job, plan, start);
  const chooser = job.selectOn === undefined ? null : selection(model, task, job.selectOn, job.seed, job.maxLength);
  let best: { value: number; adapter: Adapter } | null = null;

  progress.stage(`train ${start.method}`, options.steps);
  progress.advance(place.from.step);
  let latest: TuneState = place.from;
  let adapter: Adapter;
  try {
    adapter = await tune(engine, model, start, data, options, async (log, state) => {
      latest = state;
      await place.log(JSON.stringify(log));
      progress.advance(1, `loss ${log.loss.toFixed(3)}`);
      if (chooser !== null && (state.step % stepsAnEpoch === 0 || state.step === options.steps)) {
        const candidate = withState(start, copyOf(state));
        const value = (await cleanMetrics(engine, model, candidate, chooser.select))[task.metrics[0]!] ?? Number.NEGATIVE_INFINITY;
        if (best === null || value > best.value) best = { value, adapter: candidate };
      }
      if (state.step % CHECKPOINT_EVERY === 0 || state.step === options.steps) await place.checkpoint(state);
      if (job.signal?.aborted) throw new HoldfastError('interrupted', out, `interrupted at step ${state.step} of ${options.steps}; go on with --resume`);
    }, place.from);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'interrupted') await place.checkpoint(latest);
    throw error;
  }
  // With --select-on the best epoch is what is saved; a resumed run only knows the epochs since it resumed.
  adapter = (best as { adapter: Adapter } | null)?.adapter ?? adapter;

  progress.stage('score');
  const split = chooser === null ? reportedSplit(task) : 'dev';
  const scored = chooser?.report ?? evaluationData(model, task, split, undefined, job.maxLength);
  const metrics = await cleanMetrics(engine, model, adapter, scored);
  const stored = await saveAdapter(out, adapter, model, trainingRecord(job, options, task, split, scored.labels.length));
  await writeFileAtomic(join(out, 'metrics.json'), stableJson({ task: task.name, split, examples: scored.labels.length, metrics }));
  const { trainableParameters, trainableParametersWithHead } = stored.file;
  return {
    out,
    method: start.method,
    steps: options.steps,
    trainableParameters,
    trainableParametersWithHead,
    split,
    metrics,
    lines: [
      `${start.method} trained in ${options.steps} steps: ${trainableParameters} numbers, ${trainableParametersWithHead} with the head`,
      ...Object.entries(metrics).map(([name, value]) => `${name} on ${split}: ${value === null ? 'undefined' : value.toFixed(4)}`),
      `adapter in ${out}`,
    ],
  };
}

async function startingAdapter(
  job: TrainJob,
  model: Model,
  task: Task,
): Promise<Adapter> {
  if (job.adapter === undefined) return newAdapter(job, model, task);
  const stored = await loadAdapter(job.adapter);
  checkAdapterModel(stored, model, job.adapter);
  const outputs = task.kind === 'regression' ? 1 : task.labels.length;
  if (stored.adapter.head.outputs !== outputs) {
    throw new UsageError('--adapter', `must have a head of ${outputs} outputs for task "${task.name}", got ${stored.adapter.head.outputs}; start from an adapter of that task`);
  }
  return stored.adapter;
}

/** The output folder while training: its log and its checkpoint. */
async function openPlace(job: TrainJob, plan: string, adapter: Adapter) {
  const checkpoint = join(job.out, 'checkpoint.safetensors');
  const log = join(job.out, 'training.jsonl');
  let from = initialState(adapter);
  try {
    if (job.resume) {
      if (!existsSync(checkpoint)) throw new UsageError(job.out, 'must hold a checkpoint.safetensors to resume from, got none; start without --resume');
      from = decodeState(await readBytes(checkpoint), adapter, plan, checkpoint);
      const lines = (await readFile(log, 'utf8')).split('\n').slice(0, from.step);
      await writeFile(log, lines.map((line) => `${line}\n`).join(''));
    } else {
      await refuseForeignFolder(job.out);
      await rm(job.out, { recursive: true, force: true });
      await mkdir(job.out, { recursive: true });
      await writeFile(log, '');
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw surroundingsError(job.out, 'write', error);
  }
  return {
    from,
    log: async (line: string) => {
      await appendFile(log, `${line}\n`).catch((error: unknown) => {
        throw surroundingsError(log, 'write', error);
      });
    },
    checkpoint: (state: TuneState) => writeFileAtomic(checkpoint, encodeState(state, plan)),
  };
}

function copyOf(state: TuneState): TuneState {
  return { ...state, tensors: state.tensors.map((tensor) => ({ ...tensor, value: Float32Array.from(tensor.value) })) };
}

function trainingRecord(job: TrainJob, options: TuneOptions, task: { name: string }, split: string, examples: number): unknown {
  const { profile, targetAt, targetNoise, targetStd } = job;
  return { task: task.name, scoredOn: { split, examples }, options, target: { profile, targetAt, targetNoise, targetStd } };
}
