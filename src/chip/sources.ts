import { UsageError } from '../core/errors.ts';
import type { CellLaws } from '../profile/cell-laws.ts';

/** The sources of error that `--ablate` can leave on alone; `all` is the whole profile. */
export const SOURCES = [
  'all',
  'writing',
  'variation',
  'faults',
  'drift',
  'read',
  'wires',
  'conduction',
  'converters',
] as const;

export type ErrorSource = (typeof SOURCES)[number];

/** @throws UsageError if the word is no source of error. */
export function parseSource(word: string): ErrorSource {
  const source = SOURCES.find((known) => known === word);
  if (source === undefined)
    throw new UsageError(
      '--ablate',
      `must be of ${SOURCES.slice(1).join(', ')}, got "${word}"; choose among them`,
    );
  return source;
}

/** The laws with only one source of error left on. */
export function lawsOf(source: ErrorSource, laws: CellLaws): CellLaws {
  if (source === 'all') return laws;
  return {
    ...laws,
    ...(source === 'writing' ? {} : { writeStd: null, writeMeanShift: null }),
    ...(source === 'drift' ? {} : { driftExponentMean: null, driftExponentStd: null }),
    ...(source === 'variation' ? {} : { cellVariation: 0 }),
    ...(source === 'read' ? {} : { readStd: null, telegraphProbability: null, telegraphAmplitude: null }),
  };
}

/** Whether a source leaves the converters on. */
export function hasConverters(source: ErrorSource): boolean {
  return source === 'all' || source === 'converters';
}

/** Whether a source leaves the cells' law of current by voltage on. */
export function hasConduction(source: ErrorSource): boolean {
  return source === 'all' || source === 'conduction';
}

/** Whether a source leaves the resistance of the wires on. */
export function hasWires(source: ErrorSource): boolean {
  return source === 'all' || source === 'wires';
}
