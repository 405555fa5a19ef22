// The stages of a cell on a block of up to BLOCK cells. Each works on whole vectors, so its buffers have room for three
// cells more than there are. The plain twins, with the formulas, are ../write.ts, ../drift.ts and ../read.ts.

import { expOfNegative } from '../../core/assembly/math';
import {
  DRIFT_MEAN,
  DRIFT_STD,
  IDLE,
  isPresent,
  locate,
  locatePairs,
  lookUp,
  READ_STD,
  TELEGRAPH_AMPLITUDE,
  TELEGRAPH_PROBABILITY,
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

export function exponentIsRandom(noise: f32): bool {
  return isPresent(DRIFT_STD) && noise != 0;
}

/** Whether cells drift at all between the reference read and the time of the laws. */
export function drifts(noise: f32): bool {
  return driftLog != 0 && (isPresent(DRIFT_MEAN) || exponentIsRandom(noise));
}

export function readIsRandom(noise: f32): bool {
  return isPresent(READ_STD) && noise != 0;
}

/**
 * Writes `n` targets into cells. Absent laws are tables of zeros: a test within the loop costs more than a look-up. `z`
 * holds normals, or where the stage is not random, zeros.
 */
export function writeStage(cells: usize, targets: usize, n: i32, z: usize, noise: f32): void {
  const isShifted = isPresent(WRITE_SHIFT);
  const bytes = (<usize>n) << 2;
  if (!isShifted && !writeIsRandom(noise)) {
    memory.copy(cells, targets, bytes);
    return;
  }
  locate(targets, n, inverseGMax);
  const scale = f32x4.splat(noise);
  const least = f32x4.splat(floor);
  const shiftTable = tableAt(WRITE_SHIFT);
  const stdTable = tableAt(WRITE_STD);
  for (let at: usize = 0; at < bytes; at += 16) {
    let g = v128.load(targets + at);
    if (isShifted) g = f32x4.add(g, lookUp(shiftTable, at));
    const std = f32x4.mul(scale, lookUp(stdTable, at));
    g = f32x4.add(g, f32x4.mul(std, v128.load(z + at)));
    v128.store(cells + at, f32x4.pmax(g, least));
  }
}

/**
 * `writeStage` for one-sided pairs, which `locateOneSided` has located: the idle cells have the same laws, which takes one look-up
 * a pair in place of two. The same bits.
 */
export function writePairs(
  plus: usize,
  minus: usize,
  targetPlus: usize,
  targetMinus: usize,
  n: i32,
  zPlus: usize,
  zMinus: usize,
  noise: f32,
): void {
  const isShifted = isPresent(WRITE_SHIFT);
  const scale = f32x4.splat(noise);
  const least = f32x4.splat(floor);
  const shiftTable = tableAt(WRITE_SHIFT);
  const stdTable = tableAt(WRITE_STD);
  const idleStd = f32x4.mul(scale, lookUp(stdTable, IDLE));
  const idleShift = lookUp(shiftTable, IDLE);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    let g = v128.load(targetPlus + at);
    let h = v128.load(targetMinus + at);
    const isPlus = f32x4.gt(g, h);
    if (isShifted) {
      const shift = lookUp(shiftTable, at);
      g = f32x4.add(g, v128.bitselect(shift, idleShift, isPlus));
      h = f32x4.add(h, v128.bitselect(idleShift, shift, isPlus));
    }
    const std = f32x4.mul(scale, lookUp(stdTable, at));
    g = f32x4.add(g, f32x4.mul(v128.bitselect(std, idleStd, isPlus), v128.load(zPlus + at)));
    h = f32x4.add(h, f32x4.mul(v128.bitselect(idleStd, std, isPlus), v128.load(zMinus + at)));
    v128.store(plus + at, f32x4.pmax(g, least));
    v128.store(minus + at, f32x4.pmax(h, least));
  }
}

/** Locates the targets of `n` pairs for `writePairs` and `exponentPairs`, if all their idle cells have the same. */
export function locateOneSided(targetPlus: usize, targetMinus: usize, n: i32): bool {
  return locatePairs(targetPlus, targetMinus, n, inverseGMax);
}

@inline
function drifted(cells: v128, exponents: v128, minusElapsed: v128): v128 {
  return f32x4.mul(cells, expOfNegative(f32x4.mul(exponents, minusElapsed)));
}

/** Puts the drift exponents of `n` cells, |mean + std z| by their targets, into `out`, for `ageStage`. `z` as for `writeStage`. */
export function exponentStage(out: usize, targets: usize, n: i32, z: usize, noise: f32): void {
  locate(targets, n, inverseGMax);
  const scale = f32x4.splat(noise);
  const meanTable = tableAt(DRIFT_MEAN);
  const stdTable = tableAt(DRIFT_STD);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const std = f32x4.mul(scale, lookUp(stdTable, at));
    const exponent = f32x4.add(lookUp(meanTable, at), f32x4.mul(std, v128.load(z + at)));
    v128.store(out + at, f32x4.abs(exponent));
  }
}

/** `exponentStage` for one-sided pairs, as `writePairs`. */
export function exponentPairs(
  outPlus: usize,
  outMinus: usize,
  targetPlus: usize,
  targetMinus: usize,
  n: i32,
  zPlus: usize,
  zMinus: usize,
  noise: f32,
): void {
  const scale = f32x4.splat(noise);
  const meanTable = tableAt(DRIFT_MEAN);
  const stdTable = tableAt(DRIFT_STD);
  const idleMean = lookUp(meanTable, IDLE);
  const idleStd = f32x4.mul(scale, lookUp(stdTable, IDLE));
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const isPlus = f32x4.gt(v128.load(targetPlus + at), v128.load(targetMinus + at));
    const mean = lookUp(meanTable, at);
    const std = f32x4.mul(scale, lookUp(stdTable, at));
    const nuPlus = f32x4.add(
      v128.bitselect(mean, idleMean, isPlus),
      f32x4.mul(v128.bitselect(std, idleStd, isPlus), v128.load(zPlus + at)),
    );
    const nuMinus = f32x4.add(
      v128.bitselect(idleMean, mean, isPlus),
      f32x4.mul(v128.bitselect(idleStd, std, isPlus), v128.load(zMinus + at)),
    );
    v128.store(outPlus + at, f32x4.abs(nuPlus));
    v128.store(outMinus + at, f32x4.abs(nuMinus));
  }
}

/** Puts into `out`, which may be `cells`, what `n` cells have drifted to by their exponents. */
export function ageStage(out: usize, cells: usize, exponents: usize, n: i32, noise: f32): void {
  const bytes = (<usize>n) << 2;
  if (!drifts(noise)) {
    memory.copy(out, cells, bytes);
    return;
  }
  const minusElapsed = f32x4.splat(-driftLog);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, drifted(v128.load(cells + at), v128.load(exponents + at), minusElapsed));
  }
}

/** Whether a read bounds cells that it does not change otherwise: all others are above 0 already. */
export function readIsBounded(): bool {
  return high != Infinity;
}

/** Whether cells are caught in the lower of two states at times. */
export function isTelegraphic(noise: f32): bool {
  return isPresent(TELEGRAPH_PROBABILITY) && isPresent(TELEGRAPH_AMPLITUDE) && noise != 0;
}

/** Lowers those of `n` cells, in place, that a read finds in their lower state; `words` are random. */
export function telegraphStage(cells: usize, n: i32, words: usize, noise: f32): void {
  locate(cells, n, inverseGMax);
  const scale = f32x4.splat(noise);
  const probabilities = tableAt(TELEGRAPH_PROBABILITY);
  const amplitudes = tableAt(TELEGRAPH_AMPLITUDE);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(cells + at);
    const u = f32x4.mul(f32x4.convert_i32x4_u(v128.load(words + at)), f32x4.splat(2.3283064365386963e-10));
    const isLow = f32x4.lt(u, lookUp(probabilities, at));
    const left = f32x4.sub(f32x4.splat(1), f32x4.mul(scale, lookUp(amplitudes, at)));
    const low = f32x4.mul(g, f32x4.pmax(left, f32x4.splat(0)));
    v128.store(cells + at, v128.bitselect(low, g, isLow));
  }
}

/** Reads `n` cells once, in place. `z` as for `writeStage`. */
export function readStage(cells: usize, n: i32, z: usize, noise: f32): void {
  if (!readIsRandom(noise)) {
    boundStage(cells, n);
    return;
  }
  locate(cells, n, inverseGMax);
  const scale = f32x4.splat(noise);
  const table = tableAt(READ_STD);
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(cells + at);
    const std = f32x4.mul(f32x4.mul(scale, g), lookUp(table, at));
    const read = f32x4.add(g, f32x4.mul(std, v128.load(z + at)));
    v128.store(cells + at, f32x4.pmax(f32x4.pmin(read, most), least));
  }
}

function boundStage(cells: usize, n: i32): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  const bytes = (<usize>n) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(cells + at, f32x4.pmax(f32x4.pmin(v128.load(cells + at), most), least));
  }
}
