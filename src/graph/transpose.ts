import { float32, type Tensor } from './graph.ts';

/** A float32 matrix the other way round: `[out, in]`, as PyTorch stores a linear layer, to `[in, out]`, or back. */
export function transpose({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape as readonly [number, number];
  const source = data as Float32Array;
  const target = new Float32Array(source.length);
  // In blocks, so that both sides stay in the cache.
  const block = 32;
  for (let first = 0; first < rows; first += block) {
    const end = Math.min(rows, first + block);
    for (let column = 0; column < columns; column++) {
      for (let row = first; row < end; row++) target[column * rows + row] = source[row * columns + column]!;
    }
  }
  return float32([columns, rows], target);
}
