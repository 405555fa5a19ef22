import type { Converter } from './profile.ts';

export type MappingKind =
  | 'pair-one-sided'
  | 'pair-two-sided'
  | 'offset'
  | 'offset-unit-column'
  | 'single-device';

export const MAPPING_KINDS: readonly MappingKind[] = [
  'pair-one-sided',
  'pair-two-sided',
  'offset',
  'offset-unit-column',
  'single-device',
];

/** Whether two cells hold a weight, one that is added and one that is subtracted. */
export function isPair({ kind }: { readonly kind: MappingKind }): boolean {
  return kind === 'pair-one-sided' || kind === 'pair-two-sided';
}

/** How weights become conductances, and inputs become voltages. */
export interface ProfileMapping {
  readonly kind: MappingKind;
  /** Whether each tile or each of its columns has its own scale of weight to conductance. */
  readonly scale: 'tile' | 'column';
  /** B: weights are rounded to whole multiples of the largest over 2^(B-1) - 1. Null: they are as fine as the cells. */
  readonly weightBits: number | null;
  /** N: a weight's bits are cut into so many cells (pairs) of B/N bits, each with an output line and ADC of its own. */
  readonly slices: number;
  /** Bits of the input's magnitude that drive the rows at a time; null: all at once. */
  readonly inputSliceBits: number | null;
  /** The share of a layer's weights, the smallest ones, that keeps its value; larger ones are clipped. 1: all do. */
  readonly clipShare: number;
}

/** Bits of weights that are cut into slices where nobody says how many they have. */
export const SLICED_WEIGHT_BITS = 8;

/** A mapping that cannot be: what must hold, in words that `got` follows. */
export interface MappingFault {
  readonly field: 'kind' | 'weightBits' | 'slices' | 'inputSliceBits';
  readonly message: string;
  readonly got: unknown;
  readonly cure: string;
}

/** Bits of one slice: B/N. */
export function sliceBits({ weightBits, slices }: ProfileMapping): number {
  return (weightBits ?? SLICED_WEIGHT_BITS) / slices;
}

/** The conductances that a slice's targets take: 2^(B/N) of weights in slices, else the cell's levels; null: any. */
export function sliceLevels(mapping: ProfileMapping, levels: number | null): number | null {
  return mapping.slices > 1 ? 2 ** sliceBits(mapping) : levels;
}

/** What makes a granular ADC range impossible: it counts levels of cells that are driven by digits. */
export function granularFault(mapping: ProfileMapping, levels: number | null): MappingFault | null {
  if (mapping.inputSliceBits === null) {
    const cure = 'give inputSliceBits (1: bit-serial), or choose another range';
    return { field: 'inputSliceBits', message: GRANULAR, got: 'inputs that drive at once', cure };
  }
  if (sliceLevels(mapping, levels) !== null) return null;
  const cure = 'give slices or the levels of a cell, or choose another range';
  return { field: 'slices', message: GRANULAR, got: 'cells of any conductance', cure };
}

/** What makes inputs in slices impossible: errors of a DAC that drives whole codes say nothing of one that drives digits. */
export function slicedDacFault(mapping: ProfileMapping, dac: Pick<Converter, 'errors'>): MappingFault | null {
  if (mapping.inputSliceBits === null || dac.errors === null) return null;
  const message =
    'must be null beside errors of the DAC, which are those of whole codes and not of their digits';
  const cure = 'leave the errors of the DAC out, or drive all bits at once';
  return { field: 'inputSliceBits', message, got: mapping.inputSliceBits, cure };
}

const GRANULAR =
  'must give inputs some bits at a time and cells of some levels beside a granular ADC range, whose step is the smallest current of a cell';

/** The output lines that one column of weights takes: a line a slice, and a unit column as many. */
export function linesOfColumn({ kind, slices }: ProfileMapping): number {
  return slices * (kind === 'offset-unit-column' ? 2 : 1);
}

/** What makes a mapping impossible on cells of `levels` levels (null: continuous) behind this DAC. */
export function mappingFaults(
  mapping: ProfileMapping,
  levels: number | null,
  dac: Pick<Converter, 'bits' | 'rule'>,
): MappingFault[] {
  const { kind, weightBits, slices, inputSliceBits } = mapping;
  const faults: MappingFault[] = [];
  const fault = (field: MappingFault['field'], message: string, got: unknown, cure: string) =>
    faults.push({ field, message, got, cure });
  if (kind === 'single-device' && (weightBits !== null || slices > 1)) {
    const cure = 'its zero is no level; choose "offset" for weights of whole steps';
    fault('kind', 'must be another for weights of given bits or in slices', kind, cure);
  }
  const bits = weightBits ?? SLICED_WEIGHT_BITS;
  if (slices > 1 && bits % slices !== 0) {
    const divisors = Array.from({ length: bits }, (_, i) => i + 1).filter((n) => bits % n === 0);
    fault(
      'slices',
      `must divide the ${bits} bits of a weight`,
      slices,
      `choose one of ${divisors.join(', ')}`,
    );
  } else if (slices > 1 && levels !== null && (levels - 1) % (2 ** (bits / slices) - 1) !== 0) {
    const needed = 2 ** (bits / slices);
    const message = `must leave slices that the cell's ${levels} levels can hold (${needed} levels a slice)`;
    fault('slices', message, slices, 'choose more slices, or leave cell.levels out');
  }
  if (kind.startsWith('offset') && levels !== null && levels < 3 && slices === 1) {
    fault('kind', `must be a pair on cells of ${levels} levels`, kind, 'an offset needs a level for zero');
  }
  if (inputSliceBits !== null && (dac.bits === null || dac.rule !== 'symmetric')) {
    const got = dac.bits === null ? 'an exact DAC' : `a ${dac.rule} DAC`;
    const message = 'must stand beside a symmetric DAC, whose codes are cut';
    fault('inputSliceBits', message, got, 'give the DAC bits and the rule "symmetric"');
  } else if (inputSliceBits !== null && dac.bits !== null && inputSliceBits > dac.bits - 1) {
    const message = `must be at most the ${dac.bits - 1} bits of an input's magnitude`;
    fault('inputSliceBits', message, inputSliceBits, 'choose fewer, or leave it out');
  }
  return faults;
}

/** A mapping in words. */
export function mappingText(mapping: ProfileMapping): string {
  const { kind, scale, weightBits, slices, inputSliceBits, clipShare } = mapping;
  const parts = [kind, `one scale a ${scale}`];
  if (weightBits !== null)
    parts.push(`weights of ${weightBits} bits in ${slices} slice${slices === 1 ? '' : 's'}`);
  if (inputSliceBits !== null)
    parts.push(`inputs ${inputSliceBits} bit${inputSliceBits === 1 ? '' : 's'} at a time`);
  if (clipShare < 1) parts.push(`clipped beyond the smallest ${100 * clipShare} % of a layer`);
  return parts.join(', ');
}
