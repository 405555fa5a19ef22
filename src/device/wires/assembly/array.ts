// One array: its resistances, and where its cells, their factors and the vectors of a solve lie.

export let rows: i32 = 0;
export let columns: i32 = 0;

export let row: f64 = 0;
export let rowEnd: f64 = 0;
export let column: f64 = 0;
export let columnEnd: f64 = 0;
export let farDriver: f64 = 0;

// One number a cell (and a row of zeros, so that rows can be taken two by two).
export let cells: usize = 0;
export let rowFactors: usize = 0;
export let columnFactors: usize = 0;

// Two numbers a cell, likewise.
export let w: usize = 0;
export let r: usize = 0;
export let z: usize = 0;
export let p: usize = 0;
export let s: usize = 0;
export let q: usize = 0;

// Two numbers a row, two a column.
export let rowVolts: usize = 0;
export let columnVolts: usize = 0;
export let partial: usize = 0;
export let currents: usize = 0;
/** Conductance of each column seen so far, while the factors are made. */
export let behind: usize = 0;

/** Where everything lies from `base` on, for an array of that shape; returns the end. */
export function place(base: usize, rowCount: i32, columnCount: i32): usize {
  rows = rowCount;
  columns = columnCount;
  const one = (<usize>(rows + 1) * <usize>columns) << 3;
  const even = (one + 15) & ~15;
  let at = base;
  cells = at;
  at += even;
  rowFactors = at;
  at += even;
  columnFactors = at;
  at += even;
  const two = one << 1;
  w = at;
  at += two;
  r = at;
  at += two;
  z = at;
  at += two;
  p = at;
  at += two;
  s = at;
  at += two;
  q = at;
  at += two;
  const wires = <usize>(max(rows, columns) + 2) << 4;
  rowVolts = at;
  at += wires;
  columnVolts = at;
  at += wires;
  partial = at;
  at += wires;
  currents = at;
  at += wires;
  behind = at;
  at += wires;
  return at;
}

/** Takes the resistances (megohm) and makes the factors of the cells that lie at `cellsAt`. */
export function factor(r0: f64, r1: f64, c0: f64, c1: f64, far: f64): void {
  row = r0;
  rowEnd = r1;
  column = c0;
  columnEnd = c1;
  farDriver = far;
  memory.fill(cells + ((<usize>rows * <usize>columns) << 3), 0, <usize>columns << 3);
  memory.fill(rowFactors, 0, (<usize>(rows + 1) * <usize>columns) << 3);
  memory.fill(behind, 0, <usize>columns << 3);
  for (let i = 0; i < rows; i++) {
    let a = far;
    const last = i == rows - 1;
    for (let j = columns - 1; j >= 0; j--) {
      const at = (<usize>i * <usize>columns + <usize>j) << 3;
      const g = load<f64>(cells + at);
      a += g;
      const f = 1 / (1 + (j > 0 ? row : rowEnd) * a);
      store<f64>(rowFactors + at, f);
      a *= f;
      const b = load<f64>(behind + (<usize>j << 3)) + g;
      const h = 1 / (1 + (last ? columnEnd : column) * b);
      store<f64>(columnFactors + at, h);
      store<f64>(behind + (<usize>j << 3), b * h);
    }
  }
}
