import { join } from 'node:path';
import type { Adapter } from '../adapter/adapter.ts';
import { saveAdapter } from '../adapter/file.ts';
import { EngineError, HoldfastError } from '../core/errors.ts';
import { stableJson, writeFileAtomic } from '../core/files.ts';
import { type StepLog, tune } from '../tune/loop.ts';
import { type TuneState, withState } from '../tune/state.ts';
import { cleanMetrics } from './clean-metrics.ts';
import type { Prepared } from './prepare-training.ts';
import type { TrainResult } from './train.ts';
import { startCost } from './training-cost.ts';
import { openTrainingFolder } from './training-folder.ts';

const CHECKPOINT_EVERY = 50;

/** Trains once, into the prepared job's `out`. `train.ts` says what it writes. */
export async function trainOne(prepared: Prepared): Promise<TrainResult> {
  const { job, model, task, engine, data, start, written, options } = prepared;
  const { training, stepsAnEpoch, select, split, scored, found, costBefore } = prepared;
  const { progress, out } = job;
  const folder = await openTrainingFolder(found);
  const cost = startCost(out, job.meter, costBefore);

  progress.stage(`train ${start.method}`, options.steps);
  progress.advance(found.from.step);
  let latest: TuneState = found.from;
  let kept = found.from.step;
  let adapter: Adapter;
  const afterStep = async (log: StepLog, state: TuneState): Promise<void> => {
    latest = state;
    await folder.log(JSON.stringify(log));
    progress.advance(1, `loss ${log.loss.toFixed(3)}`);
    if (select !== null && (state.step % stepsAnEpoch === 0 || state.step === options.steps)) {
      const now = withState(start, state);
      const metrics = await cleanMetrics(engine, model, now, select, written?.die?.());
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
      found.from,
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
  if (select !== null) adapter = withState(start, await folder.best());

  progress.stage('score');
  const metrics = await cleanMetrics(engine, model, adapter, scored);
  const die = written?.die?.();
  const dieMetrics = die === undefined ? undefined : await cleanMetrics(engine, model, adapter, scored, die);
  const examples = scored.labels.length;
  const stored = await saveAdapter(out, adapter, model, training);
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

function withKept(error: EngineError, step: number, out: string): EngineError {
  const what = error.message.slice(error.where.length + 2);
  return new EngineError(error.where, `${what} (the state after step ${step} is kept in ${out})`, error);
}
