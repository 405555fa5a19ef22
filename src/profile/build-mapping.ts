import type { Finding } from './finding.ts';
import {
  granularFault,
  linesOfColumn,
  mappingFaults,
  type ProfileMapping,
  SLICED_WEIGHT_BITS,
  slicedDacFault,
} from './mapping.ts';
import type { Converter, ProfileJson } from './profile.ts';
import type { Mapping as MappingJson } from './schema.generated.ts';

/** A profile's mapping with its defaults. */
export function mappingOf(source: MappingJson | undefined): ProfileMapping {
  const slices = source?.slices ?? 1;
  return {
    kind: source?.kind ?? 'pair-one-sided',
    scale: source?.scale ?? 'tile',
    weightBits: source?.weightBits ?? (slices > 1 ? SLICED_WEIGHT_BITS : null),
    slices,
    inputSliceBits: source?.inputSliceBits ?? null,
    clipShare: source?.clipShare ?? 1,
  };
}

/** Mappings that the cells, the DAC or an array of so many columns do not allow. */
export function unmappable(
  { mapping, cell }: ProfileJson,
  { dac, adc }: Readonly<Record<'dac' | 'adc', Converter>>,
  columns: number,
): Finding[] {
  const chosen = mappingOf(mapping);
  const faults = [...mappingFaults(chosen, cell.levels ?? null, dac), slicedDacFault(chosen, dac)];
  const findings = faults
    .filter((fault) => fault !== null)
    .map(
      ({ field, message, got, cure }): Finding => ({
        severity: 'error',
        pointer: `/mapping/${field}`,
        message: `${message}, got ${got}`,
        cure,
      }),
    );
  const granular = adc.range.rule === 'granular' ? granularFault(chosen, cell.levels ?? null) : null;
  if (granular !== null) {
    const { message, got, cure } = granular;
    findings.push({
      severity: 'error',
      pointer: '/converters/adc/range',
      message: `${message}, got ${got}`,
      cure,
    });
  }
  const lines = linesOfColumn(chosen);
  if (columns < lines) {
    const message = `must be at least the ${lines} output lines that one column of weights takes, got ${columns}`;
    const cure = 'choose wider arrays or fewer slices';
    findings.push({ severity: 'error', pointer: '/array/columns', message, cure });
  }
  return findings;
}
