import { BadFileError } from '../core/errors.ts';
import { readSafetensors } from '../core/safetensors.ts';

/** A matrix of finite float32 numbers, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * Reads one matrix from a safetensors file.
 *
 * @param name The tensor's name; the file may hold others.
 * @param form How messages write its shape, such as `[in, out]`.
 * @throws BadFileError if there is none, it is no float32 matrix, is empty, or a number is not finite.
 */
export async function readMatrix(path: string, name: string, form: string): Promise<Matrix> {
  const { tensors } = await readSafetensors(path);
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    const names = [...tensors.keys()].map((other) => `"${other}"`);
    throw new BadFileError(
      path,
      `must hold a tensor "${name}" ${form}, got ${names.length === 0 ? 'none' : names.join(', ')}; rename it`,
    );
  }
  const { data, shape, dtype } = tensor;
  const [rows, columns] = shape;
  if (!(data instanceof Float32Array)) {
    throw new BadFileError(path, `"${name}" must be float32, got ${dtype}; convert it`);
  }
  if (shape.length !== 2 || rows === undefined || columns === undefined || rows * columns === 0) {
    throw new BadFileError(
      path,
      `"${name}" must be ${form} with sizes above 0, got [${shape.join(', ')}]; reshape it`,
    );
  }
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const place = `${Math.floor(wrong / columns)}, ${wrong % columns}`;
    throw new BadFileError(
      path,
      `"${name}" must hold finite numbers, got ${data[wrong]} at [${place}]; mend it there`,
    );
  }
  return { rows, columns, data };
}

/**
 * rms(output - input x weight) / rms(input x weight), the exact product in float64.
 *
 * @returns 0 where both are all zero, null where only the exact product is.
 */
export function productError(output: Float32Array, input: Matrix, weight: Matrix): number | null {
  let off = 0;
  let size = 0;
  const exact = new Float64Array(weight.columns);
  for (let row = 0; row < input.rows; row++) {
    exact.fill(0);
    for (let i = 0; i < weight.rows; i++) {
      const x = input.data[row * input.columns + i]!;
      for (let j = 0; j < weight.columns; j++)
        exact[j] = exact[j]! + x * weight.data[i * weight.columns + j]!;
    }
    for (let j = 0; j < weight.columns; j++) {
      off += (output[row * weight.columns + j]! - exact[j]!) ** 2;
      size += exact[j]! ** 2;
    }
  }
  if (size === 0) return off === 0 ? 0 : null;
  return Math.sqrt(off / size);
}
