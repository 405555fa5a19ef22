// What the array does to its cells beyond their laws: variation by column and cell, and stuck cells. The plain twins
// are ../vary.ts and ../faults.ts.

/** Relative spread over cells. */
let cellVariation: f32 = 0;

/** Of each of the two kinds of cell (plus, minus): factors of columns (0: none), their number; stuck cells of this call. */
const FACTORS: usize = 0;
const COLUMNS: usize = 4;
const POSITIONS: usize = 8;
const VALUES: usize = 12;
const COUNT: usize = 16;
const CURSOR: usize = 20;
const state: usize = memory.data(2 * 24, 16);

@inline
function stateOf(kind: i32): usize {
  return state + <usize>kind * 24;
}

export function setCellVariation(std: f32): void {
  cellVariation = std;
}

/** Factors of `columns` columns, float32; 0 for none. */
export function setFactors(kind: i32, factors: usize, columns: i32): void {
  store<usize>(stateOf(kind), factors, FACTORS);
  store<i32>(stateOf(kind), columns, COLUMNS);
}

/** Stuck cells of the next call: ascending positions from its first cell on (u32), and what they hold. */
export function setStuck(kind: i32, positions: usize, values: usize, count: i32): void {
  store<usize>(stateOf(kind), positions, POSITIONS);
  store<usize>(stateOf(kind), values, VALUES);
  store<i32>(stateOf(kind), count, COUNT);
  store<i32>(stateOf(kind), 0, CURSOR);
}

export function varyIsRandom(noise: f32): bool {
  return cellVariation != 0 && noise != 0;
}

export function varies(kind: i32, noise: f32): bool {
  return varyIsRandom(noise) || load<usize>(stateOf(kind), FACTORS) != 0;
}

/** Multiplies `n` cells, in place, by max(0, factor of the column + std z). `z`: normals, or zeros. */
export function varyStage(kind: i32, cells: usize, n: i32, first: u64, z: usize, noise: f32): void {
  const std = noise * cellVariation;
  const factors = load<usize>(stateOf(kind), FACTORS);
  if (!factors) {
    const bytes = (<usize>n) << 2;
    for (let at: usize = 0; at < bytes; at += 16) {
      const spread = f32x4.mul(f32x4.splat(std), v128.load(z + at));
      const factor = f32x4.pmax(f32x4.add(f32x4.splat(1), spread), f32x4.splat(0));
      v128.store(cells + at, f32x4.mul(v128.load(cells + at), factor));
    }
    return;
  }
  const columns = load<i32>(stateOf(kind), COLUMNS);
  let column = <i32>(first % columns);
  for (let done = 0; done < n; ) {
    const run = min(columns - column, n - done);
    const moved = (<usize>done) << 2;
    varyRun(cells + moved, z + moved, factors + ((<usize>column) << 2), run, std);
    done += run;
    column += run;
    if (column == columns) column = 0;
  }
}

function varyRun(cells: usize, z: usize, factors: usize, n: i32, std: f32): void {
  const end = (<usize>n) << 2;
  const vectors = end & ~15;
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const spread = f32x4.mul(f32x4.splat(std), v128.load(z + at));
    const factor = f32x4.pmax(f32x4.add(v128.load(factors + at), spread), f32x4.splat(0));
    v128.store(cells + at, f32x4.mul(v128.load(cells + at), factor));
  }
  for (; at < end; at += 4) {
    const factor = max<f32>(load<f32>(factors + at) + std * load<f32>(z + at), 0);
    store<f32>(cells + at, load<f32>(cells + at) * factor);
  }
}

/** Sets the stuck ones of `n` cells, which are those from `at` on in this call. Calls come in ascending order. */
export function stickStage(kind: i32, cells: usize, at: i32, n: i32): void {
  const own = stateOf(kind);
  const positions = load<usize>(own, POSITIONS);
  const values = load<usize>(own, VALUES);
  const count = load<i32>(own, COUNT);
  let i = load<i32>(own, CURSOR);
  for (; i < count; i++) {
    const position = load<i32>(positions + ((<usize>i) << 2));
    if (position >= at + n) break;
    const value = load<f32>(values + ((<usize>i) << 2));
    store<f32>(cells + ((<usize>(position - at)) << 2), value);
  }
  store<i32>(own, i, CURSOR);
}
