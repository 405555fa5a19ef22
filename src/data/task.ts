import { UsageError } from '../core/errors.ts';
import type { MetricName } from './metrics.ts';

/** One labelled text or pair of texts. (A row of results is a *sample*.) */
export interface Example {
  readonly text: string;
  readonly pair?: string;
  /** The number of the class, from 0; of a regression the value itself. */
  readonly label: number;
}

export type SplitName = 'train' | 'dev' | 'test';

/** A task: labelled examples in splits, and the metrics that it is judged by. */
export interface Task {
  readonly name: string;
  readonly kind: 'classification' | 'regression';
  /** Label names in order of their numbers; empty for a regression. */
  readonly labels: readonly string[];
  /** The first is the main one. */
  readonly metrics: readonly MetricName[];
  readonly train: readonly Example[];
  readonly dev: readonly Example[];
  /** Empty where the data carry no test labels. */
  readonly test: readonly Example[];
  /** Where the data are from, to be cited. */
  readonly origin: string;
  readonly licence: string;
  /** What was left out, and what is missing, in sentences. */
  readonly notes: readonly string[];
}

/** The examples of a split. @throws UsageError if it has none */
export function splitOf(task: Task, split: SplitName): readonly Example[] {
  if (task[split].length > 0) return task[split];
  const why = task.notes.length > 0 ? ` (${task.notes.join('; ')})` : '';
  throw new UsageError(
    task.name,
    `the task must have labelled ${split} examples, got none${why}; choose another task or --data`,
  );
}
