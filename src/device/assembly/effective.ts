// Targets to effective weights in one pass, cells being recomputed from their streams. The twin is in ../plain.ts.

import { BLOCK, DRIFT, runPairStages, runStages, stagesOf, WRITE } from './cells';
import { locateOneSided, writeIsRandom } from './stages';

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
  const plusStages = stagesOf(0, stages);
  const minusStages = stagesOf(1, stages);
  // Neither kind is kept, and all that pairs are spared is asked for.
  const isAsked = (plusStages & minusStages & (WRITE | DRIFT)) == (WRITE | DRIFT);
  const arePaired = targetMinus != 0 && isAsked && writeIsRandom(noise);
  if (!targetMinus) memory.fill(minusCells, 0, BLOCK << 2);
  for (let at = 0; at < count; ) {
    const element = <u64>first + at;
    const n = min(BLOCK - <i32>(element & 15), count - at);
    const offset = (<usize>at) << 2;
    const plusAt = targetPlus + offset;
    const minusAt = targetMinus + offset;
    if (arePaired && locateOneSided(plusAt, minusAt, n)) {
      runPairStages(stages, plusCells, minusCells, plusAt, minusAt, n, element, at, noise);
    } else {
      runStages(plusStages, plusCells, plusAt, n, element, at, 0, noise);
      if (targetMinus) runStages(minusStages, minusCells, minusAt, n, element, at, 1, noise);
    }
    for (let done = 0; done < n; ) {
      const run = min(columns - column, n - done);
      const moved = (<usize>done) << 2;
      const from = (<usize>column) << 2;
      const to = out + offset + moved;
      if (sums) {
        weightsAndSums(
          plusCells + moved,
          minusCells + moved,
          targetPlus + offset + moved,
          targetMinus ? targetMinus + offset + moved : minusCells,
          run,
          scale + from,
          gain,
          to,
          sums + 2 * from,
        );
      } else weights(plusCells + moved, minusCells + moved, run, scale + from, gain, to);
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

/** As `weights`; and adds each weight without the gain, with the sign of its target, to its column's sum. */
function weightsAndSums(
  plus: usize,
  minus: usize,
  targetPlus: usize,
  targetMinus: usize,
  n: i32,
  scale: usize,
  gain: f32,
  out: usize,
  sums: usize,
): void {
  const end = (<usize>n) << 2;
  const vectors = end & ~15;
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const direction = f32x4.sub(v128.load(targetPlus + at), v128.load(targetMinus + at));
    const difference = f32x4.sub(v128.load(plus + at), v128.load(minus + at));
    const weight = f32x4.mul(difference, v128.load(scale + at));
    v128.store(out + at, f32x4.mul(weight, f32x4.splat(gain)));
    const signed = v128.xor(weight, v128.and(direction, i32x4.splat(0x80000000)));
    const term = v128.and(signed, f32x4.ne(direction, f32x4.splat(0)));
    const sum = sums + 2 * at;
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.promote_low_f32x4(term)));
    const upper = f64x2.promote_low_f32x4(v128.shuffle<f32>(term, term, 2, 3, 2, 3));
    v128.store(sum, f64x2.add(v128.load(sum, 16), upper), 16);
  }
  for (; at < end; at += 4) {
    const direction = load<f32>(targetPlus + at) - load<f32>(targetMinus + at);
    const weight = (load<f32>(plus + at) - load<f32>(minus + at)) * load<f32>(scale + at);
    store<f32>(out + at, weight * gain);
    const term: f32 = direction > 0 ? weight : direction < 0 ? -weight : 0;
    const sum = sums + 2 * at;
    store<f64>(sum, load<f64>(sum) + <f64>term);
  }
}
