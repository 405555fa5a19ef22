import type { Encoded } from '../data/batches.ts';
import type { Columns } from '../data/custom-rows.ts';
import { loadTask } from '../data/load.ts';
import { type Example, type SplitName, splitOf, type Task } from '../data/task.ts';
import type { EvaluationData } from '../evaluate/evaluation-data.ts';
import { encodeExample } from '../model/encode.ts';
import type { Model } from '../model/model.ts';

/** Tokens in a batch, padding counted in: enough to keep the products busy, few enough to stay in the caches. */
export const TOKENS_A_BATCH = 512;

/**
 * Of a task that we split ourselves the split is part of the task: were it drawn from a run's seed, an adapter could be
 * evaluated on sentences that it was trained on.
 */
const SPLIT_SEED = 1;

/** Loads a task, always with the same splits. */
export function openTask(name: string, folder?: string, columns?: Columns): Promise<Task> {
  return loadTask(name, { folder, columns, seed: SPLIT_SEED });
}

/** A split as token ids and labels. */
export interface EncodedSplit {
  readonly examples: readonly Encoded[];
  readonly labels: readonly number[];
}

export function encodeSplit(model: Model, examples: readonly Example[], maxLength?: number): EncodedSplit {
  return {
    examples: examples.map((example) => encodeExample(model, example, maxLength)),
    labels: examples.map((example) => example.label),
  };
}

/** The split that results are reported on: test where it has labels, else dev. */
export function reportedSplit(task: Task): SplitName {
  return task.test.length > 0 ? 'test' : 'dev';
}

/** The first `limit` examples of a split, as evaluation takes them. */
export function evaluationData(
  model: Model,
  task: Task,
  split: SplitName,
  limit?: number,
  maxLength?: number,
): EvaluationData {
  return {
    ...encodeSplit(model, splitOf(task, split).slice(0, limit), maxLength),
    kind: task.kind,
    metrics: task.metrics,
    padId: model.tokenizer.padId,
    tokens: TOKENS_A_BATCH,
  };
}
