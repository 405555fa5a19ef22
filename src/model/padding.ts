import type { GraphBuilder } from '../graph/build.ts';

/** 0 at real tokens and -1e9 at padding, `[B, 1, 1, T]`: added to attention scores. */
export function maskBias(b: GraphBuilder, mask: string): string {
  const padding = b.node('Sub', [b.scalar(1), mask], { name: 'padding' });
  const bias = b.node('Mul', [padding, b.scalar(-1e9)], { name: 'padding.bias' });
  return b.node('Unsqueeze', [bias, b.ints([1, 2])], { name: 'padding.bias4' });
}

/** The mean over real tokens, `[B, T, D]` to `[B, D]`; zeros for a text without tokens. */
export function meanOfTokens(b: GraphBuilder, hidden: string, mask: string): string {
  const column = b.node('Unsqueeze', [mask, b.ints([2])], { name: 'mask3' });
  const real = b.node('Mul', [hidden, column], { name: 'hidden.real' });
  const sum = b.node('ReduceSum', [real, b.ints([1])], { name: 'hidden.sum', attributes: { keepdims: 0 } });
  const count = b.node('ReduceSum', [mask, b.ints([1])], { name: 'tokens', attributes: { keepdims: 1 } });
  const divisor = b.node('Clip', [count, b.scalar(1)], { name: 'tokens.least1' });
  return b.node('Div', [sum, divisor], { name: 'mean' });
}
