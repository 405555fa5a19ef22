import type { GraphBuilder } from '../../graph/build.ts';
import { attend } from '../attention.ts';

export const HEADS = 4;

/** Attention of four heads over a fused product `[B, T, 3 width]` (columns q, k, v); to `[B, T, width]`. */
export function attention(
  b: GraphBuilder,
  qkv: string,
  paddingBias: string,
  { name, width }: { readonly name: string; readonly width: number },
): string {
  const [q, k, v] = b.nodes('Split', [qkv, b.ints([width, width, width])], 3, {
    name: `${name}.split`,
    attributes: { axis: -1 },
  });
  return attend(b, [q!, k!, v!], paddingBias, { name, width, heads: HEADS });
}
