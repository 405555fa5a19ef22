// Arrays with wires: conjugate gradients over ladders, two right-hand sides at a time, one in each lane. The plain twin, with
// the formulas, is ../plain.ts; every sum is in its order, so that the bits are equal.

let rows: i32 = 0;
let columns: i32 = 0;

let row: f64 = 0;
let rowEnd: f64 = 0;
let column: f64 = 0;
let columnEnd: f64 = 0;
let farDriver: f64 = 0;

// One number a cell (and a row of zeros, so that rows can be taken two by two).
let cells: usize = 0;
let rowFactors: usize = 0;
let columnFactors: usize = 0;

// Two numbers a cell, likewise.
let w: usize = 0;
let r: usize = 0;
let z: usize = 0;
let p: usize = 0;
let s: usize = 0;
let q: usize = 0;

// Two numbers a row, two a column.
let rowVolts: usize = 0;
let columnVolts: usize = 0;
let partial: usize = 0;
let currents: usize = 0;
/** Conductance of each column seen so far, while the factors are made. */
let behind: usize = 0;

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

export function cellsAt(): usize {
  return cells;
}
export function rowVoltsAt(): usize {
  return rowVolts;
}
export function columnVoltsAt(): usize {
  return columnVolts;
}
export function currentsAt(): usize {
  return currents;
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

@inline
function both(a: f64): v128 {
  return f64x2.splat(a);
}

@inline
function times(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

@inline
function plus(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

/** The ladder of each row: `out` = g u, fed the currents g x and driven by `rowVolts` where `driven`. */
function rowCurrents(x: usize, driven: bool, out: usize): void {
  const width = <usize>columns;
  for (let i = 0; i < rows; i++) {
    const first = <usize>i * width;
    const e = driven ? v128.load(rowVolts + (<usize>i << 4)) : both(0);
    let b = times(e, both(farDriver));
    for (let j = columns - 1; j >= 0; j--) {
      const at = first + <usize>j;
      b = plus(b, times(v128.load64_splat(cells + (at << 3)), v128.load(x + (at << 4))));
      v128.store(out + (at << 4), b);
      b = times(b, v128.load64_splat(rowFactors + (at << 3)));
    }
    let u = e;
    let ohm = both(rowEnd);
    for (let at = first; at < first + width; at++) {
      const fed = v128.load(out + (at << 4));
      u = times(plus(u, times(ohm, fed)), v128.load64_splat(rowFactors + (at << 3)));
      v128.store(out + (at << 4), times(v128.load64_splat(cells + (at << 3)), u));
      ohm = both(row);
    }
  }
}

/** p = z + beta p, s = r + beta s, q = s - K p, all in one pass over two rows at a time; returns p.q of each lane. */
function direct(beta: v128): v128 {
  const width = <usize>columns;
  for (let i = 0; i < rows; i += 2) {
    const first = <usize>i * width;
    const next = first + width;
    let b0 = both(0);
    let b1 = both(0);
    for (let j = columns - 1; j >= 0; j--) {
      const at0 = first + <usize>j;
      const at1 = next + <usize>j;
      const p0 = plus(v128.load(z + (at0 << 4)), times(beta, v128.load(p + (at0 << 4))));
      const p1 = plus(v128.load(z + (at1 << 4)), times(beta, v128.load(p + (at1 << 4))));
      v128.store(p + (at0 << 4), p0);
      v128.store(p + (at1 << 4), p1);
      b0 = plus(b0, times(v128.load64_splat(cells + (at0 << 3)), p0));
      b1 = plus(b1, times(v128.load64_splat(cells + (at1 << 3)), p1));
      v128.store(q + (at0 << 4), b0);
      v128.store(q + (at1 << 4), b1);
      b0 = times(b0, v128.load64_splat(rowFactors + (at0 << 3)));
      b1 = times(b1, v128.load64_splat(rowFactors + (at1 << 3)));
    }
    let u0 = both(0);
    let u1 = both(0);
    let sum0 = both(0);
    let sum1 = both(0);
    let ohm = both(rowEnd);
    for (let j: usize = 0; j < width; j++) {
      const at0 = first + j;
      const at1 = next + j;
      const s0 = plus(v128.load(r + (at0 << 4)), times(beta, v128.load(s + (at0 << 4))));
      const s1 = plus(v128.load(r + (at1 << 4)), times(beta, v128.load(s + (at1 << 4))));
      v128.store(s + (at0 << 4), s0);
      v128.store(s + (at1 << 4), s1);
      u0 = times(plus(u0, times(ohm, v128.load(q + (at0 << 4)))), v128.load64_splat(rowFactors + (at0 << 3)));
      u1 = times(plus(u1, times(ohm, v128.load(q + (at1 << 4)))), v128.load64_splat(rowFactors + (at1 << 3)));
      const q0 = f64x2.sub(s0, times(v128.load64_splat(cells + (at0 << 3)), u0));
      const q1 = f64x2.sub(s1, times(v128.load64_splat(cells + (at1 << 3)), u1));
      v128.store(q + (at0 << 4), q0);
      v128.store(q + (at1 << 4), q1);
      sum0 = plus(sum0, times(v128.load(p + (at0 << 4)), q0));
      sum1 = plus(sum1, times(v128.load(p + (at1 << 4)), q1));
      ohm = both(row);
    }
    v128.store(partial + (<usize>i << 4), sum0);
    v128.store(partial + (<usize>(i + 1) << 4), sum1);
  }
  let sum = both(0);
  for (let i = rows - 1; i >= 0; i--) sum = plus(sum, v128.load(partial + (<usize>i << 4)));
  return sum;
}

/** w += alpha p, r -= alpha q, z = P^-1 r: the ladders of the columns; returns r.z of each lane. */
function descend(alpha: v128): v128 {
  const width = <usize>columns << 4;
  const end = <usize>rows * width;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(w + at, plus(v128.load(w + at), times(alpha, v128.load(p + at))));
    const left = f64x2.sub(v128.load(r + at), times(alpha, v128.load(q + at)));
    v128.store(r + at, left);
    let above = both(0);
    if (at >= width) {
      const before = at - width;
      above = times(v128.load(z + before), v128.load64_splat(columnFactors + (before >> 1)));
    }
    v128.store(z + at, plus(above, left));
  }
  return climb(false);
}

/** The way back along the columns, from the terminals: from what each node is fed, in z, to its voltage, in z. */
function climb(driven: bool): v128 {
  const width = <usize>columns << 4;
  let sum = both(0);
  for (let i = rows - 1; i >= 0; i--) {
    const first = <usize>i * width;
    const last = i == rows - 1;
    const ohm = both(last ? columnEnd : column);
    let ofRow = both(0);
    for (let j: usize = 0; j < width; j += 16) {
      const at = first + j;
      const below = last ? (driven ? v128.load(columnVolts + j) : both(0)) : v128.load(z + at + width);
      const volts = times(plus(below, times(ohm, v128.load(z + at))), v128.load64_splat(columnFactors + (at >> 1)));
      v128.store(z + at, volts);
      ofRow = plus(ofRow, times(v128.load(r + at), volts));
    }
    sum = plus(sum, ofRow);
  }
  return sum;
}

/** Iterations and remaining relative residuals, squared, of the last solve. */
let iterations0: i32 = 0;
let iterations1: i32 = 0;
let residual0: f64 = 0;
let residual1: f64 = 0;

export function iterationsOf(lane: i32): i32 {
  return lane == 0 ? iterations0 : iterations1;
}
export function residualOf(lane: i32): f64 {
  return lane == 0 ? residual0 : residual1;
}

/**
 * Two right-hand sides: volts at `rowVoltsAt` (or, where `transposed`, at `columnVoltsAt`) to currents at `currentsAt`.
 * A lane that has converged stands still, so that no lane depends on its neighbour.
 */
export function solve(transposed: bool, tolerance: f64, most: i32): bool {
  const size = (<usize>(rows + 1) * <usize>columns) << 4;
  memory.fill(w, 0, size);
  memory.fill(r, 0, size);
  memory.fill(z, 0, size);
  memory.fill(p, 0, size);
  memory.fill(s, 0, size);
  if (transposed) {
    climb(true);
    memory.copy(w, z, size);
  }
  rowCurrents(w, !transposed, r);
  memory.fill(q, 0, size);
  let squared = descend(both(0));
  const first0 = f64x2.extract_lane(squared, 0);
  const first1 = f64x2.extract_lane(squared, 1);
  const limit0 = tolerance * tolerance * first0;
  const limit1 = tolerance * tolerance * first1;
  iterations0 = 0;
  iterations1 = 0;
  let left0 = first0;
  let left1 = first1;
  let beta0: f64 = 0;
  let beta1: f64 = 0;
  let solved = isFinite(first0) && isFinite(first1);
  while (solved && (left0 > limit0 || left1 > limit1)) {
    const runs0 = left0 > limit0;
    const runs1 = left1 > limit1;
    const along = direct(f64x2.replace_lane(both(beta0), 1, beta1));
    const alpha0 = runs0 ? left0 / f64x2.extract_lane(along, 0) : 0;
    const alpha1 = runs1 ? left1 / f64x2.extract_lane(along, 1) : 0;
    squared = descend(f64x2.replace_lane(both(alpha0), 1, alpha1));
    if (runs0) {
      const next = f64x2.extract_lane(squared, 0);
      beta0 = next / left0;
      left0 = next;
      iterations0 += 1;
    } else beta0 = 0;
    if (runs1) {
      const next = f64x2.extract_lane(squared, 1);
      beta1 = next / left1;
      left1 = next;
      iterations1 += 1;
    } else beta1 = 0;
    solved = isFinite(left0) && isFinite(left1) && iterations0 < most && iterations1 < most;
  }
  residual0 = first0 == 0 ? 0 : isFinite(first0) ? left0 / first0 : first0;
  residual1 = first1 == 0 ? 0 : isFinite(first1) ? left1 / first1 : first1;
  rowCurrents(w, !transposed, q);
  if (transposed) intoDrivers();
  else outOfColumns();
  return solved;
}

function outOfColumns(): void {
  const width = <usize>columns;
  memory.fill(currents, 0, width << 4);
  for (let i: usize = 0; i < <usize>rows; i++) {
    for (let j: usize = 0; j < width; j++) {
      const at = i * width + j;
      const w0 = times(v128.load64_splat(cells + (at << 3)), v128.load(w + (at << 4)));
      const current = f64x2.sub(v128.load(q + (at << 4)), w0);
      v128.store(currents + (j << 4), plus(v128.load(currents + (j << 4)), current));
    }
  }
}

function intoDrivers(): void {
  const width = <usize>columns;
  for (let i: usize = 0; i < <usize>rows; i++) {
    let sum = both(0);
    for (let j: usize = 0; j < width; j++) {
      const at = i * width + j;
      const w0 = times(v128.load64_splat(cells + (at << 3)), v128.load(w + (at << 4)));
      sum = f64x2.sub(sum, f64x2.sub(v128.load(q + (at << 4)), w0));
    }
    v128.store(currents + (i << 4), sum);
  }
}
