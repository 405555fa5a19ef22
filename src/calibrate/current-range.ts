import { couplesOf, sliceCount } from '../compile/cells.ts';
import { type Bits, converterOf, type Program, type ProgramLayer } from '../compile/program.ts';
import { sliceLevels } from '../profile/mapping.ts';

/** Whether an ADC's range is a current, which no product need be seen for. */
export function goesByCurrents({ range }: Bits): boolean {
  return range?.rule === 'fixed' || range?.rule === 'full-scale' || range?.rule === 'granular';
}

/**
 * The ADCs' ranges of a layer where its rule goes by currents and not by what occurs: `full-scale`, `fixed` and
 * `granular`. A difference current, over the voltage of the largest drive, is worth drive x share x scale in output units.
 * A granular step is one level of a slice, (gMax - gMin)/(levels - 1), at the least drive, that of one code of the DAC.
 *
 * @param input The DAC's range at each strip.
 * @returns `[strips, slices, out]`; null for the other rules. A column of zeros, which has no scale, gets 1.
 */
export function currentRanges(
  program: Program,
  layer: ProgramLayer,
  input: Float32Array,
): Float32Array | null {
  const { options, profile } = program;
  const { strips, out, scale, cells } = layer;
  const range = options.adc.range ?? { rule: 'calibrated' };
  if (range.rule === 'calibrated' || range.rule === 'percentile') return null;
  const slices = sliceCount(cells);
  const ranges = new Float32Array(strips.length * slices * out);
  // Cells without a counterpart carry their gMin, too, to the ADC.
  const swing = profile.gMaxMicrosiemens - (layer.zero === null ? profile.gMinMicrosiemens : 0);
  const granular = range.rule === 'granular' ? granularCurrent(program) : 0;
  strips.forEach(([from, to], strip) => {
    const current =
      range.rule === 'fixed'
        ? range.microsiemens
        : range.rule === 'granular'
          ? granular
          : (to - from) * swing;
    const drive =
      range.rule === 'granular' ? leastDrive(program, input[strip]!) : largestDrive(program, input[strip]!);
    for (const { slice, share } of couplesOf(cells)) {
      const largest = current * share * drive;
      const line = (strip * slices + slice) * out;
      for (let column = 0; column < out; column++) {
        const unit = scale[strip * out + column]!;
        ranges[line + column] = unit === 0 ? 1 : largest * unit;
      }
    }
  });
  return ranges;
}

/** The current of the last code where each is one level of a cell, over the voltage of the least drive. */
function granularCurrent({ options: { adc, mapping }, profile }: Program): number {
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax, levels } = profile;
  const how = converterOf(adc);
  const steps = sliceLevels(mapping, levels);
  // Compilation refuses cells without levels; of an exact converter no range is used.
  if (how === null || steps === null) return gMax - gMin;
  return (how.top * (gMax - gMin)) / (steps - 1);
}

/** The least input that drives a row: one code of the DAC. */
function leastDrive({ options: { dac } }: Program, inputRange: number): number {
  return inputRange / (converterOf(dac)?.top ?? 1);
}

/** The largest input that drives a row at a time: of inputs in slices, the largest digit. */
function largestDrive({ options: { dac, mapping } }: Program, inputRange: number): number {
  const how = converterOf(dac);
  if (how === null || mapping.inputSliceBits === null) return inputRange;
  return ((2 ** mapping.inputSliceBits - 1) * inputRange) / how.top;
}
