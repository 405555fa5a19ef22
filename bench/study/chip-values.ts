import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mean } from '../../src/core/statistics.ts';
import { parseSamples, type Sample } from '../../src/evaluate/sample.ts';
import type { StudyResults } from './page.ts';

/** Values of an arm on one memory's chips at a noise scale, `[seeds][chips]`. */
export type ChipValues = (name: string, scale: number) => number[][];

/** Reads what a study found on the chips of a memory. @throws Error if an arm has not been evaluated on them */
export async function chipValues(
  { out, arms, seeds }: StudyResults,
  profile: string,
  metric: string,
): Promise<ChipValues> {
  const rows = new Map<string, (readonly Sample[])[]>();
  for (const { id, name } of arms) {
    rows.set(
      name,
      await Promise.all(seeds.map((seed) => samples(join(out, 'runs', profile, `${id}-${seed}`)))),
    );
  }
  return (name, scale) =>
    rows.get(name)!.map((run) =>
      run
        .filter((row) => row.chip !== null && row.noise === scale)
        .sort((a, b) => a.chip! - b.chip!)
        .map((row) => row.metrics[metric]!),
    );
}

/** The mean over seeds of each chip. */
export function overSeeds(values: readonly (readonly number[])[]): number[] {
  return values[0]!.map((_, chip) => mean(values.map((seed) => seed[chip]!)));
}

async function samples(run: string): Promise<readonly Sample[]> {
  const path = join(run, 'samples.jsonl');
  if (!existsSync(path))
    throw new Error(`${path}: must be there, got no such file; run the study to its end`);
  return parseSamples(await readFile(path, 'utf8'), path).samples;
}
