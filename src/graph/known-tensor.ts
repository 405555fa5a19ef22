import type { Tensor } from './graph.ts';
import type { Known } from './shape-rule.ts';

/** Longest list whose entries are followed: shapes and axes are short, index tables are not. */
const MAX_ENTRIES = 64;

/** What is known of a constant: also its entries, if it is a short list of whole numbers. */
export function knownTensor(tensor: Tensor): Known {
  const { dtype, shape, data } = tensor;
  const whole = dtype === 'int64' || dtype === 'int32';
  if (!whole || shape.length > 1 || data.length > MAX_ENTRIES) return { dtype, shape };
  return { dtype, shape, entries: Array.from(data, Number) };
}
