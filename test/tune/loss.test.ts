import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { addNoiseLoss, addTaskLoss } from '../../src/tune/loss.ts';
import { interpret64 } from '../support/interpreter64.ts';

function taskLoss(
  kind: 'classification' | 'regression',
  outputs: number,
  feeds: Record<string, Tensor>,
): number {
  const g = buildGraph('loss');
  g.output(addTaskLoss(g, g.input('logits', 'float32', ['B', outputs]), outputs, kind), 'float32', []);
  return Number(interpret64(g.finish(), feeds)['loss.task']!.data[0]);
}

test('addTaskLoss: classification is the mean cross entropy, by hand', (t) => {
  const feeds = {
    logits: float32([2, 3], [0, 0, 0, 1, 3, 1]),
    labels: float32([2, 3], [0, 0, 1, 1, 0, 0]),
    rowWeights: float32([2], [0.5, 0.5]),
  };
  // Row 0: ln 3. Row 1: ln(2 + e^2).
  const wanted = (Math.log(3) + Math.log(2 + Math.exp(2))) / 2;
  t.true(Math.abs(taskLoss('classification', 3, feeds) - wanted) < 1e-14);
});

test('addTaskLoss: regression is the mean squared error, by hand', (t) => {
  const feeds = {
    logits: float32([2, 1], [3.5, -1]),
    labels: float32([2, 1], [5, 0.5]),
    rowWeights: float32([2], [0.5, 0.5]),
  };
  t.is(taskLoss('regression', 1, feeds), (1.5 ** 2 + 1.5 ** 2) / 2);
});

test('addTaskLoss: a row of weight 0 only pads the batch', (t) => {
  const feeds = {
    logits: float32([2, 2], [0, 0, 50, -50]),
    labels: float32([2, 2], [1, 0, 0, 0]),
    rowWeights: float32([2], [1, 0]),
  };
  t.true(Math.abs(taskLoss('classification', 2, feeds) - Math.log(2)) < 1e-14);
});

test('addNoiseLoss: lambda x mean over layers of mean over groups of ((std - target) / target)^2, by hand', (t) => {
  const g = buildGraph('loss');
  for (const layer of ['a', 'b']) g.input(`${layer}.logStd`, 'float32', [2]);
  g.output(addNoiseLoss(g, { a: 0.1, b: 0.2 }, 0.3), 'float32', []);
  const logs = (...stds: number[]) => float32([2], stds.map(Math.log));
  const results = interpret64(g.finish(), { 'a.logStd': logs(0.1, 0.2), 'b.logStd': logs(0.1, 0.3) });
  // a: (0 + 1) / 2; b: (1/4 + 1/4) / 2. The logarithms are float32, so to about 1e-7.
  const wanted = (0.3 * (0.5 + 0.25)) / 2;
  t.true(Math.abs(Number(results['loss.noise']!.data[0]) - wanted) < 1e-6);
});

test('addNoiseLoss: is 0 where each std is at its target', (t) => {
  const g = buildGraph('loss');
  g.input('a.logStd', 'float32', [3]);
  g.output(addNoiseLoss(g, { a: 1 }, 0.3), 'float32', []);
  t.is(Number(interpret64(g.finish(), { 'a.logStd': float32([3], [0, 0, 0]) })['loss.noise']!.data[0]), 0);
});
