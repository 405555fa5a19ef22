import type { Batch } from '../data/batches.ts';
import { float32, int64, type Tensor } from '../graph/graph.ts';

/** A batch as the model's own inputs. */
export function modelFeeds({
  shape,
  ids,
  mask,
}: Pick<Batch, 'shape' | 'ids' | 'mask'>): Record<string, Tensor> {
  return { ids: int64(shape, ids), mask: float32(shape, mask) };
}
