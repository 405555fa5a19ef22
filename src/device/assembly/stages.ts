// The stages of a cell on a block of up to BLOCK cells. Each works on whole vectors, so its buffers have room for three
// cells more than there are. The plain twins, with the formulas, are ../write.ts, ../drift.ts and ../read.ts.

import { expOfNegative } from '../../core/assembly/math';
import {
  DRIFT_MEAN,
  DRIFT_STD,
  interpolate,
  interval,
  isPresent,
  position,
  READ_STD,
  share,
  tableAt,
  WRITE_SHIFT,
  WRITE_STD,
} from './table';

/** Of the laws, what is not a table: 1/gMax and ln((t + t_c)/t_c); the least written conductance; the bounds of a read. */
let inverseGMax: f32 = 1;
let driftLog: f32 = 0;
let floor: f32 = 0;
let low: f32 = 0;
let high: f32 = Infinity;

export function setNumbers(newInverseGMax: f32, newDriftLog: f32): void {
  inverseGMax = newInverseGMax;
  driftLog = newDriftLog;
}

export function setBounds(newFloor: f32, newLow: f32, newHigh: f32): void {
  floor = newFloor;
  low = newLow;
  high = newHigh;
}

export function writeIsRandom(noise: f32): bool {
  return isPresent(WRITE_STD) && noise != 0;
}

export function driftIsRandom(noise: f32): bool {
  return isPresent(DRIFT_STD) && noise != 0 && driftLog != 0;
}

export function readIsRandom(noise: f32): bool {
  return isPresent(READ_STD) && noise != 0;
}

/**
 * Writes `n` targets into cells. Absent laws are tables of zeros: a test within the loop costs more than a look-up. `z`
 * holds normals, or where the stage is not random, any finite numbers.
 */
export function writeStage(cells: usize, targets: usize, n: i32, z: usize, noise: f32): void {
  const isShifted = isPresent(WRITE_SHIFT);
  const bytes = (<usize>n) << 2;
  if (!isShifted && !writeIsRandom(noise)) {
    memory.copy(cells, targets, bytes);
    return;
  }
  const inverse = f32x4.splat(inverseGMax);
  const scale = f32x4.splat(noise);
  const shiftTable = tableAt(WRITE_SHIFT);
  const stdTable = tableAt(WRITE_STD);
  for (let at: usize = 0; at < bytes; at += 16) {
    let g = v128.load(targets + at);
    const p = position(f32x4.mul(g, inverse));
    const i = interval(p);
    const d = share(p, i);
    if (isShifted) g = f32x4.add(g, interpolate(shiftTable, i, d));
    const std = f32x4.mul(scale, interpolate(stdTable, i, d));
    g = f32x4.add(g, f32x4.mul(std, v128.load(z + at)));
    v128.store(cells + at, f32x4.max(g, f32x4.splat(floor)));
  }
}

/** Lets `n` cells drift, in place; the exponent goes by the target. `z` as for `writeStage`. */
export function driftStage(cells: usize, targets: usize, n: i32, z: usize, noise: f32): void {
  if (driftLog == 0 || !(isPresent(DRIFT_MEAN) || driftIsRandom(noise))) return;
  const inverse = f32x4.splat(inverseGMax);
  const scale = f32x4.splat(noise);
  const elapsed = f32x4.splat(driftLog);
  const meanTable = tableAt(DRIFT_MEAN);
  const stdTable = tableAt(DRIFT_STD);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = position(f32x4.mul(v128.load(targets + at), inverse));
    const i = interval(p);
    const d = share(p, i);
    const std = f32x4.mul(scale, interpolate(stdTable, i, d));
    const exponent = f32x4.add(interpolate(meanTable, i, d), f32x4.mul(std, v128.load(z + at)));
    const factor = expOfNegative(f32x4.neg(f32x4.mul(f32x4.abs(exponent), elapsed)));
    v128.store(cells + at, f32x4.mul(v128.load(cells + at), factor));
  }
}

/** Whether a read bounds cells that it does not change otherwise: all others are above 0 already. */
export function readIsBounded(): bool {
  return high != Infinity;
}

/** Reads `n` cells once, in place. `z` as for `writeStage`. */
export function readStage(cells: usize, n: i32, z: usize, noise: f32): void {
  if (!readIsRandom(noise)) {
    boundStage(cells, n);
    return;
  }
  const inverse = f32x4.splat(inverseGMax);
  const scale = f32x4.splat(noise);
  const table = tableAt(READ_STD);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(cells + at);
    const p = position(f32x4.mul(g, inverse));
    const i = interval(p);
    const std = f32x4.mul(f32x4.mul(scale, g), interpolate(table, i, share(p, i)));
    const read = f32x4.add(g, f32x4.mul(std, v128.load(z + at)));
    v128.store(cells + at, f32x4.max(f32x4.min(read, f32x4.splat(high)), f32x4.splat(low)));
  }
}

function boundStage(cells: usize, n: i32): void {
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(cells + at, f32x4.max(f32x4.min(v128.load(cells + at), f32x4.splat(high)), f32x4.splat(low)));
  }
}
