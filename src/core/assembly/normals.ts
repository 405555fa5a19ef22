// Standard normal numbers by Box and Muller. The plain twin is ../normals.ts.

import { angleOfWord, cosineSign, cosNearZero, minusTwoLogOfWord, sineSign, sinNearZero, turnedOfWord } from './math';
import { fillWords, GROUP_BYTES } from './philox';

/** Turns one vector of words for the radius and one for the angle, at `at` and `at + 16`, into normals, in place. */
@inline
function boxMuller(at: usize): void {
  const radius = f32x4.sqrt(minusTwoLogOfWord(v128.load(at)));
  const turn = v128.load(at, 16);
  const turned = turnedOfWord(turn);
  const angle = angleOfWord(turn, turned);
  const sine = sinNearZero(angle);
  const cosine = cosNearZero(angle);
  // In an odd quarter sine and cosine change places.
  const swap = i32x4.shr_s(i32x4.shl(turned, 1), 31);
  const exchanged = v128.and(v128.xor(sine, cosine), swap);
  const x = v128.xor(v128.xor(cosine, exchanged), cosineSign(turned));
  const y = v128.xor(v128.xor(sine, exchanged), sineSign(turned));
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
  // Two groups at a time, as the words are made: V8's loops ask at each turn whether they are to stop.
  for (let at = out; at < end; at += 128) {
    boxMuller(at);
    boxMuller(at + 32);
    boxMuller(at + 64);
    boxMuller(at + 96);
  }
}
