import test from 'ava';
import type { EvaluationData } from '../../src/evaluate/evaluation-data.ts';
import { outcomeBits } from '../../src/evaluate/sample.ts';
import { scoreLogits } from '../../src/evaluate/score.ts';

const CLASSES: EvaluationData = {
  examples: [],
  labels: [0, 1, 1, 0, 1, 0, 1, 0, 1],
  kind: 'classification',
  metrics: ['accuracy', 'f1'],
  padId: 0,
  tokens: 40,
};

test('scoreLogits: accuracy, f1 and one bit an example, by hand', (t) => {
  const predicted = [0, 1, 0, 0, 1, 1, 1, 0, 1];
  const logits = Float32Array.from(predicted.flatMap((k) => (k === 0 ? [2, -1] : [0.5, 0.75])));
  const score = scoreLogits(logits, 2, CLASSES);
  // Wrong: the third and the sixth. Of class 1: 4 hits, 1 missed, 1 false.
  t.deepEqual(score.metrics, { accuracy: 7 / 9, f1: 8 / 10 });
  t.is(score.examples, 9);
  t.is(score.outcomes, Buffer.from([0b11011011, 0b1]).toString('base64'));
  t.deepEqual([...outcomeBits(score)], [1, 1, 0, 1, 1, 0, 1, 1, 1]);
});

test('scoreLogits: a logit that is not a number counts as wrong', (t) => {
  const logits = new Float32Array(18).fill(Number.NaN);
  t.is(scoreLogits(logits, 2, CLASSES).metrics.accuracy, 0);
});

test('scoreLogits: logits may stand for other classes than those of their numbers', (t) => {
  const data = { ...CLASSES, labels: [0, 1, 2, 0], metrics: ['accuracy'] } as const;
  const logits = Float32Array.of(...[9, 0, 0], ...[0, 9, 0], ...[0, 0, 9], ...[Number.NaN, 0, 0]);
  const score = scoreLogits(logits, 3, data, [1, 2, 0]);
  t.is(score.metrics.accuracy, 0);
  t.is(scoreLogits(logits, 3, { ...data, labels: [1, 2, 0, 1] }, [1, 2, 0]).metrics.accuracy, 3 / 4);
});

test('scoreLogits: a regression has correlations and no outcomes; a constant one is undefined', (t) => {
  const data = {
    ...CLASSES,
    labels: [1, 2, 3, 4],
    kind: 'regression',
    metrics: ['pearson', 'spearman'],
  } as const;
  const score = scoreLogits(Float32Array.of(1, 2, 3, 10), 1, data);
  t.is(score.outcomes, '');
  t.true(Math.abs(score.metrics.spearman! - 1) < 1e-12);
  t.true(Math.abs(score.metrics.pearson! - 14 / Math.sqrt(5 * 50)) < 1e-12);
  t.deepEqual(scoreLogits(Float32Array.of(2, 2, 2, 2), 1, data).metrics, { pearson: null, spearman: null });
});
