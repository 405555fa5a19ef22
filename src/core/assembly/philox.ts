// Philox4x32-10, four blocks in the four lanes of each vector. The plain twin is ../philox.ts.

const MULTIPLIER_0: u32 = 0xd2511f53;
const MULTIPLIER_1: u32 = 0xcd9e8d57;
const KEY_STEP_0: u32 = 0x9e3779b9;
const KEY_STEP_1: u32 = 0xbb67ae85;
const ROUNDS = 10;
/** In memory, from where they come into registers once: see math.ts. */
const MULTIPLIERS: usize = memory.data<u32>([MULTIPLIER_0, MULTIPLIER_1]);
const KEY_STEPS: usize = memory.data<u32>([KEY_STEP_0, KEY_STEP_1]);
/** Four times the first multiplier. */
const BLOCK_STEP: usize = memory.data<u64>([4 * <u64>MULTIPLIER_0]);

/** Bytes of one group: the 16 words of four neighbouring blocks. */
export const GROUP_BYTES: usize = 64;

@inline
function highWords(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 1, 3, 5, 7);
}

@inline
function lowWords(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 2, 4, 6);
}

/** Groups within which the upper word of a block's number stays the same: 2^32 blocks. */
const RUN: u64 = 1 << 30;

/**
 * Writes `groups` groups of words to `out`, two at a time: where the number is odd, one more group is written.
 * Group n holds word 0 of blocks 4n..4n+3, then their words 1, 2 and 3. The first n is groupLow + 2^32 groupHigh.
 */
export function fillWords(
  out: usize,
  groups: i32,
  groupLow: u32,
  groupHigh: u32,
  key0: u32,
  key1: u32,
  counter2: u32,
  counter3: u32,
): void {
  let group = ((<u64>groupHigh) << 32) | (<u64>groupLow);
  while (groups > 0) {
    const run = <i32>min(<u64>groups, RUN - (group & (RUN - 1)));
    fillRun(out, run, group << 2, key0, key1, counter2, counter3);
    out += <usize>run * GROUP_BYTES;
    group += run;
    groups -= run;
  }
}

/**
 * `fillWords` for blocks that share the upper word of their number. Of the first round the product of word 2 is then the
 * same for all of them, of the second that of word 0, and the first product of word 0 grows by a step from group to group.
 * Two chains of multiplications side by side keep the processor busy (+30 %).
 */
function fillRun(
  out: usize,
  groups: i32,
  block: u64,
  key0: u32,
  key1: u32,
  counter2: u32,
  counter3: u32,
): void {
  const multiplier0 = v128.load32_splat(MULTIPLIERS);
  const multiplier1 = v128.load32_splat(MULTIPLIERS, 4);
  const keyStep0 = v128.load32_splat(KEY_STEPS);
  const keyStep1 = v128.load32_splat(KEY_STEPS, 4);
  const product1 = <u64>MULTIPLIER_1 * <u64>counter2;
  const word0 = <u32>(product1 >> 32) ^ <u32>(block >> 32) ^ key0;
  const product0 = <u64>MULTIPLIER_0 * <u64>word0;
  // What the words 0 and 2 of the second round, then of the third are combined with.
  const first2 = i32x4.splat(counter3 ^ key1);
  const second0 = i32x4.splat(<u32>product1 ^ (key0 + KEY_STEP_0));
  const second2 = i32x4.splat(<u32>(product0 >> 32) ^ (key1 + KEY_STEP_1));
  const second3 = i32x4.splat(<u32>product0);
  const thirdKey0 = i32x4.splat(key0 + 2 * KEY_STEP_0);
  const thirdKey1 = i32x4.splat(key1 + 2 * KEY_STEP_1);
  const step = v128.load64_splat(BLOCK_STEP);
  // The four blocks of a group differ in their number's two lowest bits alone.
  const numbers = v128.or(i32x4.splat(<i32>block), i32x4(0, 1, 2, 3));
  let low = i64x2.extmul_low_i32x4_u(multiplier0, numbers);
  let high = i64x2.extmul_high_i32x4_u(multiplier0, numbers);
  for (let n = 0; n < groups; n += 2) {
    // x* is one group, y* the next.
    let x2 = v128.xor(highWords(low, high), first2);
    let x3 = lowWords(low, high);
    low = i64x2.add(low, step);
    high = i64x2.add(high, step);
    let y2 = v128.xor(highWords(low, high), first2);
    let y3 = lowWords(low, high);
    low = i64x2.add(low, step);
    high = i64x2.add(high, step);
    const e = i64x2.extmul_low_i32x4_u(multiplier1, x2);
    const f = i64x2.extmul_high_i32x4_u(multiplier1, x2);
    let x0 = v128.xor(highWords(e, f), second0);
    let x1 = lowWords(e, f);
    x2 = v128.xor(x3, second2);
    x3 = second3;
    const g = i64x2.extmul_low_i32x4_u(multiplier1, y2);
    const h = i64x2.extmul_high_i32x4_u(multiplier1, y2);
    let y0 = v128.xor(highWords(g, h), second0);
    let y1 = lowWords(g, h);
    y2 = v128.xor(y3, second2);
    y3 = second3;
    let k0 = thirdKey0;
    let k1 = thirdKey1;
    for (let round = 2; round < ROUNDS; round++) {
      const a = i64x2.extmul_low_i32x4_u(multiplier0, x0);
      const b = i64x2.extmul_high_i32x4_u(multiplier0, x0);
      const c = i64x2.extmul_low_i32x4_u(multiplier1, x2);
      const d = i64x2.extmul_high_i32x4_u(multiplier1, x2);
      x0 = v128.xor(v128.xor(highWords(c, d), x1), k0);
      x2 = v128.xor(v128.xor(highWords(a, b), x3), k1);
      x1 = lowWords(c, d);
      x3 = lowWords(a, b);
      const p = i64x2.extmul_low_i32x4_u(multiplier0, y0);
      const q = i64x2.extmul_high_i32x4_u(multiplier0, y0);
      const r = i64x2.extmul_low_i32x4_u(multiplier1, y2);
      const s = i64x2.extmul_high_i32x4_u(multiplier1, y2);
      y0 = v128.xor(v128.xor(highWords(r, s), y1), k0);
      y2 = v128.xor(v128.xor(highWords(p, q), y3), k1);
      y1 = lowWords(r, s);
      y3 = lowWords(p, q);
      k0 = i32x4.add(k0, keyStep0);
      k1 = i32x4.add(k1, keyStep1);
    }
    v128.store(out, x0);
    v128.store(out, x1, 16);
    v128.store(out, x2, 32);
    v128.store(out, x3, 48);
    v128.store(out, y0, 64);
    v128.store(out, y1, 80);
    v128.store(out, y2, 96);
    v128.store(out, y3, 112);
    out += 2 * GROUP_BYTES;
  }
}
