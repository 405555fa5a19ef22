import type { GraphBuilder } from '../graph/build.ts';

export interface AttentionShape {
  /** In front of the names of the nodes. */
  readonly name: string;
  /** Width of queries, keys and values: heads x width of a head. */
  readonly width: number;
  readonly heads: number;
}

/**
 * Scaled dot-product attention: queries, keys and values `[B, T, width]` to `[B, T, width]`. `paddingBias`
 * `[B, 1, 1, T]` is added to the scores. Keys come out of their transpose ready for the product, so there is one
 * transpose for each of q, k, v and the result, and no other.
 */
export function attend(
  b: GraphBuilder,
  qkv: readonly [string, string, string],
  paddingBias: string,
  { name, width, heads }: AttentionShape,
): string {
  const perHead = width / heads;
  const [q, k, v] = qkv.map((part, index) => {
    const split = b.node('Reshape', [part, b.ints([0, 0, heads, perHead])], {
      name: `${name}.${'qkv'[index]}`,
    });
    const perm = index === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3];
    return b.node('Transpose', [split], { name: `${name}.${'qkv'[index]}.heads`, attributes: { perm } });
  }) as [string, string, string];

  const scaled = b.node('Mul', [q, b.scalar(Math.fround(perHead ** -0.5))], { name: `${name}.q.scaled` });
  const scores = b.node('MatMul', [scaled, k], { name: `${name}.scores` });
  const biased = b.node('Add', [scores, paddingBias], { name: `${name}.scores.masked` });
  const shares = b.node('Softmax', [biased], { name: `${name}.shares`, attributes: { axis: -1 } });
  const mixed = b.node('MatMul', [shares, v], { name: `${name}.mixed` });
  const rows = b.node('Transpose', [mixed], {
    name: `${name}.mixed.rows`,
    attributes: { perm: [0, 2, 1, 3] },
  });
  return b.node('Reshape', [rows, b.ints([0, 0, width])], { name: `${name}.joined` });
}
