import type { Dimension } from '../core/units.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { FaultRates, Faults, Variation } from './profile.ts';

/** Reads a quantity of the profile, or what stands for an absent one. */
export type ReadNumber = (pointer: string, dimension: Dimension, otherwise: number) => number;

/** A spread of which next to nothing is left but cells at 0 and far beyond gMax. */
const MOST_SPREAD = 10;

/** A difference of centre and edge, relative to their mean, at which one of the two conducts nothing. */
const MOST_WAFER = 2;

/** The spreads of a profile by their level, or null where there is none. Findings go into the list. */
export function buildVariation(root: unknown, number: ReadNumber, findings: Finding[]): Variation | null {
  if (valueAt(root, '/variation') === undefined) return null;
  const spread = (level: 'chip' | 'column' | 'cell') => {
    const pointer = `/variation/${level}`;
    const value = number(pointer, 'dimensionless', 0);
    if (value < 0)
      findings.push(error(root, pointer, 'must be a spread of at least 0', 'leave out the sign'));
    if (value > MOST_SPREAD)
      findings.push(
        error(root, pointer, `must be at most ${MOST_SPREAD} (${100 * MOST_SPREAD} %)`, 'check the unit'),
      );
    if (value > 0.5 && value <= MOST_SPREAD) {
      const message = `should be at most 0.5 (50 %), got ${shown(valueAt(root, pointer))}`;
      const cure = 'check it: cells whose factor would be negative are held at 0';
      findings.push({ severity: 'warning', pointer, message, cure });
    }
    return value;
  };
  const wafer = number('/variation/wafer', 'dimensionless', 0);
  if (Math.abs(wafer) > MOST_WAFER)
    findings.push(
      error(
        root,
        '/variation/wafer',
        `must be from -${MOST_WAFER} to ${MOST_WAFER}, so that no place conducts less than nothing`,
        'check the unit',
      ),
    );
  const variation = { wafer, chip: spread('chip'), column: spread('column'), cell: spread('cell') };
  return Object.values(variation).every((value) => value === 0) ? null : variation;
}

/** The rates of stuck cells, or null where there is none. Findings go into the list. */
export function buildFaults(root: unknown, number: ReadNumber, findings: Finding[]): Faults | null {
  if (valueAt(root, '/faults') === undefined) return null;
  const rates = (pattern: 'cells' | 'clusters' | 'columns' | 'rows'): FaultRates => {
    const pointer = `/faults/${pattern}`;
    const rate = (kind: keyof FaultRates) => {
      const at = `${pointer}/${kind}`;
      const value = number(at, 'dimensionless', 0);
      if (value < 0 || value > 1)
        findings.push(error(root, at, 'must be a share from 0 to 1 (100 %)', 'check the unit'));
      return value;
    };
    const all = {
      stuckLow: rate('stuckLow'),
      stuckHigh: rate('stuckHigh'),
      stuckRandom: rate('stuckRandom'),
    };
    const sum = all.stuckLow + all.stuckHigh + all.stuckRandom;
    if (Object.values(all).every((value) => value <= 1) && sum > 1)
      findings.push({
        severity: 'error',
        pointer,
        message: `must have shares that sum to at most 1, got ${sum}`,
        cure: 'make them smaller',
      });
    if (sum > 0.2 && sum <= 1)
      findings.push({
        severity: 'warning',
        pointer,
        message: `should stick at most 20 % of cells, got ${Number((100 * sum).toPrecision(4))} %`,
        cure: 'check the unit',
      });
    return all;
  };
  const size = (side: 'rows' | 'columns') => {
    const value = valueAt(root, `/faults/clusters/${side}`);
    return typeof value === 'number' ? value : 1;
  };
  const faults = {
    cells: rates('cells'),
    clusters: { ...rates('clusters'), rows: size('rows'), columns: size('columns') },
    columns: rates('columns'),
    rows: rates('rows'),
  };
  const isNone = Object.values(faults).every((r) => r.stuckLow + r.stuckHigh + r.stuckRandom === 0);
  return isNone ? null : { ...faults, failures: null };
}

function error(root: unknown, pointer: string, message: string, cure: string): Finding {
  return { severity: 'error', pointer, message: `${message}, got ${shown(valueAt(root, pointer))}`, cure };
}
