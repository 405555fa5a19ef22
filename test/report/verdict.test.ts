import test from 'ava';
import type { RunRecord } from '../../src/evaluate/run-record.ts';
import type { Sample } from '../../src/evaluate/sample.ts';
import { summarise } from '../../src/report/summary.ts';
import { syntheticRun } from '../support/run-fixture.ts';

/** Rows of two arms with given values on three chips, one list a condition. */
function verdict(differences: readonly (readonly number[])[], leastNoise = 1): string {
  const { run } = syntheticRun({ chips: differences[0]?.length ?? 0, examples: 100 });
  const conditions = differences.map((_, i) => ({ seconds: 0, noise: i + leastNoise }));
  const record: RunRecord = { ...run, conditions, probe: null };
  const row = (arm: string, chip: number | null, noise: number, accuracy: number): Sample => ({
    arm,
    chip,
    seconds: 0,
    noise,
    read: 0,
    source: 'all',
    metrics: { accuracy },
    examples: 100,
    outcomes: '',
    clippedInputs: null,
    saturatedConversions: null,
  });
  const samples = [
    row('use-lite-grasp', null, 0, 0.9),
    row('use-lite-stochgrasp', null, 0, 0.89),
    ...differences.flatMap((list, i) =>
      list.flatMap((difference, chip) => [
        row('use-lite-grasp', chip, i + leastNoise, 0.8),
        row('use-lite-stochgrasp', chip, i + leastNoise, 0.8 + difference),
      ]),
    ),
  ];
  return summarise(record, samples).verdict;
}

const CLEAN = 'On the clean digital model GRASP reaches 90.0\u202f% and StochGRASP 89.0\u202f%.';

test('verdictOf(data) says where StochGRASP is ahead and by how much', (t) => {
  t.is(
    verdict([[0.02, 0.021, 0.019, 0.02]]),
    `StochGRASP is ahead of GRASP in the one condition tried, by 2.0 points (0\u202fs and noise scale 1; 95\u202f% interval over 4 chips 1.9 to 2.1). ${CLEAN}`,
  );
});

test('verdictOf(data) says as plainly where it is behind, and where chips do not tell', (t) => {
  t.is(
    verdict([
      [0.02, 0.021, 0.019, 0.02],
      [-0.03, -0.031, -0.029, -0.03],
      [0.05, -0.05, 0.04, -0.04],
    ]),
    'StochGRASP is ahead of GRASP in 1 of the 3 conditions tried, by 2.0 points (0\u202fs and noise scale 1; 95\u202f% interval over 4 chips 1.9 to 2.1). ' +
      'It is behind at noise scale 2 (0\u202fs), by 3.0 points. ' +
      `The chips do not tell the two apart at noise scale 3 (0\u202fs). ${CLEAN}`,
  );
});

test('verdictOf(data) takes copies of one chip, at noise scale 0, for one: what it shows is no matter of their number', (t) => {
  const noiseless = (chips: number) =>
    verdict([Array<number>(chips).fill(-0.06), [0.02, 0.021, 0.019, 0.02]], 0);
  t.is(
    noiseless(3),
    'StochGRASP is ahead of GRASP in 1 of the 2 conditions tried, by 2.0 points (0\u202fs and noise scale 1; 95\u202f% interval over 4 chips 1.9 to 2.1). ' +
      `It is behind at noise scale 0 (0\u202fs), by 6.0 points. ${CLEAN}`,
  );
  t.is(noiseless(12), noiseless(3));
  t.is(
    verdict([[0, 0, 0]], 0),
    `StochGRASP is not ahead of GRASP in the one condition tried. The chips do not tell the two apart at noise scale 0 (0\u202fs). ${CLEAN}`,
  );
});

test('verdictOf(data) says that StochGRASP is not ahead', (t) => {
  t.is(
    verdict([
      [0.01, -0.02, 0.01, -0.01],
      [-0.03, -0.031, -0.029, -0.03],
    ]),
    'StochGRASP is not ahead of GRASP in any of the 2 conditions tried. It is behind at noise scale 2 (0\u202fs), by 3.0 points. ' +
      `The chips do not tell the two apart at noise scale 1 (0\u202fs). ${CLEAN}`,
  );
});

test('verdictOf(data) of one chip says that it does not know', (t) => {
  t.is(
    verdict([[0.02]]),
    'Whether StochGRASP is ahead of GRASP is not known: one chip gives no interval. On that chip the difference is +2.0 points at 0\u202fs and noise scale 1. ' +
      CLEAN,
  );
});

test('verdictOf(data) of one arm says what it keeps', (t) => {
  const { run, samples } = syntheticRun({ chips: 3, examples: 64, methods: ['grasp'], clean: false });
  t.regex(
    summarise(run, samples).verdict,
    /^GRASP has no clean row to compare with; on chips its mean goes from \d\d\.\d \(.*\) down to \d\d\.\d\u202f% at 0\u202fs and noise scale 3 \(95\u202f% interval over 3 chips .* to .*\u202f%\)\.$/,
  );
});
