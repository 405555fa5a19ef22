import type { AdcDesign } from '../profile/profile.ts';
import { type AdcArchitecture, drawAdc } from './adc-architectures.ts';

/** Seed and path of what is drawn. */
type Place = readonly [seed: number, ...path: (string | number)[]];

/** A profile's design of an ADC as it is drawn at a noise scale, which multiplies spreads. */
export function architectureOf(design: AdcDesign, noise: number): AdcArchitecture {
  const { kind, amplifierGainDecibels: gainDecibels } = design;
  const capacitorStd = noise * design.capacitorStd;
  const common = { comparatorStd: noise * design.comparatorStd, gainDecibels };
  if (kind === 'pipeline') {
    return { kind, firstCapacitorStd: capacitorStd, secondCapacitorStd: capacitorStd, ...common };
  }
  if (kind === 'ramp') return { kind, capacitorStd, ...common };
  return { kind: 'sar', isSplit: kind === 'split-sar', capacitorStd, ...common };
}

/**
 * Fills a table of one drawn ADC: its code, in half steps, at the middle of each of `table.length` equal parts of its
 * range.
 *
 * @param place Seed and path of the ADC; of a ramp, of the DAC that its columns share.
 * @param comparatorPlace Of a ramp: of the column's comparator. Default: `place`.
 * @throws RangeError for a number of bits outside 2 to 16.
 */
export function fillAdcTable(
  table: Float32Array,
  design: AdcDesign,
  bits: number,
  noise: number,
  place: Place,
  comparatorPlace: Place = place,
): void {
  const adc = drawAdc(architectureOf(design, noise), bits, place, comparatorPlace);
  const half = 2 ** (bits - 1);
  for (let i = 0; i < table.length; i++) table[i] = half * adc((2 * i + 1) / table.length - 1);
}
