// A block: the cells of some rows and columns, as the conductances between the ports of its sides. Where it lies, and in what order.
//
// Each cell owns the segment on its left (towards the driver) and the one below it (towards the ground). So the left port of a
// row is the node of the cell before the block, or its driver, and the right port is that of the block's last cell; the top port
// of a column is the node of the block's first cell, the bottom port that of the cell below the block, or the ground. A block has no
// ports on a side where the array ends and nothing holds a voltage.
//
// Ports are numbered: first those that are joined to other blocks (`inner`: left, right, top, bottom), then drivers (near, far), then
// grounds; each of the three groups is padded to a multiple of 4, so that all tiles are whole. `inside` holds a row of conductances to
// all ports for each inner port, `through` a row of conductances to the grounds for each driver. Those between two drivers
// or two grounds carry no signal and are never made.

import { columns, farDriver, rows } from './network';

/** The sides of a block. */
export const LEFT: i32 = 0;
export const RIGHT: i32 = 1;
export const TOP: i32 = 2;
export const BOTTOM: i32 = 3;
export const SIDES: i32 = 4;

const HEADER: usize = 64;

@inline
export function firstRow(block: usize): i32 {
  return load<i32>(block);
}

@inline
export function endRow(block: usize): i32 {
  return load<i32>(block, 4);
}

@inline
export function firstColumn(block: usize): i32 {
  return load<i32>(block, 8);
}

@inline
export function endColumn(block: usize): i32 {
  return load<i32>(block, 12);
}

/** Number of the first port of a side; -1 where it has none. */
@inline
export function sideAt(block: usize, side: i32): i32 {
  return load<i32>(block + (<usize>side << 2), 16);
}

/** Inner ports, padded. */
@inline
export function inner(block: usize): i32 {
  return load<i32>(block, 32);
}

/** Drivers, padded. */
@inline
export function drivers(block: usize): i32 {
  return load<i32>(block, 36);
}

/** Grounds, padded. */
@inline
export function grounds(block: usize): i32 {
  return load<i32>(block, 40);
}

/** All ports, padded: the length of a row of `inside`. */
@inline
export function width(block: usize): i32 {
  return load<i32>(block, 44);
}

/** Inner ports, not padded. */
@inline
export function innerPorts(block: usize): i32 {
  return load<i32>(block, 48);
}

@inline
export function inside(block: usize): usize {
  return block + HEADER;
}

@inline
export function through(block: usize): usize {
  return inside(block) + ((<usize>inner(block) * <usize>width(block)) << 3);
}

/** Ports of a side, if it has any. */
@inline
export function length(block: usize, side: i32): i32 {
  return side < TOP ? endRow(block) - firstRow(block) : endColumn(block) - firstColumn(block);
}

/** Whether the ports of a side are drivers or grounds. */
@inline
export function isTerminal(block: usize, side: i32): bool {
  return sideAt(block, side) >= inner(block);
}

@inline
export function padded(count: i32): i32 {
  return (count + 3) & ~3;
}

/** Lays out a block of those rows and columns, its conductances not yet filled; returns its end. */
export function layOut(block: usize, r0: i32, r1: i32, c0: i32, c1: i32): usize {
  store<i32>(block, r0);
  store<i32>(block, r1, 4);
  store<i32>(block, c0, 8);
  store<i32>(block, c1, 12);
  const high = r1 - r0;
  const wide = c1 - c0;
  let count = 0;
  let left = -1;
  let right = -1;
  let top = -1;
  let bottom = -1;
  if (c0 > 0) {
    left = count;
    count += high;
  }
  if (c1 < columns) {
    right = count;
    count += high;
  }
  if (r0 > 0) {
    top = count;
    count += wide;
  }
  if (r1 < rows) {
    bottom = count;
    count += wide;
  }
  const ofInner = padded(count);
  store<i32>(block, count, 48);
  count = ofInner;
  if (c0 == 0) {
    left = count;
    count += high;
  }
  if (c1 == columns && farDriver > 0) {
    right = count;
    count += high;
  }
  const ofDrivers = padded(count) - ofInner;
  count = ofInner + ofDrivers;
  if (r1 == rows) {
    bottom = count;
    count += wide;
  }
  const all = padded(count);
  store<i32>(block, left, 16);
  store<i32>(block, right, 20);
  store<i32>(block, top, 24);
  store<i32>(block, bottom, 28);
  store<i32>(block, ofInner, 32);
  store<i32>(block, ofDrivers, 36);
  store<i32>(block, all - ofInner - ofDrivers, 40);
  store<i32>(block, all, 44);
  const size = (<usize>ofInner * <usize>all + <usize>ofDrivers * <usize>(all - ofInner - ofDrivers)) << 3;
  return inside(block) + size;
}
