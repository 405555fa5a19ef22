import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/paths.ts';

/** Reference values that test/fixtures/statistics.py made with SciPy. */
export interface StatisticsVectors {
  readonly beta: readonly (readonly [x: number, a: number, b: number, value: number])[];
  readonly student: readonly (readonly [t: number, degrees: number, p: number])[];
  readonly studentQuantile: readonly (readonly [p: number, degrees: number, t: number])[];
  readonly normal: readonly (readonly [z: number, p: number])[];
  readonly normalQuantile: readonly (readonly [p: number, z: number])[];
  readonly proportions: readonly {
    readonly k: number;
    readonly n: number;
    readonly confidence: number;
    readonly exact: readonly [number, number];
    readonly wilson: readonly [number, number];
  }[];
  readonly binomial: readonly (readonly [k: number, n: number, p: number, value: number])[];
  readonly paired: readonly {
    readonly differences: readonly number[];
    readonly mean: number;
    readonly std: number;
    readonly interval: readonly [number, number];
    readonly p: number;
    readonly pWilcoxon: number;
    readonly pSign: number;
  }[];
  readonly bca: readonly {
    readonly values: readonly number[];
    readonly interval: readonly [number, number];
  }[];
}

export const statisticsVectors = JSON.parse(
  readFileSync(join(packageRoot(), 'test/fixtures/statistics.json'), 'utf8'),
) as StatisticsVectors;

/** |got - want| <= tolerance x |want|, with an absolute floor for values of 0. */
export function near(got: number, want: number, tolerance: number, floor = 1e-300): boolean {
  return Math.abs(got - want) <= tolerance * Math.abs(want) + floor;
}
