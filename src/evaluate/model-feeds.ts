import type { Batch } from '../data/batches.ts';
import { float32, int64, type Tensor } from '../graph/graph.ts';

/** A batch as the model's own inputs. */
export function modelFeeds({
  shape,
  ids,
  mask,
  typeIds,
}: Pick<Batch, 'shape' | 'ids' | 'mask' | 'typeIds'>): Record<string, Tensor> {
  const feeds = { ids: int64(shape, ids), mask: float32(shape, mask) };
  return typeIds === undefined ? feeds : { ...feeds, typeIds: int64(shape, typeIds) };
}
