import { philoxBlock } from './philox.ts';

/**
 * A stream of random words, keyed by what is drawn and where; it has no state, so elements can be drawn in any order,
 * by any worker, and are the same. `philox.ts` says how element i is computed.
 */
export interface Stream {
  /** Lower and upper 32 bits of the seed: the key of the generator. */
  readonly key0: number;
  readonly key1: number;
  /** 64-bit hash of the path: the upper half of the generator's counter. Its lower half counts blocks. */
  readonly counter2: number;
  readonly counter3: number;
}

/** Key under which paths are hashed: any fixed number would do; these are the letters "holdfast". */
const PATH_KEY0 = 0x686f6c64;
const PATH_KEY1 = 0x66617374;

const STRING_TAG = 1;
const NUMBER_TAG = 2;

/**
 * The stream of a seed and a path, such as `stream(chipSeed, 'write-plus', layer)`.
 *
 * The path is hashed by chaining Philox: each pair of words w is folded in as h <- the first half of Philox(w, h). Each
 * part is preceded by its kind and length, so ('ab') and ('a', 'b'), 1 and '1' are different paths.
 *
 * @param seed - a safe integer >= 0; 0 is a seed
 * @param path - strings and finite numbers: the stage, the layer, the number of the event
 * @throws RangeError on another seed, or a number in the path that is not finite
 */
export function stream(seed: number, ...path: (string | number)[]): Stream {
  checkSeed(seed);
  const state = new Uint32Array([0, path.length, 0, 0]);
  for (const part of path) absorb(state, part);
  return {
    key0: seed >>> 0,
    key1: Math.floor(seed / 2 ** 32),
    counter2: state[0] ?? 0,
    counter3: state[1] ?? 0,
  };
}

function checkSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `stream: the seed must be an integer from 0 to 2^53 - 1, got ${seed}; choose another`,
    );
  }
}

function absorb(state: Uint32Array, part: string | number): void {
  const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : float64Bytes(part);
  fold(state, typeof part === 'string' ? STRING_TAG : NUMBER_TAG, bytes.length);
  const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 8) * 8));
  new Uint8Array(padded.buffer).set(bytes);
  for (let at = 0; at < padded.byteLength; at += 8) {
    fold(state, padded.getUint32(at, true), padded.getUint32(at + 4, true));
  }
}

function float64Bytes(value: number): Uint8Array {
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `stream: a number in the path must be finite, got ${value}; name the place otherwise`,
    );
  }
  const view = new DataView(new ArrayBuffer(8));
  // Adding 0 makes -0 the same place as 0.
  view.setFloat64(0, value + 0, true);
  return new Uint8Array(view.buffer);
}

function fold(state: Uint32Array, word0: number, word1: number): void {
  philoxBlock(word0, word1, state[0] ?? 0, state[1] ?? 0, PATH_KEY0, PATH_KEY1, state, 0);
}
