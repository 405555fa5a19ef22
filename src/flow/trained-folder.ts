import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { loadAdapter } from '../adapter/file.ts';
import { BadFileError, UsageError } from '../core/errors.ts';
import { readText, stableJson } from '../core/files.ts';
import { readSeeds, seedFolder } from './seeds-folder.ts';
import { readCost, type TrainingCost } from './training-cost.ts';
import { SEEDS_FILE } from './training-folder.ts';

/** One finished training run as it lies on disk. */
export interface TrainedFolder {
  readonly name: string;
  readonly method: string;
  readonly task: string;
  readonly split: string;
  readonly examples: number;
  readonly mainMetric: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly cost: TrainingCost | null;
  readonly seed: number;
  /** Equal for runs that differ in nothing but the seed. */
  readonly recipe: string;
}

/** Whether a folder holds one training run or those of several seeds. */
export function isTrainedFolder(folder: string): boolean {
  return existsSync(join(folder, 'adapter.json')) || existsSync(join(folder, SEEDS_FILE));
}

/** The training runs of a folder: one, or one a seed. @throws UsageError if one is not finished, BadFileError if malformed */
export async function readTrained(folder: string): Promise<TrainedFolder[]> {
  const name = basename(resolve(folder));
  if (!existsSync(join(folder, SEEDS_FILE))) return [await readOne(folder, name)];
  const seeds = await readSeeds(folder);
  return Promise.all(seeds.map((seed) => readOne(seedFolder(folder, seed), name)));
}

async function readOne(folder: string, name: string): Promise<TrainedFolder> {
  const path = join(folder, 'metrics.json');
  if (!existsSync(path)) {
    throw new UsageError(
      folder,
      'must be a finished training run (with metrics.json), got none there; go on with --resume',
    );
  }
  const { file } = await loadAdapter(folder);
  const scored = parse(await readText(path), path);
  const { task, split, examples, mainMetric, metrics } = scored;
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isValues = (value: unknown): value is Record<string, number | null> =>
    isRecord(value) && Object.values(value).every((one) => one === null || typeof one === 'number');
  if (
    !isText(task) ||
    !isText(split) ||
    !isText(mainMetric) ||
    typeof examples !== 'number' ||
    !isValues(metrics)
  ) {
    throw new BadFileError(
      path,
      'must hold "task", "split", "examples", "mainMetric" and "metrics" as "holdfast train" writes them, got other text; train again',
    );
  }
  const training = isRecord(file.training) ? file.training : {};
  return {
    name,
    method: file.method,
    task,
    split,
    examples,
    mainMetric,
    metrics,
    trainableParameters: file.trainableParameters,
    trainableParametersWithHead: file.trainableParametersWithHead,
    cost: await readCost(folder),
    seed: typeof training.seed === 'number' ? training.seed : file.options.seed,
    recipe: stableJson(
      withoutSeed({ method: file.method, model: file.model, options: file.options, training }),
    ),
  };
}

/** A record without any field "seed" in it. */
function withoutSeed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSeed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (key === 'seed' ? [] : [[key, withoutSeed(field)]])),
  );
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json)) return json;
  } catch {
    // Said below.
  }
  throw new BadFileError(path, 'must be a JSON object, got other text; train again');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
