// The smallest blocks: a few cells, resistor by resistor.

import { BOTTOM, endColumn, endRow, firstColumn, firstRow, inner, inside, LEFT, RIGHT, sideAt, TOP, width } from './block';
import { spread } from './dissection';
import { cells, columnEnd, columns, columnSegment, farDriver, rowEnd, rows, rowSegment } from './network';
import { clear, clearRow, eliminate, firstPort, inPanel, openPanel } from './panel';

/** Nodes are numbered from -1 downwards in the panel, from 0 on among the ports. */
export function fillLeaf(block: usize, free: usize): void {
  const r0 = firstRow(block);
  const r1 = endRow(block);
  const c0 = firstColumn(block);
  const c1 = endColumn(block);
  const high = r1 - r0;
  const wide = c1 - c0;
  /** Nodes of a row wire, of a column wire, that are no ports. */
  const along = c1 < columns ? wide - 1 : wide;
  const down = r0 > 0 ? high - 1 : high;
  const ofRows = high * along;
  const nodes = ofRows + down * wide;
  openPanel(free, nodes, width(block));
  for (let k = 0; k < nodes; k++) clearRow(k);
  clear(inside(block), free);
  for (let i = 0; i < high; i++) {
    for (let j = 0; j < wide; j++) {
      const row = j < along ? -1 - (i * along + j) : sideAt(block, RIGHT) + i;
      const before = j > 0 ? -1 - (i * along + j - 1) : sideAt(block, LEFT) + i;
      join(block, before, row, c0 + j > 0 ? rowSegment : rowEnd);
      if (c0 + j == columns - 1 && farDriver > 0) join(block, row, sideAt(block, RIGHT) + i, farDriver);
      const above = high - down;
      const column = i < above ? sideAt(block, TOP) + j : -1 - (ofRows + (i - above) * wide + j);
      const below = i < high - 1 ? -1 - (ofRows + (i + 1 - above) * wide + j) : sideAt(block, BOTTOM) + j;
      join(block, column, below, r0 + i < rows - 1 ? columnSegment : columnEnd);
      join(block, row, column, load<f64>(cells + ((<usize>(r0 + i) * <usize>columns + <usize>(c0 + j)) << 3)));
    }
  }
  eliminate();
  spread(block);
}

/** A resistor between two nodes. */
function join(block: usize, a: i32, b: i32, g: f64): void {
  if (a < 0 && b < 0) {
    add(inPanel(-1 - max(a, b), -1 - min(a, b)), g);
  } else if (a < 0 || b < 0) {
    add(inPanel(-1 - min(a, b), firstPort() + max(a, b)), g);
  } else {
    if (a < inner(block)) add(inside(block) + ((<usize>a * <usize>width(block) + <usize>b) << 3), g);
    if (b < inner(block)) add(inside(block) + ((<usize>b * <usize>width(block) + <usize>a) << 3), g);
  }
}

@inline
function add(at: usize, g: f64): void {
  store<f64>(at, load<f64>(at) + g);
}
