import { angleOfWord, cosNearZero, logOfWord, quarterOfWord, sinNearZero } from './float32.ts';
import { KERNELS_WASM } from './kernels-wasm.ts';
import { wordGroup } from './philox.ts';
import type { Stream } from './stream.ts';
import { compileWasm, instantiateWasm, type WasmMemory, wasmMemory } from './wasm.ts';

/**
 * Standard normal numbers of a stream, float32, by Box and Muller: of the four words of a block, word 0 gives a radius
 * sqrt(-2 ln u) and word 1 an angle, words 2 and 3 likewise; element i of the stream becomes the i-th normal. The
 * largest possible size is sqrt(64 ln 2) = 6.66.
 */
interface NormalKernel {
  firstFree(): number;
  fillNormals(
    out: number,
    groups: number,
    groupLow: number,
    groupHigh: number,
    key0: number,
    key1: number,
    counter2: number,
    counter3: number,
  ): void;
}

/** Normals that one group of four blocks gives. */
export const NORMAL_GROUP = 16;

/** Groups computed at a time: 16 KiB, within the nearest cache. */
const CHUNK_GROUPS = 256;

/** Room for the kernel's own constants, and for one chunk behind them. */
const MEMORY_BYTES = 2 * CHUNK_GROUPS * NORMAL_GROUP * 4;

interface Kernel {
  readonly exports: NormalKernel;
  readonly memory: WasmMemory;
  readonly chunkAt: number;
}

let kernel: Kernel | undefined;

function normalKernel(): Kernel {
  if (kernel === undefined) {
    const memory = wasmMemory('normals', MEMORY_BYTES);
    const exports = instantiateWasm<NormalKernel>(compileWasm('normals', KERNELS_WASM), memory);
    kernel = { memory, exports, chunkAt: exports.firstFree() };
  }
  return kernel;
}

/**
 * Fills `out` with normals `first`, `first + 1`, ... of a stream, through the kernel.
 * @throws RangeError unless `first` is an integer >= 0; EngineError without WebAssembly SIMD
 */
export function fillNormals(stream: Stream, out: Float32Array, first = 0): void {
  checkFirst('fillNormals', first);
  const { exports, memory, chunkAt } = normalKernel();
  const { key0, key1, counter2, counter3 } = stream;
  for (let at = 0; at < out.length; ) {
    const offset = (first + at) % NORMAL_GROUP;
    const group = (first + at - offset) / NORMAL_GROUP;
    const groups = Math.min(CHUNK_GROUPS, Math.ceil((offset + out.length - at) / NORMAL_GROUP));
    exports.fillNormals(
      chunkAt,
      groups,
      group >>> 0,
      Math.floor(group / 2 ** 32),
      key0,
      key1,
      counter2,
      counter3,
    );
    const length = Math.min(groups * NORMAL_GROUP - offset, out.length - at);
    out.set(new Float32Array(memory.buffer, chunkAt + offset * 4, length), at);
    at += length;
  }
}

/** What `fillNormals` computes, in plain TypeScript: the same bits, many times slower. */
export function fillNormalsPlain(stream: Stream, out: Float32Array, first = 0): void {
  checkFirst('fillNormalsPlain', first);
  const group = new Uint32Array(NORMAL_GROUP);
  let held = -1;
  for (let at = 0; at < out.length; at++) {
    const element = (first + at) % NORMAL_GROUP;
    const index = (first + at - element) / NORMAL_GROUP;
    if (index !== held) wordGroup(stream, index, group);
    held = index;
    out[at] = normalOfGroup(group, element);
  }
}

/** The `index`-th normal of a stream alone, in plain TypeScript. */
export function normal(stream: Stream, index: number): number {
  const out = new Float32Array(1);
  fillNormalsPlain(stream, out, index);
  return out[0] ?? NaN;
}

function normalOfGroup(group: Uint32Array, element: number): number {
  const lane = element % 4;
  const isSecond = element % 8 >= 4;
  const pair = element - (element % 8);
  const radius = Math.fround(Math.sqrt(Math.fround(-2 * logOfWord(group[pair + lane] ?? 0))));
  const turn = group[pair + 4 + lane] ?? 0;
  const quarter = quarterOfWord(turn);
  const angle = angleOfWord(turn, quarter);
  const isSwapped = quarter % 2 === 1;
  const size = isSwapped === isSecond ? cosNearZero(angle) : sinNearZero(angle);
  const isNegative = isSecond ? quarter >= 2 : quarter === 1 || quarter === 2;
  return Math.fround(radius * (isNegative ? -size : size));
}

function checkFirst(name: string, first: number): void {
  if (!Number.isSafeInteger(first) || first < 0) {
    throw new RangeError(`${name}: the first element must be an integer >= 0, got ${first}; count from 0`);
  }
}
