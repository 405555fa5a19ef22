// Standard normal numbers by Box and Muller. The plain twin is ../normals.ts.

import { angleOfWord, cosNearZero, logOfWord, quarterOfWord, sinNearZero } from './math';
import { fillWords, GROUP_BYTES } from './philox';

/** Turns one vector of words for the radius and one for the angle, at `at` and `at + 16`, into normals, in place. */
@inline
function boxMuller(at: usize): void {
  const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), logOfWord(v128.load(at))));
  const turn = v128.load(at, 16);
  const quarter = quarterOfWord(turn);
  const angle = angleOfWord(turn, quarter);
  const sine = sinNearZero(angle);
  const cosine = cosNearZero(angle);
  // In an odd quarter sine and cosine change places; the cosine is negative in quarters 1 and 2, the sine in 2 and 3.
  const swap = i32x4.neg(v128.and(quarter, i32x4.splat(1)));
  const cosineSign = i32x4.shl(v128.and(i32x4.add(quarter, i32x4.splat(1)), i32x4.splat(2)), 30);
  const sineSign = i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30);
  const x = v128.xor(v128.bitselect(sine, cosine, swap), cosineSign);
  const y = v128.xor(v128.bitselect(cosine, sine, swap), sineSign);
  v128.store(at, f32x4.mul(radius, x));
  v128.store(at, f32x4.mul(radius, y), 16);
}

/** Writes `groups` groups of 16 normals to `out`; arguments as `fillWords`. */
export function fillNormals(
  out: usize,
  groups: i32,
  groupLow: u32,
  groupHigh: u32,
  key0: u32,
  key1: u32,
  counter2: u32,
  counter3: u32,
): void {
  fillWords(out, groups, groupLow, groupHigh, key0, key1, counter2, counter3);
  const end = out + <usize>groups * GROUP_BYTES;
  for (let at = out; at < end; at += 32) boxMuller(at);
}
