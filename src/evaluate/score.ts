import { metricValues } from '../data/metrics.ts';
import { classesOf, outcomesOf, packOutcomes } from '../data/outcomes.ts';
import type { EvaluationData } from './evaluation-data.ts';
import type { Sample } from './sample.ts';

/**
 * The metrics of one evaluation.
 *
 * @param logits `[examples, outputs]` in order of the examples. A logit that is not a number counts as wrong.
 * @param classes The class that each logit stands for; null: the one of its own number.
 */
export function scoreLogits(
  logits: Float32Array,
  outputs: number,
  data: EvaluationData,
  classes: readonly number[] | null = null,
): Pick<Sample, 'metrics' | 'examples' | 'outcomes'> {
  const { labels, metrics } = data;
  const predicted = data.kind === 'classification' ? named(classesOf(logits, outputs), classes) : logits;
  return {
    metrics: { ...metricValues(metrics, predicted, labels) },
    examples: labels.length,
    outcomes: data.kind === 'classification' ? packOutcomes(outcomesOf(predicted, labels)) : '',
  };
}

/** -1, of a row that has no class, stays. */
function named(rows: Int32Array, classes: readonly number[] | null): Int32Array {
  return classes === null ? rows : rows.map((row) => classes[row] ?? -1);
}
