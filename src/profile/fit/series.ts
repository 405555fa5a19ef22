import { UsageError } from '../../core/errors.ts';
import type { Measurement } from './measurements.ts';

/** The reads of one cell at one age. */
export interface Reads {
  readonly seconds: number;
  readonly values: readonly number[];
}

/** All reads of one cell, ages ascending. */
export interface Series {
  readonly targetMicrosiemens: number;
  readonly reads: readonly Reads[];
}

/** Measurements put in order. */
export interface Data {
  /** By cell; without a column `device` each row is a cell of its own. */
  readonly cells: readonly Series[];
  readonly hasDevices: boolean;
  readonly rows: number;
  /** Ascending, each once. */
  readonly targets: readonly number[];
  readonly ages: readonly number[];
  readonly celsius: number | null;
}

/**
 * Puts measurements in order by cell. A cell is a device at a target: a device that is written to two targets is two cells.
 * @throws UsageError where the file holds more than one temperature
 */
export function dataOf(rows: readonly Measurement[], file: string): Data {
  const temperatures = [...new Set(rows.map(({ celsius }) => celsius))];
  if (temperatures.length > 1) {
    const found = temperatures.slice(0, 4).join(', ');
    const cure = 'split the file and fit each temperature on its own';
    throw new UsageError(file, `must hold one temperature_C, got ${temperatures.length} (${found}); ${cure}`);
  }
  const hasDevices = rows[0]!.device !== null;
  const byCell = new Map<string, Measurement[]>();
  rows.forEach((row, i) => {
    const key = hasDevices ? `${row.targetMicrosiemens} ${row.device}` : String(i);
    const found = byCell.get(key);
    if (found === undefined) byCell.set(key, [row]);
    else found.push(row);
  });
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  return {
    cells: [...byCell.values()].sort(byTarget).map((reads) => ({
      targetMicrosiemens: reads[0]!.targetMicrosiemens,
      reads: ascending(reads.map(({ seconds }) => seconds)).map((seconds) => ({
        seconds,
        values: reads.filter((row) => row.seconds === seconds).map((row) => row.measuredMicrosiemens),
      })),
    })),
    hasDevices,
    rows: rows.length,
    targets: ascending(rows.map(({ targetMicrosiemens }) => targetMicrosiemens)),
    ages: ascending(rows.map(({ seconds }) => seconds)),
    celsius: temperatures[0] ?? null,
  };
}

/** Ascending; cells of one target stay in the order of the file. */
function byTarget(a: readonly Measurement[], b: readonly Measurement[]): number {
  return a[0]!.targetMicrosiemens - b[0]!.targetMicrosiemens || a[0]!.seconds - b[0]!.seconds;
}
