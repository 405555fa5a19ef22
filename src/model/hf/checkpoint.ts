import { createHash } from 'node:crypto';
import { BadFileError } from '../../core/errors.ts';
import { streamSafetensors } from '../../core/safetensors-stream.ts';
import { float32, type Tensor } from '../../graph/graph.ts';
import { transpose } from '../../graph/transpose.ts';
import { takeFault, weightsError } from './rehearse.ts';
import { isCounted, isKept, type StoredWeights } from './stored-weights.ts';

/** The weights of a folder, by the checkpoint's own names. */
export interface Weights {
  /** What messages call it. */
  readonly where: string;
  has(name: string): boolean;
  /**
   * Gives a tensor as float32 and forgets it, so that no weight is held twice.
   * @throws BadFileError if it is missing or has another shape; a size of null may be any
   */
  take(name: string, shape: readonly (number | null)[]): Tensor;
  /** A matrix that was taken, the other way round. */
  turned(matrix: Tensor): Tensor;
}

/** The weights as they were read. */
export interface Checkpoint extends Weights {
  /** The hash of the files' bytes, to be gone on with. */
  readonly hash: ReturnType<typeof createHash>;
  /** Numbers in all float tensors; a tied weight that is stored twice counts once. */
  readonly parameters: number;
}

/**
 * Reads the weights that a folder holds, each byte once.
 * @throws BadFileError if the files are no longer as their headers said
 */
export async function readCheckpoint({ where, files, isTied }: StoredWeights): Promise<Checkpoint> {
  const hash = createHash('sha256');
  const tensors = new Map<string, Tensor>();
  let parameters = 0;
  for (const file of files) {
    await streamSafetensors(file.path, {
      bytes: (bytes) => hash.update(bytes),
      tensor: (name, shape, decode) => {
        if (isCounted(name, file, isTied)) parameters += shape.reduce((product, size) => product * size, 1);
        if (isKept(name, file, isTied)) tensors.set(name, asFloat32(decode(), name, file.path));
      },
    });
  }
  return {
    where,
    hash,
    parameters,
    has: (name) => tensors.has(name),
    take(name, shape) {
      const tensor = tensors.get(name);
      const fault = takeFault(name, tensor?.shape, shape);
      if (fault !== null) throw weightsError(where, [fault]);
      tensors.delete(name);
      return tensor!;
    },
    turned: transpose,
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
