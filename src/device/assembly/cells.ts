// Targets to cells, block by block: the normals that a stage needs are drawn just before it, into the nearest cache.

import { fillNormals } from '../../core/assembly/normals';
import { fillWords } from '../../core/assembly/philox';
import { stickStage, varies, varyIsRandom, varyStage } from './array';
import {
  ageStage,
  drifts,
  exponentIsRandom,
  exponentPairs,
  exponentStage,
  isTelegraphic,
  readIsBounded,
  readIsRandom,
  readStage,
  telegraphStage,
  writeIsRandom,
  writePairs,
  writeStage,
} from './stages';

/** Cells worked on at a time. */
export const BLOCK = 1024;

/** Bits that say which stages to run. */
export const WRITE = 1;
export const DRIFT = 2;
export const READ = 4;
/** Variation by column and cell. */
export const VARY = 8;
/** Stuck cells; after DRIFT, for they do not drift. */
export const STICK = 16;
/** In place of WRITE, VARY and DRIFT: the cells that were kept, aged by their exponents. */
export const AGE = 32;

/** Stream slots of one kind of cell: write, drift, read, vary, telegraph. */
const SLOTS = 5;

const streams: usize = memory.data(10 * 16, 16);
/** Room for the block, its offset in the first group, an odd group, and three cells over. */
const normals: usize = memory.data((1024 + 64) * 4, 16);
const otherNormals: usize = memory.data((1024 + 64) * 4, 16);
/** What stages that are not random multiply: the other room may hold bare words, of which some are no numbers. */
const zeros: usize = memory.data((1024 + 16) * 4, 16);
const scratch: usize = memory.data((1024 + 16) * 4, 16);
const drawnExponents: usize = memory.data((1024 + 16) * 4, 16);
const otherDrawnExponents: usize = memory.data((1024 + 16) * 4, 16);

/** Of each kind of cell: where this call's kept cells and their exponents lie; 0: they are not kept. */
const kept: usize = memory.data(2 * 8, 16);

export function setKept(kind: i32, cells: usize, exponents: usize): void {
  store<usize>(kept + ((<usize>kind) << 3), cells);
  store<usize>(kept + ((<usize>kind) << 3), exponents, 4);
}

/** The stages of a kind of cell: of kept ones, those of `stages` that are left. */
export function stagesOf(kind: i32, stages: i32): i32 {
  const isKept = load<usize>(kept + ((<usize>kind) << 3)) != 0;
  return isKept ? (stages & ~(WRITE | VARY | DRIFT)) | AGE : stages;
}

/** Where the key and the counter of a stream (four words) are to be put. */
export function streamAt(slot: i32): usize {
  return streams + ((<usize>slot) << 4);
}

/** Draws normals, or words, `first` to `first + n` of a stream, into a room. Returns where they lie. */
function draw(slot: i32, first: u64, n: i32, areWords: bool = false, room: usize = normals): usize {
  const stream = streamAt(slot);
  const offset = <i32>(first & 15);
  const group = first >> 4;
  const groups = (offset + n + 15) >> 4;
  const low = <u32>group;
  const high = <u32>(group >> 32);
  const key0 = load<u32>(stream);
  const key1 = load<u32>(stream, 4);
  const counter2 = load<u32>(stream, 8);
  const counter3 = load<u32>(stream, 12);
  if (areWords) fillWords(room, groups, low, high, key0, key1, counter2, counter3);
  else fillNormals(room, groups, low, high, key0, key1, counter2, counter3);
  return room + ((<usize>offset) << 2);
}

/**
 * Runs the chosen stages on a block of n cells of a kind (0 plus, 1 minus), which starts at element `first` of the layer and
 * is at `at` of this call. Without WRITE the cells hold what was written already.
 */
export function runStages(
  stages: i32,
  cells: usize,
  targets: usize,
  n: i32,
  first: u64,
  at: i32,
  kind: i32,
  noise: f32,
): void {
  const slot = kind * SLOTS;
  if (stages & WRITE) {
    const z = writeIsRandom(noise) ? draw(slot, first, n) : zeros;
    writeStage(cells, targets, n, z, noise);
  }
  if (stages & VARY && varies(kind, noise)) {
    const z = varyIsRandom(noise) ? draw(slot + 3, first, n) : zeros;
    varyStage(kind, cells, n, first, z, noise);
  }
  if (stages & DRIFT && drifts(noise)) {
    const z = exponentIsRandom(noise) ? draw(slot + 1, first, n) : zeros;
    exponentStage(drawnExponents, targets, n, z, noise);
    ageStage(cells, cells, drawnExponents, n, noise);
  }
  if (stages & AGE) {
    const own = kept + ((<usize>kind) << 3);
    const moved = (<usize>at) << 2;
    ageStage(cells, load<usize>(own) + moved, load<usize>(own, 4) + moved, n, noise);
  }
  if (stages & STICK) stickStage(kind, cells, at, n);
  if (stages & READ && isTelegraphic(noise)) {
    telegraphStage(cells, n, draw(slot + 4, first, n, true), noise);
  }
  if (stages & READ && (readIsRandom(noise) || readIsBounded())) {
    const z = readIsRandom(noise) ? draw(slot + 2, first, n) : zeros;
    readStage(cells, n, z, noise);
  }
}

/** `runStages` on both cells of `n` one-sided pairs, which are located, where writing is random. */
export function runPairStages(
  stages: i32,
  plus: usize,
  minus: usize,
  targetPlus: usize,
  targetMinus: usize,
  n: i32,
  first: u64,
  at: i32,
  noise: f32,
): void {
  const zPlus = draw(0, first, n);
  const zMinus = draw(SLOTS, first, n, false, otherNormals);
  writePairs(plus, minus, targetPlus, targetMinus, n, zPlus, zMinus, noise);
  runStages(stages & VARY, plus, targetPlus, n, first, at, 0, noise);
  runStages(stages & VARY, minus, targetMinus, n, first, at, 1, noise);
  if (drifts(noise)) {
    const isRandom = exponentIsRandom(noise);
    const z = isRandom ? draw(1, first, n) : zeros;
    const other = isRandom ? draw(SLOTS + 1, first, n, false, otherNormals) : zeros;
    exponentPairs(drawnExponents, otherDrawnExponents, targetPlus, targetMinus, n, z, other, noise);
    ageStage(plus, plus, drawnExponents, n, noise);
    ageStage(minus, minus, otherDrawnExponents, n, noise);
  }
  const left = stages & ~(WRITE | VARY | DRIFT);
  runStages(left, plus, targetPlus, n, first, at, 0, noise);
  runStages(left, minus, targetMinus, n, first, at, 1, noise);
}

/** Runs the chosen stages on `count` cells: from targets (and cells, without WRITE) to `out`, which may be `cells`. */
export function stageCells(
  stages: i32,
  targets: usize,
  cells: usize,
  out: usize,
  count: i32,
  first: f64,
  noise: f32,
): void {
  for (let at = 0; at < count; ) {
    const element = <u64>first + at;
    const n = min(BLOCK - <i32>(element & 15), count - at);
    const bytes = (<usize>n) << 2;
    const offset = (<usize>at) << 2;
    if (!(stages & WRITE)) memory.copy(scratch, cells + offset, bytes);
    runStages(stages, scratch, targets + offset, n, element, at, 0, noise);
    memory.copy(out + offset, scratch, bytes);
    at += n;
  }
}

/**
 * Keeps `count` cells, from element `first` of the layer on: what is in them after WRITE and VARY, and their drift
 * exponents. AGE goes on from there, to the same bits as DRIFT.
 */
export function keepCells(
  targets: usize,
  cells: usize,
  exponents: usize,
  count: i32,
  first: f64,
  noise: f32,
): void {
  for (let at = 0; at < count; ) {
    const element = <u64>first + at;
    const n = min(BLOCK - <i32>(element & 15), count - at);
    const bytes = (<usize>n) << 2;
    const offset = (<usize>at) << 2;
    runStages(WRITE | VARY, scratch, targets + offset, n, element, at, 0, noise);
    memory.copy(cells + offset, scratch, bytes);
    const z = exponentIsRandom(noise) ? draw(1, element, n) : zeros;
    exponentStage(scratch, targets + offset, n, z, noise);
    memory.copy(exponents + offset, scratch, bytes);
    at += n;
  }
}
