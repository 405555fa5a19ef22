import { BadFileError } from '../core/errors.ts';
import type { StoredTensor } from '../core/safetensors.ts';
import type { Tensor } from '../graph/graph.ts';
import type { AdapterFile } from './adapter-json.ts';
import { headForms } from './head.ts';
import { methodNamed } from './methods.ts';

/**
 * The tensors of an adapter's file, in the file's order: all that its method and layers need, nothing else, each of its
 * shape, numbers finite. Group maps may be of any integer type and come as int32, whatever another tool wrote.
 *
 * @throws BadFileError naming the tensor
 */
export function checkTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  { method, head, options }: AdapterFile,
  where: string,
): ReadonlyMap<string, Tensor> {
  const floats = new Map<string, readonly (number | string)[]>(
    headForms(head).map(({ name, shape }) => [name, shape]),
  );
  /** Index tensors, each with the number that its values stay below. */
  const indices = new Map<string, { readonly below: number }>();
  for (const { name, kind, shape } of methodNamed(method).forms(options)) {
    if (kind === 'float') floats.set(name, shape);
    else indices.set(name, kind);
  }
  const bad = (name: string, what: string) =>
    new BadFileError(where, `tensor "${name}" must ${what}; train again`);
  for (const [name, shape] of floats) {
    const tensor = stored.get(name);
    if (tensor?.dtype !== 'float32' || !hasForm(tensor.shape, shape)) {
      throw bad(name, `be float32 [${shape.join(', ')}], got ${formOf(tensor)}`);
    }
    const odd = (tensor.data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw bad(name, `hold finite numbers, got ${tensor.data[odd]} at ${odd}`);
  }
  for (const [name, { below }] of indices) {
    const tensor = stored.get(name);
    if (tensor?.shape.length !== 1 || !/^u?int/.test(tensor.dtype)) {
      throw bad(name, `be integers [in], got ${formOf(tensor)}`);
    }
    tensor.data.forEach((value: number | bigint, index: number) => {
      if (value < 0 || value >= below) {
        throw bad(name, `hold values in 0..${below - 1}, got ${value} at ${index}`);
      }
    });
  }
  const extra = [...stored.keys()].find((name) => !floats.has(name) && !indices.has(name));
  if (extra !== undefined)
    throw bad(extra, `not be there: method ${method} on these layers has no such tensor`);
  return new Map(
    [...stored].map(([name, tensor]): [string, Tensor] => [
      name,
      indices.has(name) ? asInt32(tensor) : tensor,
    ]),
  );
}

/** A word in a form is a size that the model sets: any here, checked where the adapter meets its model. */
function hasForm(shape: readonly number[], form: readonly (number | string)[]): boolean {
  return (
    shape.length === form.length &&
    form.every((size, axis) => (typeof size === 'string' ? shape[axis]! > 0 : size === shape[axis]))
  );
}

function asInt32({ shape, data }: StoredTensor): Tensor {
  return { dtype: 'int32', shape, data: Int32Array.from(data as ArrayLike<number>, Number) };
}

function formOf(tensor: StoredTensor | undefined): string {
  return tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}
