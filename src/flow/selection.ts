import { UsageError } from '../core/errors.ts';
import { permutation } from '../core/philox.ts';
import { stream } from '../core/stream.ts';
import { splitOf, type Task } from '../data/task.ts';
import type { EvaluationData } from '../evaluate/evaluation-data.ts';
import type { Model } from '../model/model.ts';
import { evaluationData } from './encode-task.ts';

/** Dev in two parts: a seeded share chooses the checkpoint, the rest is reported (the protocol of RED, ACL 2024). */
export function selection(
  model: Model,
  task: Task,
  share: number,
  seed: number,
  maxLength?: number,
): { select: EvaluationData; report: EvaluationData } {
  const count = splitOf(task, 'dev').length;
  const first = Math.round(count * share);
  if (first < 1 || first >= count) {
    throw new UsageError(
      '--select-on',
      `must leave examples on both sides of ${count} of dev, got ${share}; choose a share such as 0.5`,
    );
  }
  const whole = evaluationData(model, task, 'dev', undefined, maxLength);
  const order = permutation(count, stream(seed, 'select'));
  const part = (indices: Uint32Array): EvaluationData => {
    const sorted = [...indices].sort((a, b) => a - b);
    return {
      ...whole,
      examples: sorted.map((index) => whole.examples[index]!),
      labels: sorted.map((index) => whole.labels[index]!),
    };
  };
  return { select: part(order.subarray(0, first)), report: part(order.subarray(first)) };
}
