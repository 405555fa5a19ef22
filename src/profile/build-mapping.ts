import type { Finding } from './finding.ts';
import { mappingFaults, type ProfileMapping, SLICED_WEIGHT_BITS } from './mapping.ts';
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

/** Mappings that the cells or the DAC do not allow. */
export function unmappable({ mapping, cell }: ProfileJson, dac: Pick<Converter, 'bits' | 'rule'>): Finding[] {
  return mappingFaults(mappingOf(mapping), cell.levels ?? null, dac).map(({ field, message, got, cure }) => ({
    severity: 'error',
    pointer: `/mapping/${field}`,
    message: `${message}, got ${got}`,
    cure,
  }));
}
