import { mean, std } from '../core/statistics.ts';
import type { Condition } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';

/** What one chip made under one condition: the mean over its reads. The chip is the unit of every interval. */
export interface ChipResult {
  readonly chip: number;
  /** Mean over reads; null where the metric was undefined in every read. */
  readonly value: number | null;
  /** Standard deviation over reads; null for one read. */
  readonly readStd: number | null;
  readonly samples: readonly Sample[];
}

/** The rows of one arm and source under one condition, by chip, in ascending order of chip seeds. */
export function chipSamples(
  samples: readonly Sample[],
  arm: string,
  source: string,
  { seconds, noise }: Condition,
): ReadonlyMap<number, readonly Sample[]> {
  const byChip = new Map<number, Sample[]>();
  for (const sample of samples) {
    if (sample.chip === null || sample.arm !== arm || sample.source !== source) continue;
    if (sample.seconds !== seconds || sample.noise !== noise) continue;
    const reads = byChip.get(sample.chip);
    if (reads === undefined) byChip.set(sample.chip, [sample]);
    else reads.push(sample);
  }
  for (const reads of byChip.values()) reads.sort((a, b) => a.read - b.read);
  return new Map([...byChip].sort(([a], [b]) => a - b));
}

/** One result a chip, of one metric. */
export function chipResults(
  byChip: ReadonlyMap<number, readonly Sample[]>,
  metric: string,
): readonly ChipResult[] {
  return [...byChip].map(([chip, samples]) => {
    const values = samples.flatMap(({ metrics }) => {
      const value = metrics[metric];
      return value === undefined || value === null ? [] : [value];
    });
    return { chip, value: values.length === 0 ? null : mean(values), readStd: std(values), samples };
  });
}

/**
 * Whether the chips of these values are copies of one, which say no more than the first: at noise scale 0 nothing is random. A chip on which
 * the metric is undefined is another than one with a value.
 */
export function areCopies(values: readonly (number | null)[], { noise }: Pick<Condition, 'noise'>): boolean {
  return noise === 0 && new Set(values).size <= 1;
}

/** The values of the chips that have one. */
export function definedValues(results: readonly ChipResult[]): number[] {
  return results.flatMap(({ value }) => (value === null ? [] : [value]));
}

/** The clean digital model's row of an arm, if it is there. */
export function cleanSample(samples: readonly Sample[], arm: string): Sample | null {
  return samples.find((sample) => sample.chip === null && sample.arm === arm) ?? null;
}
