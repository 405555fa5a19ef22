import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter } from '../adapter/adapter.ts';
import { BadFileError, HoldfastError, UsageError } from '../core/errors.ts';
import { makeFolder, readBytes, surroundingsError, writeFileAtomic } from '../core/files.ts';
import { type Checkpoint, decodeState, encodeState, initialState, type TuneState } from '../tune/state.ts';

/**
 * The output folder while training: `training.jsonl`, `checkpoint.safetensors`, and with --select-on
 * `best.safetensors`, the best state so far with its metric. All that a resumed run goes by lies here, so that it ends
 * as an unbroken one does.
 */
export interface TrainingFolder {
  /** Where training goes on. */
  readonly from: TuneState;
  log(line: string): Promise<void>;
  checkpoint(state: TuneState): Promise<void>;
  /** Keeps a state if its score is above the best so far; of equals the first stays. */
  offer(state: TuneState, score: number): Promise<void>;
  /** The best state that was offered. */
  best(): Promise<TuneState>;
}

export interface FolderOptions {
  readonly resume: boolean;
  /** Fingerprint of the run. */
  readonly plan: string;
  /** The adapter before the first step. */
  readonly start: Adapter;
  /** The first step after which a state is offered; null where the last step is kept. */
  readonly firstChoice: number | null;
}

/**
 * Empties the folder, or with `resume` takes up what it holds. Its log is cut back to the checkpoint's step.
 *
 * @throws UsageError if there is nothing to resume from, BadFileError if it is of another plan or damaged
 */
export async function openTrainingFolder(out: string, options: FolderOptions): Promise<TrainingFolder> {
  const { plan, start } = options;
  const [checkpointPath, bestPath, logPath] = [
    'checkpoint.safetensors',
    'best.safetensors',
    'training.jsonl',
  ].map((name) => join(out, name)) as [string, string, string];
  const read = async (path: string): Promise<Checkpoint> =>
    decodeState(await readBytes(path), start, plan, path);

  let from = initialState(start);
  let bestScore: number | null = null;
  try {
    if (options.resume && !existsSync(checkpointPath)) {
      if (!existsSync(logPath)) {
        throw new UsageError(
          out,
          'must hold a checkpoint.safetensors to resume from, got none; start anew without --resume (with --force if the folder exists)',
        );
      }
      // Killed before its first checkpoint: all steps are done again.
      await writeFile(logPath, '');
    } else if (options.resume) {
      from = (await read(checkpointPath)).state;
      await cutLog(logPath, from.step);
      if (options.firstChoice !== null && from.step >= options.firstChoice) {
        bestScore = (await read(bestPath)).score;
      }
    } else {
      await rm(out, { recursive: true, force: true });
      await makeFolder(out);
      await writeFile(logPath, '');
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw surroundingsError(out, 'write', error);
  }
  return {
    from,
    log: async (line) => {
      const { size } = await stat(logPath);
      await appendFile(logPath, `${line}\n`).catch(async (error: unknown) => {
        // A full disk may have taken a part of the line.
        await truncate(logPath, size).catch((e: unknown) => e);
        throw surroundingsError(logPath, 'write', error);
      });
    },
    checkpoint: (state) => writeFileAtomic(checkpointPath, encodeState(state, plan)),
    offer: async (state, score) => {
      if (bestScore !== null && score <= bestScore) return;
      await writeFileAtomic(bestPath, encodeState(state, plan, score));
      bestScore = score;
    },
    best: async () => (await read(bestPath)).state,
  };
}

/** Drops what was logged after the checkpoint: those steps are done again. */
async function cutLog(path: string, steps: number): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  if (lines.length < steps) {
    throw new BadFileError(
      path,
      `must hold a line for each of the ${steps} steps of the checkpoint, got ${lines.length}; start anew with --force`,
    );
  }
  await writeFileAtomic(
    path,
    lines
      .slice(0, steps)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
