import { fillNormals } from '../core/normals.ts';
import { type Stream, stream } from '../core/stream.ts';
import { binaryLevels, splitLevels } from './capacitor-levels.ts';

/** How an ADC is built, and the errors of its parts. All of them give 2^bits codes at the half steps of -1..1. */
export type AdcArchitecture =
  /** No error of its own. */
  | { readonly kind: 'uniform' }
  /** A search by halves against a capacitive DAC, one comparator. */
  | ({ readonly kind: 'sar'; readonly isSplit: boolean; readonly capacitorStd: number } & CommonErrors)
  /** A ramp from a capacitive DAC, a comparator a column. */
  | ({ readonly kind: 'ramp'; readonly capacitorStd: number } & CommonErrors)
  /** Stages of 1.5 bits with two comparators each; each doubles what is left, by the ratio of two capacitors. */
  | ({
      readonly kind: 'pipeline';
      readonly firstCapacitorStd: number;
      readonly secondCapacitorStd: number;
    } & CommonErrors);

interface CommonErrors {
  /** Spread of a comparator's offset, as a share of the reference voltage. */
  readonly comparatorStd: number;
  /** Gain of the amplifier in dB; infinite without an error. */
  readonly gainDecibels: number;
}

/** One ADC: what it gives for a value, both as shares of the range. Deterministic: its errors are drawn once. */
export type DrawnAdc = (value: number) => number;

/**
 * Draws one ADC.
 *
 * @param bits 2 to 16.
 * @param place Seed and path of the ADC: its capacitors, amplifier and comparators.
 * @param comparatorPlace Of a ramp, whose DAC serves many columns: those of the column's comparator. Default: `place`.
 * @throws RangeError for a number of bits outside 2 to 16.
 */
export function drawAdc(
  architecture: AdcArchitecture,
  bits: number,
  place: readonly [seed: number, ...path: (string | number)[]],
  comparatorPlace: readonly [seed: number, ...path: (string | number)[]] = place,
): DrawnAdc {
  if (!Number.isInteger(bits) || bits < 2 || bits > 16) {
    throw new RangeError(`drawAdc: bits must be an integer from 2 to 16, got ${bits}; choose another`);
  }
  const codes = 2 ** bits;
  const given = (code: number) => (2 * code + 1 - codes) / codes;
  if (architecture.kind === 'uniform') {
    return (value) => given(Math.min(codes - 1, Math.max(0, Math.floor(((value + 1) / 2) * codes))));
  }
  const amplifierGain = 10 ** (architecture.gainDecibels / 20);
  const { comparatorStd } = architecture;
  if (architecture.kind === 'pipeline') return drawPipeline(architecture, bits, place, amplifierGain, given);
  const errors = { capacitorStd: architecture.capacitorStd, amplifierGain };
  const normals = drawn(stream(place[0], 'adc capacitors', ...place.slice(1)), bits + 1);
  const isSplit = architecture.kind === 'sar' && architecture.isSplit;
  const levels = (isSplit ? splitLevels : binaryLevels)(bits, errors, normals);
  const [z] = drawn(stream(comparatorPlace[0], 'adc comparator', ...comparatorPlace.slice(1)), 1);
  const offset = comparatorStd * z!;
  if (architecture.kind === 'sar') return (value) => given(search(levels, clipped(value) + offset, bits));
  const places = Array.from(levels, (level, code) => ({ level: level + 1 / codes, code })).sort(
    (a, b) => a.level - b.level || a.code - b.code,
  );
  return (value) => given(nearest(places, clipped(value) + offset));
}

/** The code of a search by halves: each bit stays on where the value lies above its level. */
function search(levels: Float64Array, value: number, bits: number): number {
  let code = 0;
  for (let bit = 2 ** (bits - 1); bit >= 1; bit /= 2) if (value > levels[code + bit]!) code += bit;
  return code;
}

/** The code whose level, half a step above the DAC's, is nearest; of equals the first. Levels are sorted, equal ones by code. */
function nearest(
  places: readonly { readonly level: number; readonly code: number }[],
  value: number,
): number {
  let from = 0;
  let to = places.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (places[middle]!.level < value) from = middle + 1;
    else to = middle;
  }
  const above = places[from];
  const nearBelow = places[from - 1]?.level;
  if (nearBelow === undefined) return above!.code;
  if (above !== undefined && above.level - value < value - nearBelow) return above.code;
  // Of levels that are equal the first code counts, on either side alike.
  let first = from - 1;
  while (first > 0 && places[first - 1]!.level === nearBelow) first -= 1;
  const below = places[first]!.code;
  const isTied = above !== undefined && above.level - value === value - nearBelow;
  return isTied ? Math.min(below, above.code) : below;
}

function drawPipeline(
  architecture: Extract<AdcArchitecture, { kind: 'pipeline' }>,
  bits: number,
  place: readonly [seed: number, ...path: (string | number)[]],
  amplifierGain: number,
  given: (code: number) => number,
): DrawnAdc {
  const [seed, ...path] = place;
  const { firstCapacitorStd, secondCapacitorStd, comparatorStd } = architecture;
  const first = drawn(stream(seed, 'adc first capacitors', ...path), bits).map(
    (z) => 1 + firstCapacitorStd * z,
  );
  const second = drawn(stream(seed, 'adc second capacitors', ...path), bits).map(
    (z) => 1 + secondCapacitorStd * z,
  );
  const offsets = drawn(stream(seed, 'adc comparator', ...path), 2 * bits).map((z) => comparatorStd * z);
  return (value) => {
    let left = clipped(value);
    let code = 0;
    for (let stage = 0; stage < bits - 1; stage++) {
      const digit = left > 0.25 + offsets[2 * stage]! ? 1 : left > -0.25 + offsets[2 * stage + 1]! ? 0 : -1;
      code += (digit + 1) * 2 ** (bits - 2 - stage);
      // The residue 2 v - digit, but for the ratio of its capacitors and the gain of its amplifier.
      const ratio = second[stage]! / first[stage]!;
      const beta = first[stage]! / (first[stage]! + second[stage]!);
      left = ((1 + ratio) * left - digit * ratio) / (1 + 1 / (amplifierGain * beta));
    }
    return given(code + (left > offsets[2 * bits - 2]! ? 1 : 0));
  };
}

function clipped(value: number): number {
  return Math.min(1, Math.max(-1, value));
}

function drawn(source: Stream, count: number): Float64Array {
  const normals = new Float32Array(count);
  fillNormals(source, normals);
  return Float64Array.from(normals);
}
