import test from 'ava';
import {
  armNames,
  conditionLabel,
  conditionPhrase,
  formatBareDifference,
  formatCount,
  formatDifference,
  formatMetric,
  formatP,
  formatRange,
  listOf,
} from '../../src/report/names.ts';
import { syntheticRun } from '../support/run-fixture.ts';

test('formatMetric(metric, value) writes shares in per cent, others with three digits', (t) => {
  t.is(formatMetric('accuracy', 0.8625), '86.3\u202f%');
  t.is(formatMetric('matthews', -0.1234), '\u22120.123');
  t.is(formatRange('accuracy', 0.86, 0.87), '86.0 to 87.0\u202f%');
});

test('formatDifference(metric, value) has a sign, and none for zero', (t) => {
  t.is(formatDifference('accuracy', 0.024), '+2.4 points');
  t.is(formatDifference('accuracy', -0.024), '\u22122.4 points');
  t.is(formatBareDifference('accuracy', -0.00001), '0.0');
  t.is(formatBareDifference('pearson', 0.01), '+0.010');
});

test('conditionLabel and conditionPhrase name a condition', (t) => {
  t.is(conditionLabel({ seconds: 86400, noise: 0.5 }), '1\u202fd, noise 0.5');
  t.is(conditionPhrase({ seconds: 0, noise: 2 }), '0\u202fs and noise scale 2');
});

test('formatP, formatCount, listOf', (t) => {
  t.is(formatP(0.0001), 'p < 0.001');
  t.is(formatP(0.0312), 'p = 0.031');
  t.is(formatP(0.5), 'p = 0.50');
  t.is(formatCount(2408448), '2,408,448');
  t.is(listOf(['a', 'b', 'c']), 'a, b and c');
  t.is(listOf([]), '');
});

test('armNames(run) are methods where those tell the arms apart, else the names of the arms', (t) => {
  const { run } = syntheticRun({ chips: 1, examples: 8 });
  t.deepEqual([...armNames(run).values()], ['GRASP', 'StochGRASP']);
  const [first] = run.arms;
  const twins = { arms: [first!, { ...first!, arm: 'second' }] };
  t.deepEqual([...armNames(twins).values()], ['use-lite-grasp', 'second']);
});
