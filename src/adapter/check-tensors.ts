import { BadFileError } from '../core/errors.ts';
import type { StoredTensor } from '../core/safetensors.ts';
import type { Tensor } from '../graph/graph.ts';
import type { AdapterFile } from './adapter-json.ts';

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
  const floats = new Map<string, readonly number[]>([
    ['head.weight', [head.width, head.outputs]],
    ['head.bias', [head.outputs]],
  ]);
  const groups = new Set<string>();
  for (const layer of method === 'head' ? [] : options.layers) {
    const parameters = method === 'stochgrasp' ? ['logGamma', 'beta', 'logStd'] : ['logGamma', 'beta'];
    for (const parameter of parameters) floats.set(`${layer}.${parameter}`, [options.groups]);
    groups.add(`${layer}.group`);
  }
  const bad = (name: string, what: string) =>
    new BadFileError(where, `tensor "${name}" must ${what}; train again`);
  for (const [name, shape] of floats) {
    const wanted = `be float32 [${shape.join(', ')}]`;
    const tensor = stored.get(name);
    if (tensor?.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
      throw bad(name, `${wanted}, got ${formOf(tensor)}`);
    }
    const odd = (tensor.data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw bad(name, `hold finite numbers, got ${tensor.data[odd]} at ${odd}`);
  }
  for (const name of groups) {
    const tensor = stored.get(name);
    if (tensor?.shape.length !== 1 || !/^u?int/.test(tensor.dtype)) {
      throw bad(name, `be integers [in], got ${formOf(tensor)}`);
    }
    tensor.data.forEach((value: number | bigint, index: number) => {
      if (value < 0 || value >= options.groups) {
        throw bad(name, `hold values in 0..${options.groups - 1}, got ${value} at ${index}`);
      }
    });
  }
  const extra = [...stored.keys()].find((name) => !floats.has(name) && !groups.has(name));
  if (extra !== undefined)
    throw bad(extra, `not be there: method ${method} on these layers has no such tensor`);
  return new Map(
    [...stored].map(([name, tensor]): [string, Tensor] => [
      name,
      groups.has(name) ? asInt32(tensor) : tensor,
    ]),
  );
}

function asInt32({ shape, data }: StoredTensor): Tensor {
  return { dtype: 'int32', shape, data: Int32Array.from(data as ArrayLike<number>, Number) };
}

function formOf(tensor: StoredTensor | undefined): string {
  return tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}
