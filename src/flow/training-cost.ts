import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError } from '../core/errors.ts';
import { readText, stableJson, writeFileAtomic } from '../core/files.ts';

/** What a caller that has a clock lends to a job: no room below the command line has one. */
export interface Meter {
  /** Seconds from any fixed moment. */
  readonly seconds: () => number;
  /** The most memory that the process has held so far, in bytes (resident set). */
  readonly peakMemoryBytes: () => number;
}

/**
 * What a training run cost: `cost.json`. It stands in a file of its own, for it is the one thing that another run of the
 * same does not repeat.
 */
export interface TrainingCost {
  /** Of all steps, choosing checkpoints among them; without loading and scoring. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
}

const FILE = 'cost.json';

/** The cost that a folder tells of; null where it has none. @throws BadFileError if the file is malformed */
export async function readCost(folder: string): Promise<TrainingCost | null> {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  let cost: Partial<TrainingCost> | null = null;
  try {
    cost = JSON.parse(await readText(path)) as Partial<TrainingCost> | null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const isNumber = (value: unknown): value is number => typeof value === 'number' && value >= 0;
  const { seconds, peakMemoryBytes } = cost ?? {};
  if (isNumber(seconds) && isNumber(peakMemoryBytes)) return { seconds, peakMemoryBytes };
  throw new BadFileError(
    path,
    'must hold "seconds" and "peakMemoryBytes" as numbers of at least 0, got other text; remove it',
  );
}

/** Keeps a folder's cost, on top of what a run that was stopped had cost `before`. Without a meter nothing is kept. */
export function startCost(
  folder: string,
  meter: Meter | undefined,
  before: TrainingCost | null,
): { keep(): Promise<TrainingCost | null> } {
  if (meter === undefined) return { keep: async () => null };
  const started = meter.seconds();
  return {
    async keep() {
      const cost = {
        seconds: (before?.seconds ?? 0) + meter.seconds() - started,
        peakMemoryBytes: Math.max(before?.peakMemoryBytes ?? 0, meter.peakMemoryBytes()),
      };
      await writeFileAtomic(join(folder, FILE), stableJson(cost));
      return cost;
    },
  };
}
