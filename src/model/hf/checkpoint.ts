import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BadFileError, UsageError } from '../../core/errors.ts';
import { streamSafetensors } from '../../core/safetensors-stream.ts';
import { float32, type Tensor } from '../../graph/graph.ts';
import { isRecord, readJson } from './read-json.ts';

/** The weights of a folder, by the checkpoint's own names. */
export interface Checkpoint {
  /** What messages call it. */
  readonly where: string;
  /** The hash of the files' bytes, to be gone on with. */
  readonly hash: ReturnType<typeof createHash>;
  /** Numbers in all float tensors; a tied weight that is stored twice counts once. */
  readonly parameters: number;
  has(name: string): boolean;
  /**
   * Gives a tensor as float32 and forgets it, so that no weight is held twice.
   * @throws BadFileError if it is missing or has another shape; a size of null may be any
   */
  take(name: string, shape: readonly (number | null)[]): Tensor;
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

/**
 * Reads `model.safetensors`, or the weight files that `model.safetensors.index.json` lists.
 * @param isTied whether a pretraining head shares the word embedding, as `tie_word_embeddings` says
 * @throws UsageError if the folder holds no safetensors, BadFileError if they are not as they must be
 */
export async function readCheckpoint(folder: string, isTied: boolean): Promise<Checkpoint> {
  const { where, files } = await weightFiles(folder);
  const hash = createHash('sha256');
  const tensors = new Map<string, Tensor>();
  let parameters = 0;
  for (const [path, listed] of files) {
    const found = new Set<string>();
    await streamSafetensors(path, {
      bytes: (bytes) => hash.update(bytes),
      tensor: (name, shape, decode) => {
        found.add(name);
        if (BUFFERS.test(name) || (listed !== null && !listed.has(name))) return;
        if (!(isTied && TIED.test(name))) parameters += shape.reduce((product, size) => product * size, 1);
        // A decoder's head of its own is a part of it.
        const kept = !PRETRAINING.test(name) || (name === LANGUAGE_HEAD && !isTied);
        if (kept) tensors.set(name, asFloat32(decode(), name, path));
      },
    });
    const absent = [...(listed ?? [])].find((name) => !found.has(name));
    if (absent !== undefined) {
      throw new BadFileError(
        where,
        `"${basename(path)}" must hold the tensor "${absent}", got a file without it; fetch the checkpoint again`,
      );
    }
  }
  return {
    where,
    hash,
    parameters,
    has: (name) => tensors.has(name),
    take(name, shape) {
      const tensor = tensors.get(name);
      if (tensor === undefined) {
        throw new BadFileError(
          where,
          `must hold the tensor "${name}", got none; fetch the checkpoint again, or mend config.json`,
        );
      }
      if (
        tensor.shape.length !== shape.length ||
        shape.some((size, k) => (size ?? tensor.shape[k]) !== tensor.shape[k])
      ) {
        const wanted = shape.map((size) => size ?? '?').join(', ');
        throw new BadFileError(
          where,
          `"${name}" must be [${wanted}] by config.json, got [${tensor.shape.join(', ')}]; fetch the checkpoint again, or mend config.json`,
        );
      }
      tensors.delete(name);
      return tensor;
    },
  };
}

function asFloat32(
  tensor: { dtype: string; shape: readonly number[]; data: ArrayLike<number | bigint> },
  name: string,
  where: string,
): Tensor {
  const { dtype, shape, data } = tensor;
  if (data instanceof Float32Array) return float32(shape, data);
  if (data instanceof Float64Array) return float32(shape, Float32Array.from(data));
  throw new BadFileError(
    where,
    `"${name}" must be of floats, got ${dtype}; use a checkpoint that is not quantised`,
  );
}

/** The weight files, each with the names that the index expects in it (null without an index). */
async function weightFiles(
  folder: string,
): Promise<{ where: string; files: readonly (readonly [string, ReadonlySet<string> | null])[] }> {
  const single = join(folder, SINGLE);
  if (existsSync(single)) return { where: single, files: [[single, null]] };
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

async function listedFiles(
  folder: string,
  index: string,
): Promise<readonly (readonly [string, ReadonlySet<string>])[]> {
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
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, names]) => [join(folder, file), names]);
}
