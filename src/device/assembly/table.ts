// Tables of device laws on a grid uniform in u = sqrt(x), four lanes at a time. The plain twin is ../../core/table.ts.

import { constant } from '../../core/assembly/math';

/** Half of the intervals of a table, all of them, 2^23. */
const GRID: usize = memory.data<f32>([1024, 2048, 8388608]);

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

/** Of each cell of a block, where it lies on the grid: OFFSET + 4 interval, and how far into the interval, from 0 to 1. */
const offsets: usize = memory.data((1024 + 16) * 4, 16);
const shares: usize = memory.data((1024 + 16) * 4, 16);

/** Of the float 2^23 + interval, four times the bits are OFFSET + 4 interval. */
const OFFSET: usize = 0x2c000000;

/**
 * Places four conductances on the grid: position u = 2048 sqrt(x) from 0 to 2048, x = g/gMax. Here and in the stages pmin and pmax
 * stand for min and max: one instruction in place of seven, the same but for NaN and -0, which conductances never are. What lies
 * beyond a block's end may be anything: all but positive numbers are placed at 0.
 */
@inline
function place(g: v128, inverseGMax: v128, at: usize): void {
  const root = f32x4.sqrt(f32x4.mul(f32x4.pmax(f32x4.splat(0), g), inverseGMax));
  const position = f32x4.pmin(f32x4.mul(root, constant(GRID, 0)), constant(GRID, 1));
  const interval = f32x4.trunc(position);
  v128.store(offsets + at, i32x4.shl(f32x4.add(interval, constant(GRID, 2)), 2));
  v128.store(shares + at, f32x4.sub(position, interval));
}

/**
 * Places `n` conductances on the grid, for `lookUp`. A loop of its own: a processor has room for so many instructions that wait,
 * and here they wait for a root.
 */
export function locate(cells: usize, n: i32, inverseGMax: f32): void {
  const inverse = f32x4.splat(inverseGMax);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) place(v128.load(cells + at), inverse, at);
}

/** Where the idle cells of pairs are placed: behind all others. */
export const IDLE: usize = 1024 * 4;

/**
 * Places the greater target of each of `n` pairs on the grid, and at IDLE the lesser one, where all pairs have the same: they are
 * one-sided then, which is returned.
 */
export function locatePairs(targetPlus: usize, targetMinus: usize, n: i32, inverseGMax: f32): bool {
  const inverse = f32x4.splat(inverseGMax);
  const least = min(load<f32>(targetPlus), load<f32>(targetMinus));
  const idle = f32x4.splat(least);
  const end = (<usize>n) << 2;
  const vectors = end & ~15;
  let differ = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const plus = v128.load(targetPlus + at);
    const minus = v128.load(targetMinus + at);
    if (at < vectors) differ = v128.or(differ, f32x4.ne(f32x4.pmin(plus, minus), idle));
    place(f32x4.pmax(plus, minus), inverse, at);
  }
  for (let at = vectors; at < end; at += 4) {
    if (min(load<f32>(targetPlus + at), load<f32>(targetMinus + at)) != least) return false;
  }
  place(idle, inverse, IDLE);
  return !v128.any_true(differ);
}

/** The table's values at the places of the four cells at `at`: left + share (right - left) in each one's interval. */
@inline
export function lookUp(table: usize, at: usize): v128 {
  const base = table - OFFSET;
  const place = offsets + at;
  let low = v128.load64_zero(base + load<usize>(place));
  let high = v128.load64_zero(base + load<usize>(place, 8));
  low = v128.load64_lane(base + load<usize>(place, 4), low, 1);
  high = v128.load64_lane(base + load<usize>(place, 12), high, 1);
  const left = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
  const right = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
  return f32x4.add(left, f32x4.mul(v128.load(shares + at), f32x4.sub(right, left)));
}
