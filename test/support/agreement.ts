import type { Tensor } from '../../src/graph/graph.ts';

/** Largest difference of two tensors relative to the largest size of a wanted value; infinite if their forms differ. */
export function relativeError(got: Tensor | undefined, wanted: Tensor): number {
  if (got === undefined || got.shape.join() !== wanted.shape.join()) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 0;
  for (let index = 0; index < wanted.data.length; index++) {
    const [a, b] = [Number(got.data[index]), Number(wanted.data[index])];
    if (Object.is(a, b)) continue;
    difference = Math.max(difference, Math.abs(a - b));
    size = Math.max(size, Math.abs(b));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  }
  for (const value of wanted.data) size = Math.max(size, Math.abs(Number(value)));
  return difference === 0 ? 0 : difference / Math.max(size, 1e-30);
}
