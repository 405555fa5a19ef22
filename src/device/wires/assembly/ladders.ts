// The sweeps over an array: ladders of the rows and of the columns, with what a step of conjugate gradients does on the way.

import {
  cells,
  column,
  columnEnd,
  columnFactors,
  columns,
  columnVolts,
  farDriver,
  p,
  partial,
  q,
  r,
  row,
  rowEnd,
  rowFactors,
  rows,
  rowVolts,
  s,
  w,
  z,
} from './array';
import { both, plus, times } from './lanes';

/** The ladder of each row: `out` = g u, fed the currents g x and driven by `rowVolts` where `driven`. */
export function rowCurrents(x: usize, driven: bool, out: usize): void {
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
export function direct(beta: v128): v128 {
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

/** w += alpha p, r -= alpha q, z = P^-1 r, the ladders of the columns, and r as P z of it; returns r.z of each lane. */
export function descend(alpha: v128): v128 {
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
  const sum = climb(false);
  return column == 0 && columnEnd > 0 ? layAnew() : sum;
}

/** r = P z where columns have no segments, so that what cancels along a column cannot grow; returns r.z of each lane. */
function layAnew(): v128 {
  const width = <usize>columns << 4;
  let sum = both(0);
  for (let i = rows - 1; i >= 0; i--) {
    const first = <usize>i * width;
    const end = both(i == rows - 1 ? 1 / columnEnd : 0);
    let ofRow = both(0);
    for (let at = first; at < first + width; at += 16) {
      const volts = v128.load(z + at);
      const left = times(plus(v128.load64_splat(cells + (at >> 1)), end), volts);
      v128.store(r + at, left);
      ofRow = plus(ofRow, times(left, volts));
    }
    sum = plus(sum, ofRow);
  }
  return sum;
}

/** The way back along the columns, from the terminals: from what each node is fed, in z, to its voltage, in z. */
export function climb(driven: bool): v128 {
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
