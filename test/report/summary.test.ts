import test from 'ava';
import type { Sample } from '../../src/evaluate/sample.ts';
import { cellOf } from '../../src/report/cells.ts';
import { armPairs } from '../../src/report/pairs.ts';
import { cellAt, summarise } from '../../src/report/summary.ts';
import { syntheticRun } from '../support/run-fixture.ts';
import { near } from '../support/statistics-vectors.ts';

const CONDITION = { seconds: 0, noise: 1 };

function row(arm: string, chip: number, value: number | null, read = 0): Sample {
  return {
    arm,
    chip,
    ...CONDITION,
    read,
    source: 'all',
    metrics: { pearson: value },
    examples: 10,
    outcomes: '',
    clippedInputs: chip === 1 ? 0.2 : 0.4,
    saturatedConversions: null,
  };
}

const question = {
  arm: 'a',
  source: 'all',
  condition: CONDITION,
  metric: 'pearson',
  confidence: 0.95,
  limit: 0.5,
};

test('cellOf(samples, question) means over reads first, then over chips: the chip is the unit', (t) => {
  const cell = cellOf(
    [row('a', 1, 0.4, 0), row('a', 1, 0.6, 1), row('a', 2, 0.7), row('b', 1, 0)],
    question,
  )!;
  t.is(cell.mean, 0.6);
  t.is(cell.chips, 2);
  t.is(cell.worst, 0.5);
  t.is(cell.best, 0.7);
  t.is(cell.reads, 2);
  t.true(near(cell.std!, Math.SQRT1_2 * 0.2, 1e-12));
  // Student's t with one degree of freedom: 12.706 standard errors.
  t.true(near(cell.high! - cell.mean, 12.7062047361747 * 0.1, 1e-9));
  t.true(near(cell.clippedInputs!, (0.2 + 0.2 + 0.4) / 3, 1e-12));
  t.is(cell.saturatedConversions, null);
  t.is(cell.yield, 1);
  t.is(cell.bcaLow, null);
});

test('cellOf(samples, question) of one chip has no interval, and counts chips without a value', (t) => {
  const cell = cellOf([row('a', 1, 0.4), row('a', 2, null)], question)!;
  t.is(cell.low, null);
  t.is(cell.std, null);
  t.is(cell.chips, 1);
  t.is(cell.undefinedChips, 1);
  t.is(cell.yield, 0);
  t.is(cellOf([row('a', 1, null)], question), null);
});

test('summarise(run, samples) holds the contract of summary.json', (t) => {
  const { run, samples } = syntheticRun({ chips: 5, examples: 64 });
  const summary = summarise(run, samples, { limit: 0.8 });
  t.deepEqual(
    summary.arms.map(({ arm }) => arm),
    ['use-lite-grasp', 'use-lite-stochgrasp'],
  );
  t.is(summary.arms[0]?.cells.length, run.conditions.length);
  const cell = cellAt(summary, summary.arms[0]!, CONDITION)!;
  const values = samples
    .filter((s) => s.arm === 'use-lite-grasp' && s.chip !== null && s.seconds === 0 && s.noise === 1)
    .map((s) => s.metrics.accuracy as number);
  t.true(near(cell.mean, values.reduce((a, b) => a + b, 0) / 5, 1e-12));
  t.is(cell.yield, values.filter((v) => v >= 0.8).length / 5);
  t.is(summary.pairs.length, run.conditions.length);
  t.deepEqual([summary.pairs[0]?.a, summary.pairs[0]?.b], ['use-lite-grasp', 'use-lite-stochgrasp']);
  t.is(typeof summary.arms[0]?.clean?.accuracy, 'number');
  t.deepEqual(summary.warnings, []);
});

test('summarise(run, samples) pairs by chip seed and leaves out chips that only one arm has', (t) => {
  const { run, samples } = syntheticRun({ chips: 4, examples: 64 });
  const fewer = samples.filter((s) => !(s.arm === 'use-lite-grasp' && s.chip === 2));
  const summary = summarise(run, fewer);
  t.true(summary.pairs.every((pair) => pair.chips === 3));
  t.deepEqual(summary.warnings, [
    'The run is not finished: 49 of 56 planned rows are there. Evaluate again to resume it.',
  ]);
});

test('summarise(run, samples) does not depend on the order of the rows', (t) => {
  const { run, samples } = syntheticRun({ chips: 4, examples: 64 });
  t.deepEqual(summarise(run, [...samples].reverse()), summarise(run, samples));
});

test('armPairs(run) compares with GRASP first, whatever the order of arms', (t) => {
  const { run } = syntheticRun({ chips: 1, examples: 8, methods: ['stochgrasp', 'lora', 'grasp'] });
  t.deepEqual(armPairs(run), [
    ['use-lite-grasp', 'use-lite-stochgrasp'],
    ['use-lite-grasp', 'use-lite-lora'],
    ['use-lite-stochgrasp', 'use-lite-lora'],
  ]);
});
