import type { MappingOptions } from '../compile/cells.ts';
import { type MappingKind, SLICED_WEIGHT_BITS } from '../profile/mapping.ts';

/** What the command line says of the mapping, in place of the profile. */
export interface MappingChoice {
  readonly mapping?: MappingKind;
  readonly slices?: number;
  readonly weightBits?: number;
  readonly inputSliceBits?: number;
}

/** The profile's mapping with what was chosen instead. Weights in slices have 8 bits where neither says how many. */
export function chosenMapping(base: MappingOptions, choice: MappingChoice): MappingOptions {
  const slices = choice.slices ?? base.slices;
  return {
    ...base,
    kind: choice.mapping ?? base.kind,
    slices,
    weightBits: choice.weightBits ?? base.weightBits ?? (slices > 1 ? SLICED_WEIGHT_BITS : null),
    inputSliceBits: choice.inputSliceBits ?? base.inputSliceBits,
  };
}
