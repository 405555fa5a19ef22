import { join } from 'node:path';
import type { Adapter } from '../adapter/adapter.ts';
import { checkAdapterModel, loadAdapter, saveAdapter } from '../adapter/file.ts';
import { initialHead } from '../adapter/head.ts';
import { drawnLayers, methodNamed } from '../adapter/methods.ts';
import { EngineError, HoldfastError, UsageError } from '../core/errors.ts';
import { stableJson, writeFileAtomic } from '../core/files.ts';
import { splitOf, type Task } from '../data/task.ts';
import type { Model } from '../model/model.ts';
import type { Engine } from '../runtime/engine.ts';
import { type StepLog, stepSize, type TuneOptions, tune } from '../tune/loop.ts';
import { type TuneState, withState } from '../tune/state.ts';
import { cleanMetrics } from './clean-metrics.ts';
import { encodeSplit, evaluationData, reportedSplit } from './encode-task.ts';
import { newAdapter, taskHead, withDraws, withOwnHead } from './new-adapter.ts';
import { selection } from './selection.ts';
import type { TrainJob, TrainResult } from './train.ts';
import { startCost } from './training-cost.ts';
import { openTrainingFolder } from './training-folder.ts';
import { trainingPlan } from './training-plan.ts';
import { checkWrittenMethod, writtenWeights } from './written-weights.ts';

/** What runs of several seeds share. */
export interface Loaded {
  readonly model: Model;
  readonly task: Task;
  readonly engine: Engine;
}

const CHECKPOINT_EVERY = 50;

/** Trains once, into `job.out`. `train.ts` says what it writes. */
export async function trainOne(job: TrainJob, { model, task, engine }: Loaded): Promise<TrainResult> {
  const { progress, out } = job;
  const data = encodeSplit(model, splitOf(task, 'train'), job.maxLength);
  const start = await startingAdapter(job, model, task);
  const written = await writtenWeights(job, model, job.seed);
  if (written !== null) checkWrittenMethod(start, model.graph);
  const options = tuneOptions(job, start, task, data.examples.length);
  const stepsAnEpoch = Math.ceil(data.examples.length / stepSize(options));
  const chooser =
    job.selectOn === undefined ? null : selection(model, task, job.selectOn, job.seed, job.maxLength);
  const split = chooser === null ? reportedSplit(task) : 'dev';
  const scored = chooser?.report ?? evaluationData(model, task, split, undefined, job.maxLength);
  const plan = trainingPlan(model, engine, start, options, data, chooser?.select ?? null, written?.record);
  const firstChoice = chooser === null ? null : Math.min(stepsAnEpoch, options.steps);
  // Nothing that was there is touched before all that can be refused has been looked at.
  const folder = await openTrainingFolder(out, { resume: job.resume, plan, start, firstChoice });
  const cost = await startCost(out, job.meter);

  progress.stage(`train ${start.method}`, options.steps);
  progress.advance(folder.from.step);
  let latest: TuneState = folder.from;
  let kept = folder.from.step;
  let adapter: Adapter;
  const afterStep = async (log: StepLog, state: TuneState): Promise<void> => {
    latest = state;
    await folder.log(JSON.stringify(log));
    progress.advance(1, `loss ${log.loss.toFixed(3)}`);
    if (chooser !== null && (state.step % stepsAnEpoch === 0 || state.step === options.steps)) {
      const now = withState(start, state);
      const metrics = await cleanMetrics(engine, model, now, chooser.select, written?.die?.());
      await folder.offer(state, metrics[task.metrics[0]!] ?? Number.NEGATIVE_INFINITY);
    }
    if (state.step % CHECKPOINT_EVERY === 0 || state.step === options.steps) {
      await folder.checkpoint(state);
      kept = state.step;
      await cost.keep();
    }
    if (job.signal?.aborted) {
      throw new HoldfastError(
        'interrupted',
        out,
        `interrupted at step ${state.step} of ${options.steps}; go on with --resume`,
      );
    }
  };
  try {
    adapter = await tune(
      engine,
      model,
      start,
      data,
      options,
      afterStep,
      folder.from,
      written?.weights ?? null,
    );
  } catch (error) {
    // What no longer gives finite numbers is not kept in place of what did.
    if (error instanceof EngineError && kept > 0) throw withKept(error, kept, out);
    if (error instanceof HoldfastError && error.code === 'interrupted') {
      await folder.checkpoint(latest);
      await cost.keep();
    }
    throw error;
  }
  const spent = await cost.keep();
  if (chooser !== null) adapter = withState(start, await folder.best());

  progress.stage('score');
  const metrics = await cleanMetrics(engine, model, adapter, scored);
  const die = written?.die?.();
  const dieMetrics = die === undefined ? undefined : await cleanMetrics(engine, model, adapter, scored, die);
  const examples = scored.labels.length;
  const stored = await saveAdapter(out, adapter, model, {
    task: task.name,
    scoredOn: { split, examples },
    seed: job.seed,
    options,
    target: targetRecord(job),
    ...(written === null ? {} : { written: written.record }),
  });
  const onDie = dieMetrics === undefined ? {} : { dieMetrics };
  await writeFileAtomic(
    join(out, 'metrics.json'),
    stableJson({ task: task.name, split, examples, mainMetric: task.metrics[0], metrics, ...onDie }),
  );
  const { trainableParameters, trainableParametersWithHead } = stored.file;
  const shown = (values: TrainResult['metrics'], on: string): string[] =>
    Object.entries(values).map(
      ([name, value]) => `${name} on ${on}: ${value === null ? 'undefined' : value.toFixed(4)}`,
    );
  return {
    out,
    method: start.method,
    steps: options.steps,
    trainableParameters,
    trainableParametersWithHead,
    task: task.name,
    split,
    examples,
    metrics,
    ...onDie,
    cost: spent,
    lines: [
      `${start.method} trained in ${options.steps} steps: ${trainableParameters} numbers, ${trainableParametersWithHead} with the head`,
      ...shown(metrics, split),
      ...(dieMetrics === undefined ? [] : shown(dieMetrics, `${split}, on the die`)),
      `adapter in ${out}`,
    ],
  };
}

function tuneOptions(job: TrainJob, start: Adapter, task: Task, examples: number): TuneOptions {
  const rate = job.lr ?? methodNamed(start.method).rate;
  const { batch, accumulate, clipNorm, mirroredDraws, seed, shuffle } = job;
  if (mirroredDraws === true && drawnLayers(start).length === 0) {
    throw new UsageError(
      '--mirrored-draws',
      `must go with a method that is trained with draws, got ${start.method} without; add --draws or leave it out`,
    );
  }
  const size = stepSize(accumulate === undefined ? { batch } : { batch, accumulate });
  return {
    loss: { kind: task.kind, lambda: job.lambda, draw: job.draw },
    optimizer: { kind: job.optimizer, weightDecay: job.weightDecay },
    schedule: { kind: job.schedule, warmup: job.warmup },
    rate,
    headRate: job.headLr ?? rate,
    batch,
    ...(accumulate === undefined ? {} : { accumulate }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    steps: job.steps ?? (job.epochs ?? 1) * Math.ceil(examples / size),
    ...(mirroredDraws === true ? { mirrored: true } : {}),
    seed,
    shuffle,
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

function targetRecord({ draws, profile, targetAt, targetNoise, targetStd }: TrainJob): unknown {
  return { draws, profile, targetAt, targetNoise, targetStd };
}

function withKept(error: EngineError, step: number, out: string): EngineError {
  const what = error.message.slice(error.where.length + 2);
  return new EngineError(error.where, `${what} (the state after step ${step} is kept in ${out})`, error);
}
