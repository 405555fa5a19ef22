import type { Encoded } from '../data/batches.ts';
import type { MetricName } from '../data/metrics.ts';

/** The task as an evaluation needs it: encoded, labelled, ready to be sent to a worker. */
export interface EvaluationData {
  readonly examples: readonly Encoded[];
  /** The class of each example, or its score. */
  readonly labels: readonly number[];
  readonly kind: 'classification' | 'regression';
  readonly metrics: readonly MetricName[];
  readonly padId: number;
  /** Tokens in a batch at most, padding counted in. */
  readonly tokens: number;
}
