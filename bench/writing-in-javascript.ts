import { philoxBlock } from '../src/core/philox.ts';

/** The same work as ordinary JavaScript would do it: what the kernels are measured against. */
export interface NaturalJob {
  readonly targetPlus: Float32Array;
  readonly targetMinus: Float32Array;
  readonly scale: Float32Array;
  readonly out: Float32Array;
  readonly gMax: number;
  /** Polynomial of the writing std in x, lowest power first. */
  readonly std: readonly [number, number, number];
  /** The next random word of 32 bits. */
  readonly word: () => number;
}

/** Writes both cells of each pair, with the two numbers of one Box-Muller draw, and takes their difference. */
export function writePairsNaturally({
  targetPlus,
  targetMinus,
  scale,
  out,
  gMax,
  std,
  word,
}: NaturalJob): void {
  const [c0, c1, c2] = std;
  for (let i = 0; i < out.length; i++) {
    const radius = Math.sqrt(-2 * Math.log((word() + 0.5) / 4294967296));
    const angle = (word() / 4294967296) * 2 * Math.PI;
    const plus = targetPlus[i]!;
    const minus = targetMinus[i]!;
    const xPlus = plus / gMax;
    const xMinus = minus / gMax;
    const gPlus = Math.max(0, plus + (c0 + xPlus * (c1 + xPlus * c2)) * radius * Math.cos(angle));
    const gMinus = Math.max(0, minus + (c0 + xMinus * (c1 + xMinus * c2)) * radius * Math.sin(angle));
    out[i] = (gPlus - gMinus) * scale[i % scale.length]!;
  }
}

/** Words of xoshiro128** (Blackman and Vigna, 2018), one after the other. */
export function wordsOfXoshiro(seed: number): () => number {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88;
  let d = 0xb7e15162 | 0;
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/** Words of Philox4x32-10 in plain TypeScript. */
export function wordsOfPhilox(seed: number): () => number {
  const block = new Uint32Array(4);
  let number = 0;
  let at = 4;
  return () => {
    if (at === 4) {
      philoxBlock(number, 0, 0, 0, seed, 0, block, 0);
      number += 1;
      at = 0;
    }
    at += 1;
    return block[at - 1]!;
  };
}
