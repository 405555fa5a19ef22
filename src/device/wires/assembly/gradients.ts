// Conjugate gradients for two right-hand sides, and the currents that come of them.

import { cells, columns, currents, p, q, r, rows, s, w, z } from './array';
import { both, plus, times } from './lanes';
import { climb, descend, direct, rowCurrents } from './ladders';

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
    // A product below 0 is what rounding leaves where nothing more can be gained.
    solved =
      isFinite(left0) &&
      isFinite(left1) &&
      left0 >= -limit0 &&
      left1 >= -limit1 &&
      iterations0 < most &&
      iterations1 < most;
  }
  residual0 = first0 == 0 ? 0 : isFinite(first0) ? abs(left0) / first0 : first0;
  residual1 = first1 == 0 ? 0 : isFinite(first1) ? abs(left1) / first1 : first1;
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
