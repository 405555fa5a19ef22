import type { GraphBuilder } from '../graph/build.ts';
import { float32 } from '../graph/graph.ts';

/** How many slices of so many bits the size of a symmetric code of b bits takes. */
export function inputSliceCount(dacBits: number, sliceBits: number): number {
  return Math.ceil((dacBits - 1) / sliceBits);
}

/**
 * Cuts a symmetric DAC's codes into digits of s bits, each with the code's sign: c = sum over k of 2^(s k) d_k. With t_k
 * = sign(c) floor(|c| / 2^(s k)), t_0 = c, the digits are d_k = t_k - 2^s t_(k+1), the last of them t_k itself, so that
 * they add up to c whatever c is.
 *
 * floor(|c|/P) is Round(|c|/P - (P - 1)/(2P)), which for whole |c| never meets a half.
 *
 * @param rank Of the codes.
 * @returns The name of the digits, stacked on an axis of their own in front, least significant first; of the codes themselves where
 *   they are one digit.
 */
export function inputDigits(
  builder: GraphBuilder,
  name: string,
  code: string,
  dacBits: number,
  sliceBits: number,
  rank: number,
): string {
  const count = inputSliceCount(dacBits, sliceBits);
  if (count === 1) return code;
  const units = Array.from({ length: count - 1 }, (_, k) => 2 ** (sliceBits * (k + 1)));
  const front = [units.length, ...new Array<number>(rank).fill(1)];
  const each = (what: string, values: readonly number[]) =>
    builder.constant(`${name}.${what}`, float32(front, values));
  const node = (op: string, inputs: readonly string[], what: string, attributes = {}) =>
    builder.node(op, inputs, { name: `${name}.${what}`, attributes });
  const rows = (value: string, from: number, to: number, what: string) =>
    node('Slice', [value, builder.ints([from]), builder.ints([to]), builder.ints([0])], what);
  const size = node('Abs', [code], 'size');
  const sign = node('Clip', [code, builder.scalar(-1), builder.scalar(1)], 'sign');
  const inverses = units.map((unit) => 1 / unit);
  const share = node('Mul', [size, each('unit', inverses)], 'share');
  const halves = units.map((unit) => (unit - 1) / (2 * unit));
  const whole = node('Round', [node('Sub', [share, each('half', halves)], 'lowered')], 'whole');
  const rests = node('Mul', [whole, sign], 'rests');
  const first = node('Unsqueeze', [code, builder.ints([0])], 'first');
  const all = node('Concat', [first, rests], 'all', { axis: 0 });
  const above = node('Mul', [rests, builder.scalar(2 ** sliceBits)], 'above');
  const lower = node('Sub', [rows(all, 0, count - 1, 'lower'), above], 'differences');
  return node('Concat', [lower, rows(all, count - 1, count, 'last')], 'digits', { axis: 0 });
}
