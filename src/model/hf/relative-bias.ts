import type { GraphBuilder } from '../../graph/build.ts';
import { int64 } from '../../graph/graph.ts';

const BUCKETS = 32;
/** Distances from here on share the last bucket. */
const FARTHEST = 128;

/**
 * The bucket of a distance `key - query`: half of the buckets are for keys behind the query, half for keys in front; of
 * each half the first eight are one distance each, the others grow geometrically. Computed in float32, as torch does.
 * Source: MPNetEncoder.relative_position_bucket of transformers 4.57.
 */
export function bucketOf(distance: number): number {
  const half = BUCKETS / 2;
  const exact = half / 2;
  const away = Math.abs(distance);
  const side = distance > 0 ? half : 0;
  if (away < exact) return side + away;
  const share = Math.fround(Math.fround(Math.log(away / exact)) / Math.fround(Math.log(FARTHEST / exact)));
  return side + Math.min(half - 1, exact + Math.trunc(Math.fround(share * (half - exact))));
}

/** The positions of the tokens, `[T]`: 0, 1, … */
export function positionsOf(b: GraphBuilder, ids: string): string {
  const index = b.constant('positions.axis', int64([], [1]));
  const shape = b.node('Shape', [ids], { name: 'positions.sizes' });
  const length = b.node('Gather', [shape, index], { name: 'positions.length', attributes: { axis: 0 } });
  const zero = b.constant('positions.first', int64([], [0]));
  return b.node('Range', [zero, length, index], { name: 'positions' });
}

/** The bias of each head for each pair of tokens, `[1, H, T, T]`, of a table `[32, H]` by distance. */
export function relativeBias(b: GraphBuilder, table: string, ids: string, positions: number): string {
  const all = Array.from({ length: 2 * positions - 1 }, (_, index) => bucketOf(index - positions + 1));
  const buckets = b.constant('distance.buckets', int64([all.length], all));
  const place = positionsOf(b, ids);
  const queries = b.node('Unsqueeze', [place, b.ints([1])], { name: 'distance.queries' });
  const distance = b.node('Sub', [place, queries], { name: 'distance' });
  const zero = b.constant('distance.zero', int64([], [positions - 1]));
  const shifted = b.node('Add', [distance, zero], { name: 'distance.index' });
  const bucket = b.node('Gather', [buckets, shifted], { name: 'distance.bucket', attributes: { axis: 0 } });
  const rows = b.node('Gather', [table, bucket], { name: 'distance.rows', attributes: { axis: 0 } });
  const heads = b.node('Transpose', [rows], { name: 'distance.heads', attributes: { perm: [2, 0, 1] } });
  return b.node('Unsqueeze', [heads, b.ints([0])], { name: 'distance.bias' });
}
