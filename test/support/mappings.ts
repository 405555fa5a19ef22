import type { MappingOptions } from '../../src/compile/cells.ts';

const PLAIN = {
  kind: 'pair-one-sided',
  scale: 'tile',
  weightBits: null,
  slices: 1,
  inputSliceBits: null,
  clipShare: 1,
} as const;

/** A mapping that is one-sided pairs, a scale a tile, but for what is given. */
export function mapping(some: Partial<MappingOptions> = {}): MappingOptions {
  return { ...PLAIN, ...some };
}

/** One of every kind, whole and in slices. */
export const MAPPINGS: readonly (readonly [string, MappingOptions])[] = [
  ['one-sided pairs', mapping()],
  ['two-sided pairs', mapping({ kind: 'pair-two-sided' })],
  ['an offset', mapping({ kind: 'offset' })],
  ['a unit column', mapping({ kind: 'offset-unit-column' })],
  ['single devices', mapping({ kind: 'single-device' })],
  ['one-sided pairs of 8 bits', mapping({ weightBits: 8 })],
  ['one-sided pairs in 4 slices', mapping({ weightBits: 8, slices: 4 })],
  ['two-sided pairs in 2 slices', mapping({ kind: 'pair-two-sided', weightBits: 8, slices: 2 })],
  ['an offset in 2 slices', mapping({ kind: 'offset', weightBits: 8, slices: 2 })],
  ['a unit column in 4 slices', mapping({ kind: 'offset-unit-column', weightBits: 8, slices: 4 })],
  ['a unit column in 8 slices of 1 bit', mapping({ kind: 'offset-unit-column', weightBits: 8, slices: 8 })],
];
