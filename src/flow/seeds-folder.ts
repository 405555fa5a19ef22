import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import { readText, surroundingsError } from '../core/files.ts';
import { isBegun, SEEDS_FILE } from './training-folder.ts';

export function seedFolder(out: string, seed: number): string {
  return join(out, `seed-${seed}`);
}

/** The seeds of a folder of several runs. @throws BadFileError if its `seeds.json` is malformed */
export async function readSeeds(folder: string): Promise<readonly number[]> {
  const path = join(folder, SEEDS_FILE);
  const text = await readText(path);
  let seeds: unknown;
  try {
    seeds = (JSON.parse(text) as { seeds?: unknown } | null)?.seeds;
  } catch {
    // Said below.
  }
  if (Array.isArray(seeds) && seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) return seeds;
  throw new BadFileError(path, 'must hold "seeds", a list of whole numbers, got other text; train again');
}

/**
 * Looks at a folder that several runs are to go on in: nothing may lie there but what they left.
 *
 * @returns Of each seed whether its run was begun.
 * @throws UsageError if the folder is not one of several runs, leaves a seed out that it has, or something else lies in
 *   a seed's folder; BadFileError if its `seeds.json` is malformed
 */
export async function begunSeeds(out: string, seeds: readonly number[]): Promise<readonly boolean[]> {
  if (!existsSync(join(out, SEEDS_FILE))) {
    throw new UsageError(
      out,
      existsSync(join(out, 'training.jsonl'))
        ? 'must hold the runs of several seeds (with seeds.json) to resume with --seeds, got a single run; leave --seeds out, or choose another --out'
        : 'must hold a seeds.json to resume from, got none; start anew without --resume',
    );
  }
  const known = await readSeeds(out);
  if (!known.every((seed) => seeds.includes(seed))) {
    throw new UsageError(
      '--seeds',
      `must take in each seed that ${out} has (${known.join(', ')}), got ${seeds.join(', ')}; ask for those too, or choose another --out`,
    );
  }
  return Promise.all(seeds.map((seed) => isSeedBegun(seedFolder(out, seed))));
}

async function isSeedBegun(folder: string): Promise<boolean> {
  if (await isBegun(folder)) return true;
  if (!existsSync(folder)) return false;
  const names = await readdir(folder).catch((error: unknown) => {
    throw surroundingsError(folder, 'read', error);
  });
  // One that was stopped before it logged anything.
  if (names.length === 0) return false;
  throw new UsageError(
    folder,
    'must hold a checkpoint.safetensors to resume from, or nothing, got other files; move them away',
  );
}
