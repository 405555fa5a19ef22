// Targets to cells, block by block: the normals that a stage needs are drawn just before it, into the nearest cache.

import { fillNormals } from '../../core/assembly/normals';
import {
  driftIsRandom,
  driftStage,
  readIsBounded,
  readIsRandom,
  readStage,
  writeIsRandom,
  writeStage,
} from './stages';

/** Cells worked on at a time. */
export const BLOCK = 1024;

/** Bits that say which stages to run. */
export const WRITE = 1;
export const DRIFT = 2;
export const READ = 4;

/** Stream slots of one kind of cell: write, drift, read. */
export const SLOTS = 3;

const streams: usize = memory.data(6 * 16, 16);
/** Room for the block, its offset in the first group, an odd group, and three cells over. */
const normals: usize = memory.data((1024 + 64) * 4, 16);
const scratch: usize = memory.data((1024 + 16) * 4, 16);

/** Where the key and the counter of a stream (four words) are to be put. */
export function streamAt(slot: i32): usize {
  return streams + ((<usize>slot) << 4);
}

/** Draws normals `first` to `first + n` of a stream. Returns where they lie. */
function draw(slot: i32, first: u64, n: i32): usize {
  const stream = streamAt(slot);
  const offset = <i32>(first & 15);
  const group = first >> 4;
  fillNormals(
    normals,
    (offset + n + 15) >> 4,
    <u32>group,
    <u32>(group >> 32),
    load<u32>(stream),
    load<u32>(stream, 4),
    load<u32>(stream, 8),
    load<u32>(stream, 12),
  );
  return normals + ((<usize>offset) << 2);
}

/** Runs the chosen stages on a block of n cells. Without WRITE the cells hold what was written already. */
export function runStages(
  stages: i32,
  cells: usize,
  targets: usize,
  n: i32,
  first: u64,
  slot: i32,
  noise: f32,
): void {
  if (stages & WRITE) {
    const z = writeIsRandom(noise) ? draw(slot, first, n) : normals;
    writeStage(cells, targets, n, z, noise);
  }
  if (stages & DRIFT) {
    const z = driftIsRandom(noise) ? draw(slot + 1, first, n) : normals;
    driftStage(cells, targets, n, z, noise);
  }
  if (stages & READ && (readIsRandom(noise) || readIsBounded())) {
    const z = readIsRandom(noise) ? draw(slot + 2, first, n) : normals;
    readStage(cells, n, z, noise);
  }
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
    runStages(stages, scratch, targets + offset, n, element, 0, noise);
    memory.copy(out + offset, scratch, bytes);
    at += n;
  }
}
