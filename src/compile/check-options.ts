import { MOST_DESIGN_BITS } from '../profile/build-adc-design.ts';
import { granularFault, linesOfColumn, mappingFaults, slicedDacFault } from '../profile/mapping.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { weightColumns } from './cells.ts';
import { CompileError } from './compile-error.ts';
import type { CompileOptions } from './program.ts';

/** @throws CompileError if the cells, the DAC or the array do not allow the mapping. */
export function checkOptions({ mapping, dac, adc, tile }: CompileOptions, profile: DeviceProfile): void {
  const isGranular = adc.range?.rule === 'granular' && adc.bits !== null;
  const [fault] = [
    ...mappingFaults(mapping, profile.levels, dac),
    slicedDacFault(mapping, profile.converters.dac),
    isGranular ? granularFault(mapping, profile.levels) : null,
  ].filter((found) => found !== null);
  if (fault !== undefined) {
    throw new CompileError(`mapping, ${fault.field}`, `${fault.message}, got ${fault.got}; ${fault.cure}`);
  }
  const { errors } = profile.converters.adc;
  if (errors !== null && errors.design !== null && adc.bits !== null && adc.bits > MOST_DESIGN_BITS) {
    throw new CompileError(
      'ADC',
      `must have at most ${MOST_DESIGN_BITS} bits where it is a ${errors.design.kind}, got ${adc.bits}; choose fewer`,
    );
  }
  if (weightColumns(mapping, tile.columns) < 1) {
    const needed = linesOfColumn(mapping);
    throw new CompileError(
      'tile',
      `must have the ${needed} output lines that one column of weights takes, got ${tile.columns}; choose wider tiles or fewer slices`,
    );
  }
}
