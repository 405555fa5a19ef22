import type { Adapter } from '../adapter/adapter.ts';
import { drawnLayers, methodNamed } from '../adapter/methods.ts';
import { splitOf, type Task } from '../data/task.ts';
import type { EvaluationData } from '../evaluate/evaluation-data.ts';
import { usualMaxLength } from '../model/encode.ts';
import type { Model } from '../model/model.ts';
import type { Engine } from '../runtime/engine.ts';
import { stepSize, type TuneOptions } from '../tune/loop.ts';
import { type EncodedSplit, encodeSplit, evaluationData, reportedSplit } from './encode-task.ts';
import { idleOptions } from './idle-options.ts';
import { withDropout } from './new-adapter.ts';
import { selection } from './selection.ts';
import { startingAdapter } from './starting-adapter.ts';
import type { TrainJob } from './train.ts';
import { readCost, type TrainingCost } from './training-cost.ts';
import { type Found, findTraining } from './training-folder.ts';
import { splitSha256, trainingPlan } from './training-plan.ts';
import type { DrawJob } from './training-target.ts';
import { checkWrittenMethod, type Written, writtenWeights } from './written-weights.ts';

const LAMBDA = 0.1;

/** What runs of several seeds share. */
export interface Loaded {
  readonly model: Model;
  readonly task: Task;
  readonly engine: Engine;
}

/** A training run that nothing is to be said against any more. Nothing has been written yet. */
export interface Prepared extends Loaded {
  readonly job: TrainJob;
  /** The training examples. */
  readonly data: EncodedSplit;
  readonly start: Adapter;
  /** What `adapter.json` says of how it was trained: all that makes it another experiment, and the seed. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly written: Written | null;
  readonly options: TuneOptions;
  readonly stepsAnEpoch: number;
  /** The examples that choose the checkpoint; null where the last step is kept. */
  readonly select: EvaluationData | null;
  /** The split that is reported, and its examples. */
  readonly split: string;
  readonly scored: EvaluationData;
  readonly found: Found;
  /** Of the steps that a resumed run has behind it. */
  readonly costBefore: TrainingCost | null;
}

/**
 * Looks at all that can be refused of a job, with `resume` also at what its folder holds, and touches nothing.
 *
 * @throws UsageError, BadFileError: whatever is wrong with the options, the start, or the folder to resume
 */
export async function prepareTraining(job: TrainJob, loaded: Loaded): Promise<Prepared> {
  const { model, task, engine } = loaded;
  const { out, resume } = job;
  const data = encodeSplit(model, splitOf(task, 'train'), job.maxLength);
  const { adapter, target, sha256: startedFrom } = await startingAdapter(job, model, task);
  for (const line of idleOptions(job, adapter)) job.progress.warn(line);
  const start = withDropout(job, adapter);
  const written = await writtenWeights(job, model, job.seed);
  if (written !== null) checkWrittenMethod(start, model.graph);
  const options = tuneOptions(job, start, task, data.examples.length);
  const stepsAnEpoch = Math.ceil(data.examples.length / stepSize(options));
  const split = job.selectOn === undefined ? reportedSplit(task) : 'dev';
  const whole = evaluationData(model, task, split, undefined, job.maxLength);
  const chooser = job.selectOn === undefined ? null : selection(whole, job.selectOn, job.seed);
  const select = chooser?.select ?? null;
  const scored = chooser?.report ?? whole;
  const plan = trainingPlan(model, engine, start, options, data, select, written?.record);
  const firstChoice = select === null ? null : Math.min(stepsAnEpoch, options.steps);
  const found = await findTraining({ out, resume, plan, start, firstChoice });
  const costBefore = resume && job.meter !== undefined ? await readCost(out) : null;
  const training = {
    task: task.name,
    scoredOn: { split, examples: scored.labels.length },
    // Whole splits: what is drawn of them by a seed must not part the seeds of one experiment.
    data: { train: splitSha256(data), scored: splitSha256(whole) },
    maxLength: job.maxLength ?? usualMaxLength(model),
    selectOn: job.selectOn ?? null,
    startedFrom,
    engine: engine.name,
    seed: job.seed,
    options,
    target,
    ...(written === null ? {} : { written: written.record }),
  };
  return {
    ...loaded,
    job,
    data,
    start,
    training,
    written,
    options,
    stepsAnEpoch,
    select,
    split,
    scored,
    found,
    costBefore,
  };
}

function tuneOptions(job: TrainJob, start: Adapter, task: Task, examples: number): TuneOptions {
  const { rate: usual, learnsStd } = methodNamed(start.method);
  const { lr: rate = usual, batch, accumulate, clipNorm, seed, shuffle } = job;
  const { draw = 'example', drawWarmup, mirroredDraws }: DrawJob = drawnLayers(start).length === 0 ? {} : job;
  const lambda = (learnsStd ? job.lambda : undefined) ?? LAMBDA;
  const size = stepSize(accumulate === undefined ? { batch } : { batch, accumulate });
  return {
    loss: { kind: task.kind, lambda, draw },
    optimizer: { kind: job.optimizer, weightDecay: job.weightDecay },
    schedule: { kind: job.schedule, warmup: job.warmup },
    rate,
    headRate: job.headLr ?? rate,
    batch,
    ...(accumulate === undefined ? {} : { accumulate }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    steps: job.steps ?? (job.epochs ?? 1) * Math.ceil(examples / size),
    ...(mirroredDraws === true ? { mirrored: true } : {}),
    ...(drawWarmup === undefined ? {} : { drawWarmup }),
    seed,
    shuffle,
  };
}
