// Tables of device laws on a grid uniform in u = sqrt(x), four lanes at a time. The plain twin is ../../core/table.ts.

/** 2049 values, and the last once more: its interval beyond the end is flat. */
const TABLE_BYTES: usize = 2050 * 4;

export const WRITE_SHIFT = 0;
export const WRITE_STD = 1;
export const DRIFT_MEAN = 2;
export const DRIFT_STD = 3;
export const READ_STD = 4;
export const TELEGRAPH_PROBABILITY = 5;
export const TELEGRAPH_AMPLITUDE = 6;

const tables: usize = memory.data(2050 * 4 * 7, 16);
const present: usize = memory.data(7 * 4, 16);

/** Where the values of a table are to be put. */
export function tableAt(table: i32): usize {
  return tables + <usize>table * TABLE_BYTES;
}

/** Says whether a law is there: an absent one is no table of zeros, its stage is left out. */
export function setPresent(table: i32, isPresent: bool): void {
  store<i32>(present + (<usize>table << 2), isPresent);
}

@inline
export function isPresent(table: i32): bool {
  return load<i32>(present + (<usize>table << 2)) != 0;
}

/**
 * Position of x = g/gMax on the grid, in intervals from 0 to 2048. Here and in the stages pmin and pmax stand for min and
 * max: one instruction in place of seven, the same but for NaN and -0, which conductances never are.
 */
@inline
export function position(x: v128): v128 {
  return f32x4.pmin(f32x4.mul(f32x4.sqrt(x), f32x4.splat(1024)), f32x4.splat(2048));
}

/** The interval of a position, still a float. One instruction; so is its conversion to an integer below, by the bits of a float. */
@inline
export function interval(position: v128): v128 {
  return f32x4.trunc(position);
}

/** How far into its interval a position lies, from 0 to 1. */
@inline
export function share(position: v128, interval: v128): v128 {
  return f32x4.sub(position, interval);
}

/** Of 2^23 + interval, four times the bits are OFFSET + 4 interval. */
const OFFSET: usize = 0x2c000000;

/** left + share (right - left) in each lane's interval of the table at `table`. */
@inline
export function interpolate(table: usize, interval: v128, share: v128): v128 {
  const offset = i32x4.shl(f32x4.add(interval, f32x4.splat(8388608)), 2);
  const base = table - OFFSET;
  let low = v128.load64_zero(base + i32x4.extract_lane(offset, 0));
  let high = v128.load64_zero(base + i32x4.extract_lane(offset, 2));
  low = v128.load64_lane(base + i32x4.extract_lane(offset, 1), low, 1);
  high = v128.load64_lane(base + i32x4.extract_lane(offset, 3), high, 1);
  const left = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
  const right = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
  return f32x4.add(left, f32x4.mul(share, f32x4.sub(right, left)));
}
