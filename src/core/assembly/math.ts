// log, sine, cosine and exp on four float32 lanes, from + - x / alone. The plain twin is ../float32.ts, step by step.
// The coefficients interpolate at Chebyshev's points; errors are those of the polynomials alone.
//
// All constants lie in memory: V8 loads and spreads a number in one instruction, but builds a vector constant from four, and
// that of Node 24 in each turn of a loop.

const LOG: usize = memory.data<f32>([-0.5915989875793457, -0.7997756004333496, -1.3333337306976318, -4, 1, 2, -1.3862943649291992]);
/** Of words: the lower half, the lowest bit, 65536 as a float, sqrt(1/2) as one, 32. */
const WORD: usize = memory.data<u32>([0xffff, 1, 0x47800000, 0x3f3504f3, 32]);
/** Of angles: an eighth of a turn, the bits of the quarter, that of the half, a quarter. */
const TURN: usize = memory.data<u32>([0x20000000, 0xc0000000, 0x80000000, 0x40000000]);
const ANGLE: usize = memory.data<f32>([1.462918119976564e-9]);
const SIN: usize = memory.data<f32>([-0.00019587890710681677, 0.008332747966051102, -0.166666641831398]);
const COS: usize = memory.data<f32>([2.454794230288826e-5, -0.001388830249197781, 0.0416666641831398, 1, 0.5]);
const EXP: usize = memory.data<f32>([
  0.0013926250394433737, 0.00836323294788599, 0.04166655242443085, 0.16666576266288757, 0.5, 1, -87, 1.4426950216293335,
  12582912, 0.693145751953125, 1.428606765330187e-6,
]);
/** 127 less the bits of 12582912. */
const BIAS: usize = memory.data<u32>([127 - 0x4b400000]);

/** Number `i` of a list, in all lanes. */
@inline
export function constant(list: usize, i: usize): v128 {
  return v128.load32_splat(list + (i << 2));
}

/**
 * -2 ln u of u = word/2^32 for an unsigned word, the lowest bit of which is set first (so u is never 0). The factor -2 is in the
 * coefficients, where it changes no rounding.
 */
@inline
export function minusTwoLogOfWord(word: v128): v128 {
  // Exact halves, rounded once: an instruction for unsigned words is made from more.
  const upper = f32x4.convert_i32x4_s(i32x4.shr_u(word, 16));
  const lower = f32x4.convert_i32x4_s(v128.or(v128.and(word, constant(WORD, 0)), constant(WORD, 1)));
  const value = f32x4.add(f32x4.mul(upper, constant(WORD, 2)), lower);
  // value = fraction x 2^exponent with the fraction in [sqrt(1/2), sqrt 2): 0x3f3504f3 is sqrt(1/2).
  const exponent = i32x4.shr_s(i32x4.sub(value, constant(WORD, 3)), 23);
  const fraction = i32x4.sub(value, i32x4.shl(exponent, 23));
  const f = f32x4.sub(fraction, constant(LOG, 4));
  const s = f32x4.div(f, f32x4.add(f, constant(LOG, 5)));
  const z = f32x4.mul(s, s);
  // ln(1 + f) = 2 atanh(s) = s (2 + z P(z)), error 5e-9
  let p = constant(LOG, 0);
  p = f32x4.add(f32x4.mul(p, z), constant(LOG, 1));
  p = f32x4.add(f32x4.mul(p, z), constant(LOG, 2));
  p = f32x4.add(f32x4.mul(p, z), constant(LOG, 3));
  const whole = f32x4.convert_i32x4_s(i32x4.sub(exponent, constant(WORD, 4)));
  return f32x4.add(f32x4.mul(whole, constant(LOG, 6)), f32x4.mul(s, p));
}

/** The angle word/2^32 of a turn, half a quarter further: its two highest bits are those of the nearest quarter turn. */
@inline
export function turnedOfWord(word: v128): v128 {
  return i32x4.add(word, constant(TURN, 0));
}

/** What remains of the angle beyond the nearest quarter turn, in radians within +-pi/4. */
@inline
export function angleOfWord(word: v128, turned: v128): v128 {
  const remainder = i32x4.sub(word, v128.and(turned, constant(TURN, 1)));
  return f32x4.mul(f32x4.convert_i32x4_s(remainder), constant(ANGLE, 0));
}

/** The sign of the sine in the nearest quarter turn: negative in quarters 2 and 3. */
@inline
export function sineSign(turned: v128): v128 {
  return v128.and(turned, constant(TURN, 2));
}

/** The sign of the cosine in the nearest quarter turn: negative in quarters 1 and 2. */
@inline
export function cosineSign(turned: v128): v128 {
  return v128.and(i32x4.add(turned, constant(TURN, 3)), constant(TURN, 2));
}

/** Sine within +-pi/4, error 1e-8. */
@inline
export function sinNearZero(angle: v128): v128 {
  const z = f32x4.mul(angle, angle);
  let p = constant(SIN, 0);
  p = f32x4.add(f32x4.mul(p, z), constant(SIN, 1));
  p = f32x4.add(f32x4.mul(p, z), constant(SIN, 2));
  return f32x4.add(angle, f32x4.mul(f32x4.mul(p, z), angle));
}

/** Cosine within +-pi/4, error 6e-10. */
@inline
export function cosNearZero(angle: v128): v128 {
  const z = f32x4.mul(angle, angle);
  let p = constant(COS, 0);
  p = f32x4.add(f32x4.mul(p, z), constant(COS, 1));
  p = f32x4.add(f32x4.mul(p, z), constant(COS, 2));
  const start = f32x4.sub(constant(COS, 3), f32x4.mul(z, constant(COS, 4)));
  return f32x4.add(start, f32x4.mul(p, f32x4.mul(z, z)));
}

/** e^y for y <= 0, error 8e-9; below -87 as at -87 (1.6e-38), where float32 has no normal numbers left. */
@inline
export function expOfNegative(y: v128): v128 {
  // One instruction, where max takes seven to care for NaN and -0.
  const x = f32x4.pmax(y, constant(EXP, 6));
  // Adding 1.5 x 2^23 rounds to an integer, which then stands in the lowest bits.
  const shifted = f32x4.add(f32x4.mul(x, constant(EXP, 7)), constant(EXP, 8));
  const k = f32x4.sub(shifted, constant(EXP, 8));
  let r = f32x4.sub(x, f32x4.mul(k, constant(EXP, 9)));
  r = f32x4.sub(r, f32x4.mul(k, constant(EXP, 10)));
  let p = constant(EXP, 0);
  p = f32x4.add(f32x4.mul(p, r), constant(EXP, 1));
  p = f32x4.add(f32x4.mul(p, r), constant(EXP, 2));
  p = f32x4.add(f32x4.mul(p, r), constant(EXP, 3));
  p = f32x4.add(f32x4.mul(p, r), constant(EXP, 4));
  const curve = f32x4.mul(p, f32x4.mul(r, r));
  const mantissa = f32x4.add(constant(EXP, 5), f32x4.add(r, curve));
  const power = i32x4.shl(i32x4.add(shifted, constant(BIAS, 0)), 23);
  return f32x4.mul(mantissa, power);
}
