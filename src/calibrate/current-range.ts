import { couplesOf, sliceCount } from '../compile/cells.ts';
import { type Bits, converterOf, type Program, type ProgramLayer } from '../compile/program.ts';

/** Whether an ADC's range is a current, which no product need be seen for. */
export function goesByCurrents({ range }: Bits): boolean {
  return range?.rule === 'fixed' || range?.rule === 'full-scale';
}

/**
 * The ADCs' ranges of a layer where its rule goes by currents and not by what occurs: `full-scale` and `fixed`. A
 * difference current, over the voltage of the largest drive, is worth drive x share x scale in output units.
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
  if (range.rule !== 'fixed' && range.rule !== 'full-scale') return null;
  const slices = sliceCount(cells);
  const ranges = new Float32Array(strips.length * slices * out);
  // Cells without a counterpart carry their gMin, too, to the ADC.
  const swing = profile.gMaxMicrosiemens - (layer.zero === null ? profile.gMinMicrosiemens : 0);
  strips.forEach(([from, to], strip) => {
    const current = range.rule === 'fixed' ? range.microsiemens : (to - from) * swing;
    for (const { slice, share } of couplesOf(cells)) {
      const largest = current * share * largestDrive(program, input[strip]!);
      const line = (strip * slices + slice) * out;
      for (let column = 0; column < out; column++) {
        const unit = scale[strip * out + column]!;
        ranges[line + column] = unit === 0 ? 1 : largest * unit;
      }
    }
  });
  return ranges;
}

/** The largest input that drives a row at a time: of inputs in slices, the largest digit. */
function largestDrive({ options: { dac, mapping } }: Program, inputRange: number): number {
  const how = converterOf(dac);
  if (how === null || mapping.inputSliceBits === null) return inputRange;
  return ((2 ** mapping.inputSliceBits - 1) * inputRange) / how.top;
}
