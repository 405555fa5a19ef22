/** The metrics of a task: numbers from what was predicted and what is so. All in float64, in order of the examples. */

export type MetricName = 'accuracy' | 'f1' | 'matthews' | 'pearson' | 'spearman';

export type Numbers = ArrayLike<number>;

/** Metric values by name; null where a metric is not defined for these data. */
export type MetricValues = Readonly<Partial<Record<MetricName, number | null>>>;

const METRICS: Readonly<Record<MetricName, (predicted: Numbers, actual: Numbers) => number | null>> = {
  accuracy,
  f1,
  matthews,
  pearson,
  spearman,
};

/** The named metrics. @throws RangeError if the lists differ in length or are empty */
export function metricValues(
  names: readonly MetricName[],
  predicted: Numbers,
  actual: Numbers,
): MetricValues {
  if (predicted.length !== actual.length || predicted.length === 0) {
    throw new RangeError(
      `metricValues: needs as many predictions as labels, got ${predicted.length} and ${actual.length}`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, METRICS[name](predicted, actual)]));
}

/** The share of predictions that equal their labels. */
export function accuracy(predicted: Numbers, actual: Numbers): number | null {
  if (actual.length === 0) return null;
  let right = 0;
  for (let i = 0; i < actual.length; i += 1) if (predicted[i] === actual[i]) right += 1;
  return right / actual.length;
}

/** F1 of class 1 of two: 2 TP / (2 TP + FP + FN); null if class 1 is neither there nor predicted, or there are more classes. */
export function f1(predicted: Numbers, actual: Numbers): number | null {
  let hits = 0;
  let misses = 0;
  for (let i = 0; i < actual.length; i += 1) {
    const [p, a] = [predicted[i]!, actual[i]!];
    if ((p !== 0 && p !== 1) || (a !== 0 && a !== 1)) return null;
    if (p === 1 && a === 1) hits += 1;
    else if (p !== a) misses += 1;
  }
  return hits + misses === 0 ? null : (2 * hits) / (2 * hits + misses);
}

/**
 * Matthews correlation for any number of classes:
 * (c s - sum_k p_k t_k) / sqrt((s^2 - sum_k p_k^2)(s^2 - sum_k t_k^2)), with s examples, c of them right, p_k predicted as
 * and t_k being of class k. Null if either side has one class only. Source: Gorodkin, Comput. Biol. Chem. 28 (2004) 367.
 */
export function matthews(predicted: Numbers, actual: Numbers): number | null {
  const total = actual.length;
  const counts = new Map<number, { predicted: number; actual: number }>();
  const countOf = (label: number) => {
    let count = counts.get(label);
    if (count === undefined) {
      count = { predicted: 0, actual: 0 };
      counts.set(label, count);
    }
    return count;
  };
  let right = 0;
  for (let i = 0; i < total; i += 1) {
    countOf(predicted[i]!).predicted += 1;
    countOf(actual[i]!).actual += 1;
    if (predicted[i] === actual[i]) right += 1;
  }
  let [both, squarePredicted, squareActual] = [0, 0, 0];
  for (const count of counts.values()) {
    both += count.predicted * count.actual;
    squarePredicted += count.predicted ** 2;
    squareActual += count.actual ** 2;
  }
  const spread = (total ** 2 - squarePredicted) * (total ** 2 - squareActual);
  return spread === 0 ? null : (right * total - both) / Math.sqrt(spread);
}

/** Pearson's correlation coefficient; null for fewer than two examples or a constant side. */
export function pearson(predicted: Numbers, actual: Numbers): number | null {
  const total = actual.length;
  if (total < 2 || isConstant(predicted) || isConstant(actual)) return null;
  const [meanP, meanA] = [mean(predicted), mean(actual)];
  let [product, squareP, squareA] = [0, 0, 0];
  for (let i = 0; i < total; i += 1) {
    const [p, a] = [predicted[i]! - meanP, actual[i]! - meanA];
    product += p * a;
    squareP += p * p;
    squareA += a * a;
  }
  const value = product / (Math.sqrt(squareP) * Math.sqrt(squareA));
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null;
}

/** Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of their ranks. */
export function spearman(predicted: Numbers, actual: Numbers): number | null {
  if (hasNaN(predicted) || hasNaN(actual)) return null;
  return pearson(ranks(predicted), ranks(actual));
}

/** Ranks from 1; equal values get the mean of the ranks that they take together. */
export function ranks(values: Numbers): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let i = from; i < to; i += 1) result[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
}

function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}

function isConstant(values: Numbers): boolean {
  for (let i = 1; i < values.length; i += 1) if (values[i] !== values[0]) return false;
  return true;
}

function hasNaN(values: Numbers): boolean {
  for (let i = 0; i < values.length; i += 1) if (Number.isNaN(values[i])) return true;
  return false;
}
