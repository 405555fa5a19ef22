/**
 * log, sine, cosine and exp in float32, one number at a time: the plain twin of `assembly/math.ts`. Each step is
 * rounded as the kernel rounds it, so both give the same bits. Coefficients and errors are explained there.
 */
const f = Math.fround;

const bits = new DataView(new ArrayBuffer(4));

/** Natural logarithm of u = word/2^32, the word's lowest bit set first. */
export function logOfWord(word: number): number {
  const value = f((word | 1) >>> 0);
  bits.setFloat32(0, value);
  const pattern = bits.getInt32(0);
  const exponent = (pattern - 0x3f3504f3) >> 23;
  bits.setInt32(0, pattern - (exponent << 23));
  const excess = f(bits.getFloat32(0) - 1);
  const s = f(excess / f(excess + 2));
  const z = f(s * s);
  let p = 0.29579949378967285;
  p = f(f(p * z) + 0.3998878002166748);
  p = f(f(p * z) + 0.6666668653488159);
  p = f(f(p * z) + 2);
  return f(f((exponent - 32) * 0.6931471824645996) + f(s * p));
}

/** The quarter turn (0 to 3) nearest to the angle word/2^32 of a turn. */
export function quarterOfWord(word: number): number {
  return ((word + 0x20000000) | 0) >>> 30;
}

/** What remains of the angle, in radians within +-pi/4. */
export function angleOfWord(word: number, quarter: number): number {
  return f(f((word - (quarter << 30)) | 0) * 1.462918119976564e-9);
}

/** Sine within +-pi/4. */
export function sinNearZero(angle: number): number {
  const z = f(angle * angle);
  let p = -0.00019587890710681677;
  p = f(f(p * z) + 0.008332747966051102);
  p = f(f(p * z) - 0.166666641831398);
  return f(angle + f(f(p * z) * angle));
}

/** Cosine within +-pi/4. */
export function cosNearZero(angle: number): number {
  const z = f(angle * angle);
  let p = 2.454794230288826e-5;
  p = f(f(p * z) - 0.001388830249197781);
  p = f(f(p * z) + 0.0416666641831398);
  return f(f(1 - f(z * 0.5)) + f(p * f(z * z)));
}

/** e^y for y <= 0; below -87 as at -87. */
export function expOfNegative(y: number): number {
  const x = Math.max(y, -87);
  const k = f(f(f(x * 1.4426950216293335) + 12582912) - 12582912);
  let r = f(x - f(k * 0.693145751953125));
  r = f(r - f(k * 1.428606765330187e-6));
  let p = 0.0013926250394433737;
  p = f(f(p * r) + 0.00836323294788599);
  p = f(f(p * r) + 0.04166655242443085);
  p = f(f(p * r) + 0.16666576266288757);
  p = f(f(p * r) + 0.5);
  const curve = f(p * f(r * r));
  const mantissa = f(1 + f(r + curve));
  bits.setInt32(0, (k + 127) << 23);
  return f(mantissa * bits.getFloat32(0));
}
