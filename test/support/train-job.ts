import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { ExecutionContext } from 'ava';
import { HoldfastError } from '../../src/core/errors.ts';
import { sha256 } from '../../src/core/files.ts';
import { type Progress, silentProgress } from '../../src/core/progress.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';

const PRAISE = ['fine', 'lovely', 'great', 'excellent'];
const BLAME = ['poor', 'awful', 'bad', 'terrible'];
const THINGS = ['phone', 'film', 'meal', 'chair', 'room', 'song', 'cable', 'story', 'lamp', 'coat'];

/** Forty sentences that praise or blame a thing; each other one is of class `no`. */
export function sentences(from: number, count: number): string {
  const lines = Array.from({ length: count }, (_, k) => {
    const at = from + k;
    const words = at % 2 === 0 ? PRAISE : BLAME;
    const text = `The ${THINGS[at % 10]} is ${words[Math.floor(at / 10) % 4]}${at % 3 === 0 ? ' as ever' : ''}.`;
    return JSON.stringify({ text, label: at % 2 === 0 ? 'yes' : 'no' });
  });
  return `${lines.join('\n')}\n`;
}

/** A folder with the small task in `data`, removed when the test ends. */
export async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-train-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'train.jsonl'), sentences(0, 40));
  await writeFile(join(folder, 'data', 'dev.jsonl'), sentences(3, 20));
  return folder;
}

export function jobIn(folder: string, out: string, more: Partial<TrainJob> = {}): TrainJob {
  return {
    model: 'use-lite',
    task: 'custom',
    data: join(folder, 'data'),
    // An adapter fixes them.
    ...(more.adapter === undefined ? { method: 'grasp', groups: 16 } : {}),
    optimizer: 'adamw',
    lr: 0.005,
    weightDecay: 0,
    warmup: 0.06,
    schedule: 'linear',
    batch: 8,
    steps: 6,
    seed: 1,
    shuffle: true,
    resume: false,
    engine: 'onnxruntime',
    out: join(folder, out),
    force: false,
    progress: silentProgress,
    ...more,
  };
}

/** A signal that is given after so many steps, and the progress that gives it. */
export function stopAfter(steps: number): { signal: AbortSignal; progress: Progress } {
  const controller = new AbortController();
  let done = 0;
  const advance = (by = 1): void => {
    done += by;
    if (done >= steps) controller.abort();
  };
  return { signal: controller.signal, progress: { ...silentProgress, advance } };
}

/** SHA-256 of each file of a folder. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  return hashed(folder, await readdir(folder));
}

/** SHA-256 of each file of a folder and those in it. */
export async function allFilesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return hashed(
    folder,
    files.map(({ parentPath, name }) => relative(folder, join(parentPath, name))),
  );
}

async function hashed(folder: string, files: readonly string[]): Promise<Record<string, string>> {
  const names = [...files].sort();
  const hashes = names.map(async (name) => [name, sha256(await readFile(join(folder, name)))] as const);
  return Object.fromEntries(await Promise.all(hashes));
}

export async function interrupted(t: ExecutionContext, job: TrainJob, steps: number): Promise<void> {
  await t.throwsAsync(train({ ...job, ...stopAfter(steps) }), {
    instanceOf: HoldfastError,
    code: 'interrupted',
    message: `${job.out}: interrupted at step ${steps} of ${job.steps}; go on with --resume`,
  });
}
