import type { Adapter } from '../adapter/adapter.ts';
import { checkAdapterModel, loadAdapter } from '../adapter/file.ts';
import { initialHead } from '../adapter/head.ts';
import { UsageError } from '../core/errors.ts';
import type { Task } from '../data/task.ts';
import type { Model } from '../model/model.ts';
import { newAdapter, taskHead, withDraws, withOwnHead } from './new-adapter.ts';
import type { TrainJob } from './train.ts';

export async function startingAdapter(job: TrainJob, model: Model, task: Task): Promise<Adapter> {
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
