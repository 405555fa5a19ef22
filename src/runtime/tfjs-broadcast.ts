import { EngineError } from '../core/errors.ts';
import type { Tf, TfTensor } from './tfjs-namespace.ts';

/** The shape that two shapes broadcast to, as numpy has it. @throws EngineError if they do not. */
export function broadcastShape(where: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new EngineError(
        where,
        `shapes must broadcast, got [${a.join(', ')}] and [${b.join(', ')}]; check the graph`,
      );
    }
    return left === 1 ? right : left;
  });
}

/**
 * Repeats a tensor to a larger shape. Floats go through a product with ones: tfjs' own broadcastTo is a Tile, whose
 * gradient is slow and ends at rank 4.
 */
export function broadcastTo(tf: Tf, x: TfTensor, shape: readonly number[]): TfTensor {
  if (shape.length === x.rank && shape.every((size, axis) => size === x.shape[axis])) return x;
  if (x.dtype === 'float32') return tf.mul(x, tf.ones([...shape]));
  const wide = tf.reshape(x, [...Array<number>(shape.length - x.rank).fill(1), ...x.shape]);
  return tf.tile(
    wide,
    shape.map((size, axis) => (wide.shape[axis] === size ? 1 : size)),
  );
}
