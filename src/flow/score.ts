import { BadFileError, UsageError } from '../core/errors.ts';
import { GLUE_TASKS } from '../data/glue-tasks.ts';
import { taskName } from '../data/load.ts';
import { type MetricName, type MetricValues, metricValues } from '../data/metrics.ts';
import { readLines } from '../data/tsv.ts';

export interface ScoreRequest {
  readonly task: string;
  /** Files of one value a line: class numbers or label names, or the numbers of a regression. */
  readonly predictions: string;
  readonly references: string;
}

/** What `score --json` prints: the metrics stand beside the task's name. */
export type ScoreResult = MetricValues & {
  readonly task: string;
  readonly examples: number;
  readonly lines: readonly string[];
};

const CLASSES: readonly MetricName[] = ['accuracy', 'f1', 'matthews'];
const VALUES: readonly MetricName[] = ['pearson', 'spearman'];

/**
 * `holdfast score`: a task's metrics on predictions and references; null where a metric is not defined. `custom` goes by
 * what the files hold: numbers with a fraction are a regression, others classes.
 * @throws UsageError if the files differ in length or are absent; BadFileError, with file and line, for a bad value
 */
export async function score({ task, predictions, references }: ScoreRequest): Promise<ScoreResult> {
  const name = taskName(task);
  const [predicted, actual] = await Promise.all([readLines(predictions), readLines(references)]);
  if (predicted.length !== actual.length) {
    throw new UsageError(
      predictions,
      `must have as many lines as ${references} (${actual.length}), got ${predicted.length}; give each example one line`,
    );
  }
  if (actual.length === 0)
    throw new UsageError(references, 'must hold at least one value, got an empty file; add some');

  const read = readerOf(name, [...predicted, ...actual]);
  const numbers = (lines: readonly string[], path: string) =>
    lines.map((line, index) => read.value(line.trim(), `${path}:${index + 1}`));
  const values = metricValues(read.metrics, numbers(predicted, predictions), numbers(actual, references));
  return {
    task: name,
    examples: actual.length,
    ...values,
    lines: [
      `${name}, ${actual.length} examples`,
      ...read.metrics.map((metric) => `${metric.padEnd(8)}  ${values[metric]?.toFixed(6) ?? 'not defined'}`),
    ],
  };
}

interface Reader {
  readonly metrics: readonly MetricName[];
  value(text: string, where: string): number;
}

function readerOf(task: string, all: readonly string[]): Reader {
  const glue = GLUE_TASKS.find((each) => each.name === task);
  if (task === 'custom') return customReader(all);
  if (glue?.kind === 'regression') return { metrics: VALUES, value: numberOf };
  const labels = task === 'reviews' ? ['negative', 'positive'] : glue!.labels;
  return {
    metrics: labels.length === 2 ? CLASSES : CLASSES.filter((metric) => metric !== 'f1'),
    value: (text, where) => {
      const index = labels.indexOf(text);
      if (index >= 0) return index;
      if (/^\d+$/.test(text) && Number(text) < labels.length) return Number(text);
      const known = labels.map((label, number) => `${number} (${label})`).join(', ');
      throw new BadFileError(where, `must be one of ${known}, got "${text}"; write one label a line`);
    },
  };
}

function customReader(all: readonly string[]): Reader {
  const texts = all.map((text) => text.trim());
  if (texts.every(isNumber) && texts.some((text) => !Number.isInteger(Number(text)))) {
    return { metrics: VALUES, value: numberOf };
  }
  const numeric = texts.every(isNumber);
  const names = new Map([...new Set(texts)].sort().map((label, index) => [label, index]));
  const metrics = names.size === 2 || numeric ? CLASSES : CLASSES.filter((metric) => metric !== 'f1');
  return { metrics, value: (text) => (numeric ? Number(text) : names.get(text)!) };
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

function numberOf(text: string, where: string): number {
  if (isNumber(text)) return Number(text);
  throw new BadFileError(where, `must be a number, got "${text}"; write one value a line`);
}
