// Elimination of the nodes that two blocks share. The panel has a row for each, [interface | ports], padded to multiples of 4.
//
// A node k with conductances g_kj to others is taken out by the star-mesh transform: every two of its neighbours are joined by
//
//     g_kj g_ki / s_k,   s_k = sum of g_kj over the neighbours that are left
//
// Written so, nothing is ever subtracted: all conductances keep their digits, whatever the resistances. What a node's own
// diagonal would gather is no resistor and is passed over.

const LANES_BYTES: usize = 32;

let panel: usize = 0;
let width: i32 = 0;
let nodes: i32 = 0;
/** Rows of the panel, each divided by the root of its sum, four columns side by side: what the tiles multiply. */
let scaled: usize = 0;

/** A panel of `count` nodes and `ports` ports at `at`, its rows not yet filled; returns the end of it and of what eliminating it takes. */
export function openPanel(at: usize, count: i32, ports: i32): usize {
  panel = at;
  nodes = count;
  const high = (count + 3) & ~3;
  width = high + ports;
  const size = (<usize>high * <usize>width) << 3;
  const used = (<usize>count * <usize>width) << 3;
  clear(panel + used, panel + size);
  scaled = panel + size;
  return scaled + used;
}

/** Sets row `k` to 0. */
export function clearRow(k: i32): void {
  clear(inPanel(k, 0), inPanel(k, width));
}

/** Sets numbers, a multiple of four, to 0; most rows are too short for a call of `memory.fill`. */
@inline
export function clear(at: usize, end: usize): void {
  const zero = f64x2.splat(0);
  for (; at < end; at += LANES_BYTES) {
    v128.store(at, zero);
    v128.store(at, zero, 16);
  }
}

/** Where the conductance lies between node `k` and column `j` of the panel. */
@inline
export function inPanel(k: i32, j: i32): usize {
  return panel + ((<usize>k * <usize>width + <usize>j) << 3);
}

/** The column of the first port. */
@inline
export function firstPort(): i32 {
  return (nodes + 3) & ~3;
}

/** Eliminates all nodes of the panel, four at a time, each four being brought up to date when they are reached. */
export function eliminate(): void {
  for (let first = 0; first < nodes; first += 4) {
    if (first > 0) {
      for (let j = first; j < width; j += 4) tile(inPanel(first, j), width, first, j, first);
    }
    eliminateFour(first);
  }
}

/**
 * Eliminates rows k to k + 3. What stands right of them only scales and adds, so that sums over it do for the pivots; then one
 * pass brings the four rows up to date and lays them, scaled, where the tiles read them. Rows beyond the last node hold 0.
 */
function eliminateFour(k: i32): void {
  const row = <usize>width << 3;
  const first = inPanel(k, k);
  const end = inPanel(k, width);
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let sum2 = f64x2.splat(0);
  let sum3 = f64x2.splat(0);
  for (let at = first + 32; at < end; at += 16) {
    sum0 = f64x2.add(sum0, v128.load(at));
    sum1 = f64x2.add(sum1, v128.load(at + row));
    sum2 = f64x2.add(sum2, v128.load(at + 2 * row));
    sum3 = f64x2.add(sum3, v128.load(at + 3 * row));
  }
  const g01 = load<f64>(first, 8);
  const g02 = load<f64>(first, 16);
  const g03 = load<f64>(first, 24);
  const right0 = across(sum0);
  const inverse0 = inverseOf(g01 + g02 + g03 + right0);
  const f01 = g01 * inverse0;
  const f02 = g02 * inverse0;
  const f03 = g03 * inverse0;
  const g12 = load<f64>(first + row, 16) + f01 * g02;
  const g13 = load<f64>(first + row, 24) + f01 * g03;
  const right1 = across(sum1) + f01 * right0;
  const inverse1 = inverseOf(g12 + g13 + right1);
  const f12 = g12 * inverse1;
  const f13 = g13 * inverse1;
  const g23 = load<f64>(first + 2 * row, 24) + f02 * g03 + f12 * g13;
  const right2 = across(sum2) + f02 * right0 + f12 * right1;
  const inverse2 = inverseOf(g23 + right2);
  const f23 = g23 * inverse2;
  const inverse3 = inverseOf(across(sum3) + f03 * right0 + f13 * right1 + f23 * right2);
  const root0 = sqrt<f64>(inverse0);
  const root1 = sqrt<f64>(inverse1);
  const root2 = sqrt<f64>(inverse2);
  const root3 = sqrt<f64>(inverse3);
  const step = <usize>nodes * LANES_BYTES;
  const held = nodes - k;
  let to = packed(k, k + 4);
  for (let at = first + 32; at < end; at += LANES_BYTES) {
    for (let half: usize = 0; half < 32; half += 16) {
      const v0 = v128.load(at + half);
      const v1 = f64x2.add(v128.load(at + half + row), f64x2.mul(f64x2.splat(f01), v0));
      let v2 = f64x2.add(v128.load(at + half + 2 * row), f64x2.mul(f64x2.splat(f02), v0));
      let v3 = f64x2.add(v128.load(at + half + 3 * row), f64x2.mul(f64x2.splat(f03), v0));
      v2 = f64x2.add(v2, f64x2.mul(f64x2.splat(f12), v1));
      v3 = f64x2.add(v3, f64x2.mul(f64x2.splat(f13), v1));
      v3 = f64x2.add(v3, f64x2.mul(f64x2.splat(f23), v2));
      v128.store(to + half, f64x2.mul(v0, f64x2.splat(root0)));
      if (held > 1) v128.store(to + half + 32, f64x2.mul(v1, f64x2.splat(root1)));
      if (held > 2) v128.store(to + half + 64, f64x2.mul(v2, f64x2.splat(root2)));
      if (held > 3) v128.store(to + half + 96, f64x2.mul(v3, f64x2.splat(root3)));
    }
    to += step;
  }
}

@inline
function across(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** 1 / sum; 0 for a row beyond the last node. */
@inline
function inverseOf(sum: f64): f64 {
  return sum > 0 ? 1 / sum : 0;
}

/** Where the scaled row k of the four columns from j on lies. */
@inline
function packed(k: i32, j: i32): usize {
  return scaled + (<usize>(j >> 2) * <usize>nodes + <usize>k) * LANES_BYTES;
}

/** Adds what the eliminated nodes put between ports `i` to `iEnd` and `j` to `jEnd`, multiples of 4, to a matrix with rows of `stride`. */
export function addBetween(to: usize, stride: i32, i: i32, iEnd: i32, j: i32, jEnd: i32): void {
  const shift = firstPort();
  for (let column = j; column < jEnd; column += 4) {
    let at = to + (<usize>(column - j) << 3);
    for (let row = i; row < iEnd; row += 4) {
      tile(at, stride, shift + row, shift + column, nodes);
      at += <usize>stride << 5;
    }
  }
}

/** The same between the first `count` ports, of a symmetric matrix. */
export function addAmong(to: usize, stride: i32, count: i32): void {
  const shift = firstPort();
  for (let column = 0; column < count; column += 4) {
    let at = to + (<usize>column << 3);
    let across = to + ((<usize>column * <usize>stride) << 3);
    for (let row = 0; row < column; row += 4) {
      tile(at, stride, shift + row, shift + column, nodes);
      transpose(across, at, stride);
      at += <usize>stride << 5;
      across += 32;
    }
    tile(at, stride, shift + column, shift + column, nodes);
  }
}

/** 4 x 4 numbers at `to` = those at `from`, transposed. */
@inline
function transpose(to: usize, from: usize, stride: i32): void {
  const next = <usize>stride << 3;
  for (let half: usize = 0; half < 2; half++) {
    const column = from + (half << 4);
    const a = v128.load(column);
    const b = v128.load(column + next);
    const c = v128.load(column + 2 * next);
    const d = v128.load(column + 3 * next);
    const row = to + (half << 1) * next;
    v128.store(row, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(row, v128.shuffle<f64>(c, d, 0, 2), 16);
    v128.store(row + next, v128.shuffle<f64>(a, b, 1, 3));
    v128.store(row + next, v128.shuffle<f64>(c, d, 1, 3), 16);
  }
}

/** 4 x 4 numbers at `to` += scaled columns i ... i + 3 times scaled columns j ... j + 3, summed over the first `count` nodes. */
function tile(to: usize, stride: i32, i: i32, j: i32, count: i32): void {
  const next = <usize>stride << 3;
  const to1 = to + next;
  const to2 = to1 + next;
  const to3 = to2 + next;
  let a0 = v128.load(to);
  let b0 = v128.load(to, 16);
  let a1 = v128.load(to1);
  let b1 = v128.load(to1, 16);
  let a2 = v128.load(to2);
  let b2 = v128.load(to2, 16);
  let a3 = v128.load(to3);
  let b3 = v128.load(to3, 16);
  let f = packed(0, i);
  let u = packed(0, j);
  const end = u + <usize>count * LANES_BYTES;
  for (; u < end; u += LANES_BYTES) {
    const ua = v128.load(u);
    const ub = v128.load(u, 16);
    const f0 = v128.load64_splat(f);
    a0 = f64x2.add(a0, f64x2.mul(f0, ua));
    b0 = f64x2.add(b0, f64x2.mul(f0, ub));
    const f1 = v128.load64_splat(f, 8);
    a1 = f64x2.add(a1, f64x2.mul(f1, ua));
    b1 = f64x2.add(b1, f64x2.mul(f1, ub));
    const f2 = v128.load64_splat(f, 16);
    a2 = f64x2.add(a2, f64x2.mul(f2, ua));
    b2 = f64x2.add(b2, f64x2.mul(f2, ub));
    const f3 = v128.load64_splat(f, 24);
    a3 = f64x2.add(a3, f64x2.mul(f3, ua));
    b3 = f64x2.add(b3, f64x2.mul(f3, ub));
    f += LANES_BYTES;
  }
  v128.store(to, a0);
  v128.store(to, b0, 16);
  v128.store(to1, a1);
  v128.store(to1, b1, 16);
  v128.store(to2, a2);
  v128.store(to2, b2, 16);
  v128.store(to3, a3);
  v128.store(to3, b3, 16);
}
