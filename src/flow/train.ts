import { METHODS, type MethodName } from '../adapter/adapter.ts';
import { UsageError } from '../core/errors.ts';
import { checkOutputFolder, refuseInputsInside } from '../core/outputs.ts';
import type { Progress } from '../core/progress.ts';
import type { Columns } from '../data/custom-rows.ts';
import { loadModel, modelPath } from '../model/load.ts';
import { openEngine } from '../runtime/open.ts';
import { openTask } from './encode-task.ts';
import type { NewAdapterJob } from './new-adapter.ts';
import { type Loaded, prepareTraining } from './prepare-training.ts';
import { trainOne } from './train-one.ts';
import type { Meter, TrainingCost } from './training-cost.ts';
import type { DrawJob } from './training-target.ts';
import type { WrittenJob } from './written-weights.ts';

/** What `train` trains, on what, and how. */
export interface TrainJob extends Omit<NewAdapterJob, 'method'>, DrawJob, WrittenJob {
  /** Needed without `adapter`. */
  readonly method?: MethodName;
  readonly model: string;
  /** Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. */
  readonly tokenizer?: string;
  readonly task: string;
  readonly data?: string;
  /** Names of the columns of task `custom`. */
  readonly columns?: Columns;
  readonly optimizer: 'adamw' | 'sgd';
  /** Learning rate of the adapter (the method's own if absent), and of the head (the adapter's if absent). */
  readonly lr?: number;
  readonly headLr?: number;
  readonly weightDecay: number;
  readonly warmup: number;
  readonly schedule: 'linear' | 'constant';
  readonly batch: number;
  /** Batches whose gradients are added up for one step (1 if absent). */
  readonly accumulate?: number;
  /** Global norm that gradients are clipped to; absent: not at all. */
  readonly clipNorm?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly maxLength?: number;
  /** A seeded share of dev that chooses the checkpoint (once an epoch); the rest of dev is what is reported. */
  readonly selectOn?: number;
  /** Start from this adapter, which fixes method, groups, rank, alpha and layers. */
  readonly adapter?: string;
  /** Start with a new head in place of that adapter's. */
  readonly newHead?: boolean;
  readonly shuffle: boolean;
  readonly resume: boolean;
  readonly engine: 'onnxruntime' | 'tfjs-node';
  readonly out: string;
  readonly force: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** Without one nothing is kept of time and memory. */
  readonly meter?: Meter;
}

/** What was trained: where it is, how many numbers, and its metrics on the split that is reported. */
export interface TrainResult {
  readonly out: string;
  readonly method: MethodName;
  readonly steps: number;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly task: string;
  readonly split: string;
  readonly examples: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** The metrics on the die that was trained on, without converters. */
  readonly dieMetrics?: Readonly<Record<string, number | null>>;
  readonly cost: TrainingCost | null;
  readonly lines: readonly string[];
}

/**
 * Trains an adapter and its head on a task. Writes `adapter.json`, `adapter.safetensors`, `training.jsonl`,
 * `metrics.json` and `checkpoint.safetensors` (with `selectOn` also `best.safetensors`, with a meter `cost.json`) into
 * `out`. A run that was stopped goes on with `resume` and ends in the same bytes, `cost.json` apart.
 */
export async function train(job: TrainJob): Promise<TrainResult> {
  return trainOne(await prepareTraining(job, await openTraining(job)));
}

/** Loads what a training run needs. @throws UsageError first of all if `out` must not be written to */
export async function openTraining(job: TrainJob): Promise<Loaded> {
  if (job.method === undefined && job.adapter === undefined) {
    throw new UsageError(
      '--method',
      `must be given where no --adapter is, got neither; choose one of ${METHODS.join(', ')}`,
    );
  }
  const inputs = {
    '--model': modelPath(job.model),
    '--tokenizer': job.tokenizer,
    '--data': job.data,
    '--adapter': job.adapter,
    '--chip': job.chip?.bundle,
  };
  if (job.resume) refuseInputsInside(job.out, inputs);
  else await checkOutputFolder(job.out, { force: job.force, inputs });
  job.progress.stage('load');
  const [model, task, engine] = await Promise.all([
    loadModel(job.model, job.tokenizer),
    openTask(job.task, job.data, job.columns),
    openEngine(job.engine),
  ]);
  return { model, task, engine };
}
