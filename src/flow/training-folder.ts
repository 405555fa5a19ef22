import { existsSync } from 'node:fs';
import { appendFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter } from '../adapter/adapter.ts';
import { BadFileError, HoldfastError, UsageError } from '../core/errors.ts';
import { makeFolder, readBytes, readText, surroundingsError, writeFileAtomic } from '../core/files.ts';
import { type Checkpoint, decodeState, encodeState, initialState, type TuneState } from '../tune/state.ts';

/**
 * The output folder while training: `training.jsonl`, `checkpoint.safetensors`, and with --select-on
 * `best.safetensors`, the best state so far with its metric. All that a resumed run goes by lies here, so that it ends
 * as an unbroken one does.
 */
export interface TrainingFolder {
  log(line: string): Promise<void>;
  checkpoint(state: TuneState): Promise<void>;
  /** Keeps a state if its score is above the best so far; of equals the first stays. */
  offer(state: TuneState, score: number): Promise<void>;
  /** The best state that was offered. */
  best(): Promise<TuneState>;
}

export interface FolderOptions {
  readonly out: string;
  readonly resume: boolean;
  /** Fingerprint of the run. */
  readonly plan: string;
  /** The adapter before the first step. */
  readonly start: Adapter;
  /** The first step after which a state is offered; null where the last step is kept. */
  readonly firstChoice: number | null;
}

/** What a run goes on from. */
export interface Found extends FolderOptions {
  readonly from: TuneState;
  readonly bestScore: number | null;
  /** The lines of its log up to `from`. */
  readonly log: string;
}

const CHECKPOINT = 'checkpoint.safetensors';
const BEST = 'best.safetensors';
const LOG = 'training.jsonl';
/** Marks the folder of several runs, and names their seeds. */
export const SEEDS_FILE = 'seeds.json';
/** How each log begins, in full or cut off. */
const LOG_START = '{"step":';

/** Whether a folder holds a run that was begun: with a checkpoint, or killed before its first. */
export async function isBegun(folder: string): Promise<boolean> {
  if (existsSync(join(folder, CHECKPOINT))) return true;
  const log = join(folder, LOG);
  if (!existsSync(log) || existsSync(join(folder, 'adapter.json'))) return false;
  // Somebody's data may have that name too, and would be written over.
  const text = await readText(log);
  return text.startsWith(LOG_START) || LOG_START.startsWith(text);
}

/**
 * Where training begins, or with `resume` where it goes on. Touches nothing.
 *
 * @throws UsageError if there is nothing to resume from, BadFileError if it is of another plan or damaged
 */
export async function findTraining(options: FolderOptions): Promise<Found> {
  const { out, resume, plan, start, firstChoice } = options;
  if (resume && !(await isBegun(out))) {
    throw new UsageError(
      out,
      existsSync(join(out, SEEDS_FILE))
        ? 'must hold a checkpoint.safetensors to resume from, got the runs of several seeds; pass --seeds as the first time'
        : 'must hold a checkpoint.safetensors to resume from, got none; start anew without --resume (with --force if the folder exists)',
    );
  }
  const path = join(out, CHECKPOINT);
  if (!resume || !existsSync(path))
    return { ...options, from: initialState(start), bestScore: null, log: '' };
  const from = (await read(path, start, plan)).state;
  const log = await logUntil(join(out, LOG), from.step);
  const isChosen = firstChoice !== null && from.step >= firstChoice;
  const bestScore = isChosen ? (await read(join(out, BEST), start, plan)).score : null;
  return { ...options, from, bestScore, log };
}

/** Makes the folder empty, or with `resume` cuts its log back to the checkpoint's step. */
export async function openTrainingFolder({
  out,
  resume,
  plan,
  start,
  ...found
}: Found): Promise<TrainingFolder> {
  const [checkpointPath, bestPath, logPath] = [join(out, CHECKPOINT), join(out, BEST), join(out, LOG)];
  let { bestScore } = found;
  try {
    if (!resume) {
      await rm(out, { recursive: true, force: true });
      await makeFolder(out);
    }
    await writeFileAtomic(logPath, found.log);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw surroundingsError(out, 'write', error);
  }
  return {
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
    best: async () => (await read(bestPath, start, plan)).state,
  };
}

async function read(path: string, start: Adapter, plan: string): Promise<Checkpoint> {
  return decodeState(await readBytes(path), start, plan, path);
}

/** A log without what came after the checkpoint: those steps are done again. */
async function logUntil(path: string, steps: number): Promise<string> {
  const lines = (await readText(path)).split('\n').slice(0, -1);
  if (lines.length < steps) {
    throw new BadFileError(
      path,
      `must hold a line for each of the ${steps} steps of the checkpoint, got ${lines.length}; start anew with --force`,
    );
  }
  return lines
    .slice(0, steps)
    .map((line) => `${line}\n`)
    .join('');
}
