import { join } from 'node:path';
import type { Adapter, MethodName } from '../adapter/adapter.ts';
import { checkAdapterModel, loadAdapter, saveAdapter } from '../adapter/file.ts';
import { initialHead } from '../adapter/head.ts';
import { methodNamed } from '../adapter/methods.ts';
import { HoldfastError, UsageError } from '../core/errors.ts';
import { refuseExisting, refuseForeignFolder, stableJson, writeFileAtomic } from '../core/files.ts';
import type { Progress } from '../core/progress.ts';
import { splitOf, type Task } from '../data/task.ts';
import { loadModel } from '../model/load.ts';
import type { Model } from '../model/model.ts';
import { openEngine } from '../runtime/open.ts';
import type { Draw } from '../tune/draws.ts';
import { type StepLog, type TuneOptions, tune } from '../tune/loop.ts';
import { type TuneState, withState } from '../tune/state.ts';
import { cleanMetrics } from './clean-metrics.ts';
import { encodeSplit, evaluationData, openTask, reportedSplit } from './encode-task.ts';
import { type NewAdapterJob, newAdapter, taskHead, withDraws, withOwnHead } from './new-adapter.ts';
import { selection } from './selection.ts';
import { openTrainingFolder } from './training-folder.ts';
import { trainingPlan } from './training-plan.ts';

export interface TrainJob extends NewAdapterJob {
  readonly model: string;
  /** Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. */
  readonly tokenizer?: string;
  readonly task: string;
  readonly data?: string;
  readonly lambda: number;
  readonly draw: Draw;
  readonly optimizer: 'adamw' | 'sgd';
  /** Learning rate of the adapter (the method's own if absent), and of the head (the adapter's if absent). */
  readonly lr?: number;
  readonly headLr?: number;
  readonly weightDecay: number;
  readonly warmup: number;
  readonly schedule: 'linear' | 'constant';
  readonly batch: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly maxLength?: number;
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
 * `metrics.json` and `checkpoint.safetensors` (with `selectOn` also `best.safetensors`) into `out`. A run that was
 * stopped goes on with `resume` and ends in the same bytes.
 */
export async function train(job: TrainJob): Promise<TrainResult> {
  const { progress, out } = job;
  if (!job.resume) {
    refuseExisting(out, job.force);
    await refuseForeignFolder(out);
  }
  progress.stage('load');
  const [model, task, engine] = await Promise.all([
    loadModel(job.model, job.tokenizer),
    openTask(job.task, job.data),
    openEngine(job.engine),
  ]);
  const data = encodeSplit(model, splitOf(task, 'train'), job.maxLength);
  const start = await startingAdapter(job, model, task);
  const stepsAnEpoch = Math.ceil(data.examples.length / job.batch);
  const rate = job.lr ?? methodNamed(start.method).rate;
  const options: TuneOptions = {
    loss: { kind: task.kind, lambda: job.lambda, draw: job.draw },
    optimizer: { kind: job.optimizer, weightDecay: job.weightDecay },
    schedule: { kind: job.schedule, warmup: job.warmup },
    rate,
    headRate: job.headLr ?? rate,
    batch: job.batch,
    steps: job.steps ?? (job.epochs ?? 1) * stepsAnEpoch,
    seed: job.seed,
    shuffle: job.shuffle,
  };
  const chooser =
    job.selectOn === undefined ? null : selection(model, task, job.selectOn, job.seed, job.maxLength);
  const plan = trainingPlan(model, engine, start, options, data, chooser?.select ?? null);
  const firstChoice = chooser === null ? null : Math.min(stepsAnEpoch, options.steps);
  // Nothing that was there is touched before all that can be refused has been looked at.
  const folder = await openTrainingFolder(out, { resume: job.resume, plan, start, firstChoice });

  progress.stage(`train ${start.method}`, options.steps);
  progress.advance(folder.from.step);
  let latest: TuneState = folder.from;
  let adapter: Adapter;
  const afterStep = async (log: StepLog, state: TuneState): Promise<void> => {
    latest = state;
    await folder.log(JSON.stringify(log));
    progress.advance(1, `loss ${log.loss.toFixed(3)}`);
    if (chooser !== null && (state.step % stepsAnEpoch === 0 || state.step === options.steps)) {
      const metrics = await cleanMetrics(engine, model, withState(start, state), chooser.select);
      await folder.offer(state, metrics[task.metrics[0]!] ?? Number.NEGATIVE_INFINITY);
    }
    if (state.step % CHECKPOINT_EVERY === 0 || state.step === options.steps) await folder.checkpoint(state);
    if (job.signal?.aborted) {
      throw new HoldfastError(
        'interrupted',
        out,
        `interrupted at step ${state.step} of ${options.steps}; go on with --resume`,
      );
    }
  };
  try {
    adapter = await tune(engine, model, start, data, options, afterStep, folder.from);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'interrupted') await folder.checkpoint(latest);
    throw error;
  }
  if (chooser !== null) adapter = withState(start, await folder.best());

  progress.stage('score');
  const split = chooser === null ? reportedSplit(task) : 'dev';
  const scored = chooser?.report ?? evaluationData(model, task, split, undefined, job.maxLength);
  const metrics = await cleanMetrics(engine, model, adapter, scored);
  const stored = await saveAdapter(
    out,
    adapter,
    model,
    trainingRecord(job, options, task, split, scored.labels.length),
  );
  await writeFileAtomic(
    join(out, 'metrics.json'),
    stableJson({ task: task.name, split, examples: scored.labels.length, metrics }),
  );
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
      ...Object.entries(metrics).map(
        ([name, value]) => `${name} on ${split}: ${value === null ? 'undefined' : value.toFixed(4)}`,
      ),
      `adapter in ${out}`,
    ],
  };
}

async function startingAdapter(job: TrainJob, model: Model, task: Task): Promise<Adapter> {
  if (job.adapter === undefined) return newAdapter(job, model, task);
  const stored = await loadAdapter(job.adapter);
  checkAdapterModel(stored, model, job.adapter);
  const { adapter } = stored;
  const wanted = taskHead(model, task);
  if (adapter.head === null) {
    // An adapter without a head gets the one that a new adapter would have.
    const tensors = new Map([...adapter.tensors, ...initialHead(wanted, job.seed)]);
    return withDraws(job, model, withOwnHead(model, { ...adapter, head: wanted, tensors }));
  }
  if (adapter.head.outputs !== wanted.outputs) {
    throw new UsageError(
      '--adapter',
      `must have a head of ${wanted.outputs} outputs for task "${task.name}", got ${adapter.head.outputs}; start from an adapter of that task`,
    );
  }
  return withDraws(job, model, adapter);
}

function trainingRecord(
  job: TrainJob,
  options: TuneOptions,
  task: { name: string },
  split: string,
  examples: number,
): unknown {
  const { draws, profile, targetAt, targetNoise, targetStd } = job;
  return {
    task: task.name,
    scoredOn: { split, examples },
    options,
    target: { draws, profile, targetAt, targetNoise, targetStd },
  };
}
