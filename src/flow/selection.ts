import { UsageError } from '../core/errors.ts';
import { permutation } from '../core/philox.ts';
import { stream } from '../core/stream.ts';
import type { EvaluationData } from '../evaluate/evaluation-data.ts';

/**
 * Dev in two parts: a seeded share chooses the checkpoint, the rest is reported (the protocol of RED, ACL 2024).
 *
 * @throws UsageError if one of them would be empty
 */
export function selection(
  dev: EvaluationData,
  share: number,
  seed: number,
): { select: EvaluationData; report: EvaluationData } {
  const count = dev.labels.length;
  const first = Math.round(count * share);
  if (first < 1 || first >= count) {
    throw new UsageError(
      '--select-on',
      `must leave examples on both sides of ${count} of dev, got ${share}; choose a share such as 0.5`,
    );
  }
  const order = permutation(count, stream(seed, 'select'));
  const part = (indices: Uint32Array): EvaluationData => {
    const sorted = [...indices].sort((a, b) => a - b);
    return {
      ...dev,
      examples: sorted.map((index) => dev.examples[index]!),
      labels: sorted.map((index) => dev.labels[index]!),
    };
  };
  return { select: part(order.subarray(0, first)), report: part(order.subarray(first)) };
}
