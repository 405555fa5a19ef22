import type { Stream } from './stream.ts';

/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3" (SC 2011), in plain TypeScript. The kernels compute the same words, four blocks at a time: therefore
 * element i of a stream is word floor((i mod 16)/4) of block 4 floor(i/16) + (i mod 4).
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Elements that four neighbouring blocks give. */
const GROUP = 16;

/** The four words of one block, for the counter (c0, c1, c2, c3) and the key (k0, k1), put at `out[at]` and after. */
export function philoxBlock(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at: number,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + KEY_STEP_0) | 0;
    k1 = (k1 + KEY_STEP_1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** Upper 32 bits of a product of two unsigned 32-bit numbers, from 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const rest = (middle & 0xffff) + a0 * b1;
  return (a1 * b1 + (middle >>> 16) + (rest >>> 16)) >>> 0;
}

/** Elements `first` to `first + count` of a stream: uniform 32-bit words. */
export function words(stream: Stream, count: number, first = 0): Uint32Array {
  const out = new Uint32Array(count);
  const group = new Uint32Array(GROUP);
  for (let at = 0; at < count; ) {
    const offset = (first + at) % GROUP;
    wordGroup(stream, (first + at - offset) / GROUP, group);
    const length = Math.min(GROUP - offset, count - at);
    out.set(group.subarray(offset, offset + length), at);
    at += length;
  }
  return out;
}

/** The 16 elements of group `index`, in the order of elements. */
export function wordGroup(stream: Stream, index: number, out: Uint32Array): void {
  const { key0, key1, counter2, counter3 } = stream;
  const block = new Uint32Array(4);
  for (let lane = 0; lane < 4; lane++) {
    const number = 4 * index + lane;
    philoxBlock(number >>> 0, Math.floor(number / 2 ** 32), counter2, counter3, key0, key1, block, 0);
    for (let word = 0; word < 4; word++) out[4 * word + lane] = block[word] ?? 0;
  }
}

/** Elements of a stream as float64 numbers uniform in (0, 1): (word + 1/2)/2^32, never an end point. */
export function uniforms(stream: Stream, count: number, first = 0): Float64Array {
  return Float64Array.from(words(stream, count, first), (word) => (word + 0.5) / 2 ** 32);
}

/** The elements at ascending positions of a stream, as `uniforms` gives them; neighbours cost little more than one. */
export function uniformsAt(stream: Stream, positions: Uint32Array): Float64Array {
  const group = new Uint32Array(GROUP);
  let held = -1;
  return Float64Array.from(positions, (position) => {
    const index = Math.floor(position / GROUP);
    if (index !== held) wordGroup(stream, index, group);
    held = index;
    return (group[position % GROUP]! + 0.5) / 2 ** 32;
  });
}

/**
 * Integers uniform in 0..below - 1, without bias: a word that would favour some of them is passed over.
 * @param below - an integer from 1 to 2^32
 * @throws RangeError on another `below`
 */
export function integers(stream: Stream, count: number, below: number): Uint32Array {
  checkBelow('integers', below);
  const next = wordReader(stream);
  return Uint32Array.from({ length: count }, () => boundedWord(next, below));
}

/**
 * The numbers 0..n - 1 in random order (Fisher and Yates, from the end), each order equally likely.
 * @throws RangeError unless n is an integer from 0 to 2^32 - 1
 */
export function permutation(n: number, stream: Stream): Uint32Array {
  checkBelow('permutation', n + 1);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const next = wordReader(stream);
  for (let i = n - 1; i > 0; i--) {
    const j = boundedWord(next, i + 1);
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
  return order;
}

function checkBelow(name: string, below: number): void {
  if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
    throw new RangeError(
      `${name}: the number of choices must be an integer from 1 to 2^32, got ${below}; choose another`,
    );
  }
}

/** Gives the words of a stream one after the other. */
function wordReader(stream: Stream): () => number {
  const group = new Uint32Array(GROUP);
  let index = 0;
  let at = GROUP;
  return () => {
    if (at === GROUP) {
      wordGroup(stream, index, group);
      index += 1;
      at = 0;
    }
    const word = group[at] ?? 0;
    at += 1;
    return word;
  };
}

/** floor(word x below / 2^32), the word drawn again while the product's lower half lies in the biased remainder. */
function boundedWord(next: () => number, below: number): number {
  const biased = 2 ** 32 % below;
  for (;;) {
    const word = next();
    const low = Math.imul(word, below) >>> 0;
    if (low >= biased) return below === 2 ** 32 ? word : multiplyHigh(word, below);
  }
}
