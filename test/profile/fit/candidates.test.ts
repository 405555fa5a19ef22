import test from 'ava';
import { candidatesOf } from '../../../src/profile/fit/candidates.ts';
import { basisName } from '../../../src/profile/fit/choose-laws.ts';
import { fitDevice } from '../../../src/profile/fit/fit.ts';
import { parseMeasurements } from '../../../src/profile/fit/measurements.ts';
import { dataOf } from '../../../src/profile/fit/series.ts';
import { NOISY, SINGLE_READS, simulatedCsv } from '../../support/simulated-cells.ts';

const names = (
  states: readonly number[],
  cells: number,
  form: 'auto' | 'polynomial' | 'table',
  order = null,
) => candidatesOf(states, cells, { form, order }, 'writing.std').map(basisName);
const polynomials = (most: number) =>
  Array.from({ length: most + 1 }, (_, order) => `polynomial of order ${order}`);

test('candidatesOf(auto) offers no polynomial through every level beside the table', (t) => {
  t.deepEqual(names([0.2, 0.4, 0.6, 0.8, 1], 200, 'auto'), [...polynomials(3), 'table of 5 points']);
  t.deepEqual(names([0.2, 0.6, 1], 120, 'auto'), [...polynomials(1), 'table of 3 points']);
  t.deepEqual(names([0, 0.2, 0.4, 0.6, 0.8, 1], 240, 'auto'), [...polynomials(4), 'table of 6 points']);
});

test('candidatesOf offers it where there are too few cells for a table, or polynomials are asked for', (t) => {
  t.deepEqual(names([0.2, 0.4, 0.6, 0.8, 1], 199, 'auto'), polynomials(4));
  t.deepEqual(names([0.2, 0.4, 0.6, 0.8, 1], 200, 'polynomial'), polynomials(4));
  t.deepEqual(names([0.2, 1], 200, 'auto'), polynomials(1));
  t.deepEqual(names([0.5], 200, 'auto'), polynomials(0));
});

test('fitDevice(a law with a kink at five levels) holds it between levels: a table, not a polynomial through the levels', (t) => {
  const kinked = {
    ...NOISY,
    'drift.exponentStd': (x: number) => (x < 0.3 ? 0.035 : 0.005),
    'readNoise.std': () => 0.01,
  };
  const lines = simulatedCsv(1200, 1, SINGLE_READS.slice(0, 3), true, kinked).split('\n');
  const levels = lines.filter((line, i) => i === 0 || /^(5|10|15|20|25),/u.test(line));
  const data = dataOf(parseMeasurements(levels.join('\n'), 'cells.csv'), 'cells.csv');
  const job = { gMaxMicrosiemens: 25, referenceSeconds: 20, seed: 1, form: 'auto', order: null } as const;
  const std = fitDevice({ ...job, data }).laws.find(({ name }) => name === 'drift.exponentStd')!;
  t.is(basisName(std.basis), 'table of 5 points');
  for (const x of [0.5, 0.7, 0.9]) {
    const value = std.basis.at(x, 0).reduce((sum, b, i) => sum + b * std.theta[i]!, 0);
    t.true(Math.abs(value - 0.005) < 0.0015, `${value} at ${x}`);
  }
});
