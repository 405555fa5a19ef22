import type { GraphBuilder } from '../graph/build.ts';

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
 * @returns The names of the digits, least significant first.
 */
export function inputDigits(
  builder: GraphBuilder,
  name: string,
  code: string,
  dacBits: number,
  sliceBits: number,
): string[] {
  const count = inputSliceCount(dacBits, sliceBits);
  if (count === 1) return [code];
  const size = builder.node('Abs', [code], { name: `${name}.size` });
  const sign = builder.node('Clip', [code, builder.scalar(-1), builder.scalar(1)], { name: `${name}.sign` });
  const rests = [code];
  for (let k = 1; k < count; k++) {
    const unit = 2 ** (sliceBits * k);
    const share = builder.node('Mul', [size, builder.scalar(1 / unit)], { name: `${name}.share.${k}` });
    const lowered = builder.node('Sub', [share, builder.scalar((unit - 1) / (2 * unit))], {
      name: `${name}.lowered.${k}`,
    });
    const whole = builder.node('Round', [lowered], { name: `${name}.whole.${k}` });
    rests.push(builder.node('Mul', [whole, sign], { name: `${name}.rest.${k}` }));
  }
  return rests.map((rest, k) => {
    const next = rests[k + 1];
    if (next === undefined) return rest;
    const above = builder.node('Mul', [next, builder.scalar(2 ** sliceBits)], { name: `${name}.above.${k}` });
    return builder.node('Sub', [rest, above], { name: `${name}.digit.${k}` });
  });
}
