// Targets to effective weights in one pass, cells being recomputed from their streams. The twin is in ../plain.ts.

import { BLOCK, runStages } from './cells';

const plusCells: usize = memory.data((1024 + 16) * 4, 16);
const minusCells: usize = memory.data((1024 + 16) * 4, 16);

/**
 * out = (gPlus - gMinus) scale[column] gain for `count` elements of a layer of `columns` columns, from element `first`;
 * where `sums` is not 0, sign(targetPlus - targetMinus) (gPlus - gMinus) scale is added to each column's sum. Where
 * `targetMinus` is 0, cells stand alone: gMinus and its target are 0.
 */
export function effectiveWeights(
  stages: i32,
  targetPlus: usize,
  targetMinus: usize,
  out: usize,
  count: i32,
  first: f64,
  columns: i32,
  scale: usize,
  gain: f32,
  noise: f32,
  sums: usize,
): void {
  let column = <i32>((<u64>first) % columns);
  if (!targetMinus) memory.fill(minusCells, 0, BLOCK << 2);
  for (let at = 0; at < count; ) {
    const element = <u64>first + at;
    const n = min(BLOCK - <i32>(element & 15), count - at);
    const offset = (<usize>at) << 2;
    runStages(stages, plusCells, targetPlus + offset, n, element, at, 0, noise);
    if (targetMinus) runStages(stages, minusCells, targetMinus + offset, n, element, at, 1, noise);
    for (let done = 0; done < n; ) {
      const run = min(columns - column, n - done);
      const moved = (<usize>done) << 2;
      const from = (<usize>column) << 2;
      weights(plusCells + moved, minusCells + moved, run, scale + from, gain, out + offset + moved);
      if (sums) {
        addSums(
          plusCells + moved,
          minusCells + moved,
          targetPlus + offset + moved,
          targetMinus ? targetMinus + offset + moved : minusCells,
          run,
          scale + from,
          sums + 2 * from,
        );
      }
      done += run;
      column += run;
      if (column == columns) column = 0;
    }
    at += n;
  }
}

function weights(plus: usize, minus: usize, n: i32, scale: usize, gain: f32, out: usize): void {
  const end = (<usize>n) << 2;
  const vectors = end & ~15;
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const difference = f32x4.sub(v128.load(plus + at), v128.load(minus + at));
    v128.store(out + at, f32x4.mul(f32x4.mul(difference, v128.load(scale + at)), f32x4.splat(gain)));
  }
  for (; at < end; at += 4) {
    const difference = load<f32>(plus + at) - load<f32>(minus + at);
    store<f32>(out + at, difference * load<f32>(scale + at) * gain);
  }
}

function addSums(
  plus: usize,
  minus: usize,
  targetPlus: usize,
  targetMinus: usize,
  n: i32,
  scale: usize,
  sums: usize,
): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = i << 2;
    const direction = load<f32>(targetPlus + at) - load<f32>(targetMinus + at);
    const weight = (load<f32>(plus + at) - load<f32>(minus + at)) * load<f32>(scale + at);
    const term: f32 = direction > 0 ? weight : direction < 0 ? -weight : 0;
    const sum = sums + (i << 3);
    store<f64>(sum, load<f64>(sum) + <f64>term);
  }
}
