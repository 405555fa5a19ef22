// Nested dissection: an array is cut in two again and again, and the blocks are put together on the way back.

import {
  BOTTOM,
  drivers,
  endColumn,
  endRow,
  firstColumn,
  firstRow,
  grounds,
  inner,
  innerPorts,
  inside,
  isTerminal,
  layOut,
  LEFT,
  length,
  RIGHT,
  sideAt,
  SIDES,
  through,
  TOP,
  width,
} from './block';
import { fillLeaf } from './leaf';
import { addAmong, addBetween, clear, clearRow, eliminate, firstPort, inPanel, openPanel } from './panel';

/** Blocks of at most so many rows and columns are not cut. */
const LEAF: i32 = 2;

/** Makes the block of those rows and columns at `at`, using what lies behind it; returns its end. */
export function makeBlock(at: usize, r0: i32, r1: i32, c0: i32, c1: i32): usize {
  const end = layOut(at, r0, r1, c0, c1);
  if (r1 - r0 <= LEAF && c1 - c0 <= LEAF) {
    fillLeaf(at, end);
    return end;
  }
  const byColumns = c1 - c0 >= r1 - r0;
  const middle = byColumns ? (c0 + c1 + 1) >> 1 : (r0 + r1 + 1) >> 1;
  const other = makeBlock(end, r0, byColumns ? r1 : middle, c0, byColumns ? middle : c1);
  const free = makeBlock(other, byColumns ? r0 : middle, r1, byColumns ? middle : c0, c1);
  join(at, end, other, byColumns, free);
  return end;
}

/** Puts two neighbours, one left of or above the other, together to `block`. */
function join(block: usize, one: usize, other: usize, byColumns: bool, free: usize): void {
  const nodes = byColumns ? endRow(one) - firstRow(one) : endColumn(one) - firstColumn(one);
  openPanel(free, nodes, width(block));
  for (let k = 0; k < nodes; k++) clearRow(k);
  take(block, one, byColumns ? RIGHT : BOTTOM);
  take(block, other, byColumns ? LEFT : TOP);
  // Rows of no port: what only fills the last four.
  clear(cell(block, innerPorts(block), 0), cell(block, inner(block), 0));
  eliminate();
  spread(block);
}

/** What the eliminated nodes of the panel put between the ports of a block. */
export function spread(block: usize): void {
  const own = inner(block);
  const all = width(block);
  addAmong(inside(block), all, own);
  addBetween(inside(block) + (<usize>own << 3), all, 0, own, own, all);
  const first = own + drivers(block);
  addBetween(through(block), grounds(block), own, first, first, all);
}

@inline
function cell(block: usize, i: i32, j: i32): usize {
  return inside(block) + ((<usize>i * <usize>width(block) + <usize>j) << 3);
}

/** The sides that the rows of a part are cut into: first column there, first column in the block, bytes. */
const spans: usize = memory.data(3 * 4 * 4);

/** Copies the conductances of a part into the block and the panel; those among the ports of its side `shared` are added there. */
function take(block: usize, part: usize, shared: i32): void {
  let end = spans;
  for (let side = 0; side < SIDES; side++) {
    if (side == shared || sideAt(part, side) < 0) continue;
    store<i32>(end, sideAt(part, side) << 3);
    store<i32>(end, placeOf(block, part, side) << 3, 4);
    store<i32>(end, length(part, side) << 3, 8);
    end += 12;
  }
  const ports = <usize>firstPort() << 3;
  const count = length(part, shared);
  const first = sideAt(part, shared);
  for (let k = 0; k < count; k++) {
    const from = cell(part, first + k, 0);
    const to = inPanel(k, 0);
    addNumbers(to, from + (<usize>first << 3), <usize>count << 3);
    copySpans(to + ports, from, end);
  }
  for (let side = 0; side < SIDES; side++) {
    const from = sideAt(part, side);
    if (side == shared || from < 0) continue;
    if (isTerminal(part, side)) {
      if (side != BOTTOM) takeThrough(block, part, side);
      continue;
    }
    const row = placeOf(block, part, side);
    const bytes = <usize>width(block) << 3;
    for (let k = 0; k < length(part, side); k++) {
      const to = cell(block, row + k, 0);
      clear(to, to + bytes);
      copySpans(to, cell(part, from + k, 0), end);
    }
  }
}

/** The number that the first port of a part's side has in the block. */
function placeOf(block: usize, part: usize, side: i32): i32 {
  const after = side < TOP ? firstRow(part) - firstRow(block) : firstColumn(part) - firstColumn(block);
  return sideAt(block, side) + after;
}

/** What drivers of a part conduct to its grounds, if it has any. */
function takeThrough(block: usize, part: usize, side: i32): void {
  const row = placeOf(block, part, side) - inner(block);
  const from = sideAt(part, side) - inner(part);
  const bytes = <usize>grounds(block) << 3;
  const has = sideAt(part, BOTTOM) >= inner(part) + drivers(part);
  for (let k = 0; k < length(part, side); k++) {
    const to = through(block) + <usize>(row + k) * bytes;
    clear(to, to + bytes);
    if (!has) continue;
    const column = placeOf(block, part, BOTTOM) - inner(block) - drivers(block);
    const values = through(part) + ((<usize>(from + k) * <usize>grounds(part)) << 3);
    copyNumbers(to + (<usize>column << 3), values, <usize>length(part, BOTTOM) << 3);
  }
}

@inline
function copySpans(to: usize, from: usize, end: usize): void {
  for (let span = spans; span < end; span += 12) {
    copyNumbers(to + load<i32>(span, 4), from + load<i32>(span), load<i32>(span, 8));
  }
}

@inline
function copyNumbers(to: usize, from: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  if (at < bytes) store<f64>(to + at, load<f64>(from + at));
}

function addNumbers(to: usize, from: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, f64x2.add(v128.load(to + at), v128.load(from + at)));
  if (at < bytes) store<f64>(to + at, load<f64>(to + at) + load<f64>(from + at));
}
