/**
 * The levels of a capacitive DAC in an ADC, in units of the reference voltage, for the codes -2^(b-1)..2^(b-1) - 1, with
 * errors of its capacitors and of its amplifier's gain. The sign is that of the reference; the size switches
 * capacitors. Source of the circuits: M. Spear et al., "The Impact of Analog-to-Digital Converter Architecture and
 * Variability on Analog Neural Network Accuracy", IEEE JXCDC 2023.
 */
export interface CapacitorErrors {
  /** Std of a unit capacitor; one of n units has sqrt(n) times as much. */
  readonly capacitorStd: number;
  /** Gain A of the amplifier; infinite without an error. */
  readonly amplifierGain: number;
}

/**
 * Binary capacitors 1, 2, ... 2^(b-1), on a reference capacitor of 2^(b-1):
 *
 *     level = sign sum_on C_n / C_(b-1) / (1 + 1/(A beta)),   beta = C_ref / (C_ref + sum_on C_n)
 *
 * @param normals At least bits + 1 standard normals, one a capacitor.
 */
export function binaryLevels(
  bits: number,
  errors: CapacitorErrors,
  normals: ArrayLike<number>,
): Float64Array {
  const half = 2 ** (bits - 1);
  const capacitors = Array.from({ length: bits }, (_, n) => capacitor(2 ** n, errors, normals[n]!));
  const reference = capacitor(half, errors, normals[bits]!);
  return levels(bits, (size) => {
    const on = switched(size, capacitors);
    const beta = reference / (reference + on);
    return on / capacitors[bits - 1]! / (1 + 1 / (errors.amplifierGain * beta));
  });
}

/**
 * The same with two arrays of half the bits, joined by a bridge of 2^l/(2^l - 1) units, l = floor(b/2): small
 * capacitors, of which the errors weigh more. Its amplifier sees beta = 1.
 *
 * @param normals At least bits + 1 standard normals: capacitors, a dummy, the bridge.
 */
export function splitLevels(bits: number, errors: CapacitorErrors, normals: ArrayLike<number>): Float64Array {
  const lowBits = Math.floor(bits / 2);
  const low = Array.from({ length: lowBits }, (_, n) => capacitor(2 ** n, errors, normals[n]!));
  const high = Array.from({ length: bits - 1 - lowBits }, (_, n) =>
    capacitor(2 ** n, errors, normals[lowBits + n]!),
  );
  const dummy = capacitor(1, errors, normals[bits - 1]!);
  const bridge = capacitor(2 ** lowBits / (2 ** lowBits - 1), errors, normals[bits]!);
  const allLow = dummy + sum(low);
  const allHigh = sum(high);
  return levels(bits, (size) => {
    // The last code on the negative side is the reference itself.
    if (size === 2 ** (bits - 1)) return 1 / (1 + 1 / errors.amplifierGain);
    const onLow = switched(size % 2 ** lowBits, low);
    const onHigh = switched(Math.floor(size / 2 ** lowBits), high);
    const level =
      (onLow * bridge + onHigh * (allLow + bridge)) / ((allLow + bridge) * (allHigh + bridge) - bridge ** 2);
    return level / (1 + 1 / errors.amplifierGain);
  });
}

function levels(bits: number, ofSize: (size: number) => number): Float64Array {
  const half = 2 ** (bits - 1);
  return Float64Array.from({ length: 2 * half }, (_, i) => {
    const code = i - half;
    return code < 0 ? -ofSize(-code) : ofSize(code);
  });
}

function capacitor(units: number, { capacitorStd }: CapacitorErrors, z: number): number {
  return units + capacitorStd * Math.sqrt(units) * z;
}

/** The sum of the capacitors at the bits of a number. */
function switched(size: number, capacitors: readonly number[]): number {
  return capacitors.reduce((on, c, n) => (Math.floor(size / 2 ** n) % 2 === 1 ? on + c : on), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
