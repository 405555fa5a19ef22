import { BadFileError } from '../core/errors.ts';
import type { StoredTensor } from '../core/safetensors.ts';
import { float32, type Tensor } from '../graph/graph.ts';

/** A stored tensor as float32, of this shape and of finite numbers. */
export function floatsOf(
  { dtype, shape, data }: StoredTensor,
  name: string,
  wanted: readonly number[],
  where: string,
): Tensor {
  if (shape.join() !== wanted.join()) {
    throw new BadFileError(
      where,
      `tensor "${name}" must be [${wanted.join(', ')}] for this model, got [${shape.join(', ')}]; pass the model that it was trained on`,
    );
  }
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new BadFileError(
      where,
      `tensor "${name}" must hold floats, got ${dtype}; save the adapter again with PEFT`,
    );
  }
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new BadFileError(where, `tensor "${name}" must hold finite numbers, got ${data[odd]} at ${odd}`);
  return float32(shape, Float32Array.from(data));
}
