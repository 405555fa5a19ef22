import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BadFileError, UsageError } from '../../core/errors.ts';
import { readSafetensorsHeader } from '../../core/safetensors-stream.ts';
import { isRecord, readJson } from './read-json.ts';

/** What the weight files of a folder hold, by their headers alone. */
export interface StoredWeights {
  /** What messages call them. */
  readonly where: string;
  readonly files: readonly WeightFile[];
  /** Whether a pretraining head shares the word embedding. */
  readonly isTied: boolean;
  /** Of each tensor that a model may take, by the checkpoint's own names. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

interface WeightFile {
  readonly path: string;
  /** The names that the index expects in it; null without an index. */
  readonly listed: ReadonlySet<string> | null;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/**
 * Heads of pretraining: no part of an encoder. Of those the decoder's weight is the word embedding, and its bias that
 * of the head, once more.
 */
const PRETRAINING = /^(cls\.|lm_head\.|vocab_)/;
const TIED = /^(cls\.predictions|lm_head)\.decoder\.(weight|bias)$|^(vocab_projector|lm_head)\.weight$/;

/** A causal model's head, where it is not the word embedding. */
export const LANGUAGE_HEAD = 'lm_head.weight';

/** Constants that old versions of transformers stored along with the weights. */
const BUFFERS = /(^|\.)embeddings\.(position_ids|token_type_ids)$|(^|\.)h\.\d+\.attn\.(bias|masked_bias)$/;

/** How many names a message tells. */
const LISTED = 5;

/** The element types that become float32. */
const FLOATS: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16']);

/**
 * Looks up the weights of a folder: `model.safetensors`, or the files that `model.safetensors.index.json` lists. Reads their
 * headers only.
 * @param isTied whether a pretraining head shares the word embedding, as `tie_word_embeddings` says
 * @throws UsageError if the folder holds no safetensors, BadFileError if they are not as they must be
 */
export async function findWeights(folder: string, isTied: boolean): Promise<StoredWeights> {
  const { where, files } = await weightFiles(folder);
  const shapes = new Map<string, readonly number[]>();
  for (const file of files) {
    const entries = await readSafetensorsHeader(file.path);
    const found = new Set(entries.map(({ name }) => name));
    const absent = [...(file.listed ?? [])].filter((name) => !found.has(name)).map((name) => `"${name}"`);
    if (absent.length > 0) {
      const [tensors, them] = absent.length === 1 ? ['tensor', 'it'] : ['tensors', 'them'];
      throw new BadFileError(
        where,
        `"${basename(file.path)}" must hold the ${tensors} ${few(absent)}, got a file without ${them}; fetch the checkpoint again`,
      );
    }
    for (const { name, dtype, shape } of entries) {
      if (!isKept(name, file, isTied)) continue;
      if (!FLOATS.has(dtype)) {
        throw new BadFileError(
          file.path,
          `"${name}" must be of floats, got ${dtype}; use a checkpoint that is not quantised`,
        );
      }
      shapes.set(name, shape);
    }
  }
  return { where, files, isTied, shapes };
}

function few(names: readonly string[]): string {
  const rest = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return `${names.slice(0, LISTED).join(', ')}${rest}`;
}

/** Whether a tensor of a file is one of the checkpoint's numbers: a tied weight that is stored twice is one once. */
export function isCounted(name: string, file: WeightFile, isTied: boolean): boolean {
  return isOwn(name, file) && !(isTied && TIED.test(name));
}

/** Whether a tensor of a file is one that a model may take. A decoder's head of its own is a part of it. */
export function isKept(name: string, file: WeightFile, isTied: boolean): boolean {
  return isOwn(name, file) && (!PRETRAINING.test(name) || (name === LANGUAGE_HEAD && !isTied));
}

function isOwn(name: string, file: WeightFile): boolean {
  return !BUFFERS.test(name) && (file.listed === null || file.listed.has(name));
}

async function weightFiles(
  folder: string,
): Promise<{ readonly where: string; readonly files: readonly WeightFile[] }> {
  const single = join(folder, SINGLE);
  if (existsSync(single)) return { where: single, files: [{ path: single, listed: null }] };
  const index = join(folder, INDEX);
  if (existsSync(index)) return { where: index, files: await listedFiles(folder, index) };
  const pickle = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].find((name) =>
    existsSync(join(folder, name)),
  );
  if (pickle !== undefined) {
    const names = "{k: v.clone() for k, v in t.load('pytorch_model.bin', 'cpu').items()}";
    throw new UsageError(
      folder,
      `the weights must be in ${SINGLE}, got only ${pickle}, a pickle, which can run code; if you trust it, run in that folder: python -c "import torch as t, safetensors.torch as s; s.save_file(${names}, '${SINGLE}', {'format': 'pt'})"`,
    );
  }
  throw new UsageError(folder, `must hold ${SINGLE} or ${INDEX}, got neither; fetch the checkpoint again`);
}

async function listedFiles(folder: string, index: string): Promise<readonly WeightFile[]> {
  const map = (await readJson(index)).weight_map;
  const files = new Map<string, Set<string>>();
  for (const [name, file] of isRecord(map) ? Object.entries(map) : []) {
    if (typeof file !== 'string' || !/^[\w.-]+\.safetensors$/.test(file)) {
      throw new BadFileError(
        index,
        `"weight_map" must name .safetensors files beside it, got ${JSON.stringify(file)} for "${name}"; fetch the checkpoint again`,
      );
    }
    files.set(file, (files.get(file) ?? new Set()).add(name));
  }
  if (files.size === 0) {
    throw new BadFileError(
      index,
      'must list tensors under "weight_map", got none; fetch the checkpoint again',
    );
  }
  for (const file of files.keys()) {
    if (!existsSync(join(folder, file))) {
      throw new BadFileError(
        index,
        `must list files that are there, got "${file}", which is not; fetch the checkpoint again`,
      );
    }
  }
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, names]) => ({ path: join(folder, file), listed: names }));
}
