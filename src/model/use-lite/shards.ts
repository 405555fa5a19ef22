import { join } from 'node:path';
import { BadFileError } from '../../core/errors.ts';
import { readBytes } from '../../core/files.ts';
import type { Tensor } from '../../graph/graph.ts';

/** The weights of a tfjs model, by variable name, and the bytes that they were read from. */
export interface Shards {
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly bytes: Uint8Array;
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

const CURE = 'install the package again';

/**
 * Reads the weights of a tfjs graph model: `model.json` lists shard files and, in order, the variables whose
 * little-endian bytes the shards hold end to end. Only float32 weights are kept; int32 ones hold the shapes of the
 * original graph's reshapes.
 * @throws BadFileError if the manifest and the shards do not agree
 */
export async function readShards(folder: string): Promise<Shards> {
  const where = join(folder, 'model.json');
  const { paths, weights: entries } = await readManifest(where);
  const parts = await Promise.all(paths.map((path) => readBytes(join(folder, path))));
  const bytes = new Uint8Array(Buffer.concat(parts));
  const weights = new Map<string, Tensor>();
  let begin = 0;
  for (const { name, shape, dtype } of entries) {
    const size = shape.reduce((product, each) => product * each, 1);
    const end = begin + size * 4;
    if (end > bytes.length) {
      throw new BadFileError(
        where,
        `"${name}" must lie inside the shards, got only ${bytes.length} bytes; ${CURE}`,
      );
    }
    if (dtype === 'float32') {
      weights.set(name, { dtype, shape, data: new Float32Array(bytes.buffer, begin, size) });
    }
    begin = end;
  }
  if (begin !== bytes.length) {
    throw new BadFileError(
      where,
      `the shards must hold ${begin} bytes of weights, got ${bytes.length}; ${CURE}`,
    );
  }
  return { weights, bytes };
}

async function readManifest(
  where: string,
): Promise<{ paths: readonly string[]; weights: readonly WeightEntry[] }> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(new TextDecoder().decode(await readBytes(where)));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new BadFileError(where, `must be JSON, got ${error.message}; ${CURE}`);
    throw error;
  }
  const groups = (manifest as { weightsManifest?: unknown } | null)?.weightsManifest;
  const group: { paths?: unknown; weights?: unknown } | undefined = Array.isArray(groups)
    ? groups[0]
    : undefined;
  const paths = group?.paths;
  const weights = group?.weights;
  const listed =
    Array.isArray(paths) &&
    paths.every((path) => typeof path === 'string' && /^[\w.-]+$/.test(path)) &&
    Array.isArray(weights) &&
    weights.every(isEntry);
  if (!listed) {
    throw new BadFileError(
      where,
      `must list shard files and float32 or int32 weights, got something else; ${CURE}`,
    );
  }
  return { paths, weights };
}

function isEntry(value: unknown): value is WeightEntry {
  const entry = value as Partial<WeightEntry> | null;
  return (
    typeof entry?.name === 'string' &&
    (entry.dtype === 'float32' || entry.dtype === 'int32') &&
    Array.isArray(entry.shape) &&
    entry.shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}
