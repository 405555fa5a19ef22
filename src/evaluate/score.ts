import { metricValues } from '../data/metrics.ts';
import { classesOf, outcomesOf, packOutcomes } from '../data/outcomes.ts';
import type { EvaluationData } from './evaluation-data.ts';
import type { Sample } from './sample.ts';

/**
 * The metrics of one evaluation.
 *
 * @param logits `[examples, outputs]` in order of the examples. A logit that is not a number counts as wrong.
 */
export function scoreLogits(
  logits: Float32Array,
  outputs: number,
  data: EvaluationData,
): Pick<Sample, 'metrics' | 'examples' | 'outcomes'> {
  const { labels, metrics } = data;
  const predicted = data.kind === 'classification' ? classesOf(logits, outputs) : logits;
  return {
    metrics: { ...metricValues(metrics, predicted, labels) },
    examples: labels.length,
    outcomes: data.kind === 'classification' ? packOutcomes(outcomesOf(predicted, labels)) : '',
  };
}
