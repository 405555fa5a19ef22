import type { CellLaws } from '../profile/cell-laws.ts';
import type { Faults, Variation } from '../profile/profile.ts';
import { cellStreams } from './cell-streams.ts';
import { singleCellFaults, stickCells, stuckCells } from './faults.ts';
import { createKernels } from './kernels.ts';
import { singleCellVariation } from './vary.ts';

/** What to draw: `cells` cells of each target, seen at each time. */
export interface SimulateJob {
  readonly targetsMicrosiemens: readonly number[];
  /** Ages in seconds since the reference read, each with the laws at that age. */
  readonly times: readonly { readonly seconds: number; readonly laws: CellLaws }[];
  /** The laws at the reference read, which the stage `written` shows. Default: those of the first time. */
  readonly atReference?: CellLaws;
  readonly cells: number;
  readonly seed: number;
  readonly noiseScale: number;
  /** Stuck cells, at the rates that single cells have of all patterns together. Default: none. */
  readonly faults?: Faults | null | undefined;
  /** Spreads by level; each cell stands on a chip and in a column of its own. Default: that of the laws, over cells. */
  readonly variation?: Variation | null | undefined;
}

/** `written`: writing, variation and faults; `aged`: and drift; `read`: and one read. */
export type CellStage = 'written' | 'aged' | 'read';

/** Statistics of the cells of one target at one stage, in microsiemens. */
export interface SimulatedRow {
  readonly targetMicrosiemens: number;
  /** 0 for `written`. */
  readonly seconds: number;
  readonly stage: CellStage;
  readonly mean: number;
  /** Sample standard deviation (n - 1); 0 of a single cell. */
  readonly std: number;
  readonly q05: number;
  readonly q50: number;
  readonly q95: number;
}

/** What was drawn: statistics by target, age and stage, and the cells as read. */
export interface SimulatedCells {
  /** By target, then `written` once, then `aged` and `read` by time. */
  readonly rows: readonly SimulatedRow[];
  /** Cells of stage `read`, microsiemens, `[targets, times, cells]`. */
  readonly readCells: Float32Array;
}

/** The most cells that one call draws, of all targets and times. */
const MOST_CELLS = 2 ** 28;

/**
 * Draws single cells and describes them: what a circuit engineer compares with measurements. A target's draws depend
 * on the seed, the target and (for the read) the time alone, not on what else is asked for. A cell keeps its draws of
 * writing and variation, its drift exponent and whether it is stuck through all times. Each stands on a chip, in a column and
 * in a row of its own: see `singleCellVariation` and `singleCellFaults`.
 *
 * @throws RangeError unless there is a target, a time and a cell, targets lie in 0 to 4 gMax, and all fits into memory
 */
export function simulateCells(job: SimulateJob): SimulatedCells {
  checkJob(job);
  const { targetsMicrosiemens, cells, seed, noiseScale } = job;
  const { variation = null } = job;
  const varied = (laws: CellLaws): CellLaws =>
    variation === null ? laws : { ...laws, cellVariation: singleCellVariation(variation) };
  const times = job.times.map(({ seconds, laws }) => ({ seconds, laws: varied(laws) }));
  const kernels = createKernels({ bytes: 3 * (4 * cells + 64) });
  const targets = kernels.allocate(cells);
  const written = kernels.allocate(cells);
  const present = kernels.allocate(cells);
  const readCells = new Float32Array(targetsMicrosiemens.length * times.length * cells);
  const rows: SimulatedRow[] = [];
  const single = job.faults === undefined || job.faults === null ? null : singleCellFaults(job.faults);
  const grid = { rows: 1, columns: cells, rowRanges: [[0, 1]], columnRanges: [[0, cells]] } as const;
  let at = 0;
  for (const targetMicrosiemens of targetsMicrosiemens) {
    targets.fill(targetMicrosiemens);
    const name = String(targetMicrosiemens);
    const stuck = single === null ? null : stuckCells(single, times[0]!.laws, seed, 'simulate', name, grid);
    const effects = { stuck, factors: null };
    times.forEach(({ seconds, laws }, index) => {
      const { write, vary, drift, read, telegraph } = cellStreams(seed, 'simulate', name, seconds);
      const writeAt = (at: CellLaws) => {
        kernels.writeCells({ laws: at, noiseScale, targets, stream: write, out: written });
        kernels.varyCells({ laws: at, noiseScale, cells: written, stream: vary, effects, out: written });
      };
      if (index === 0) {
        writeAt(varied(job.atReference ?? laws));
        rows.push({ targetMicrosiemens, seconds: 0, stage: 'written', ...describe(written) });
      }
      // The same draw by the laws of this time: the same bits, unless the cell relaxes.
      writeAt(laws);
      kernels.driftCells({ laws, noiseScale, targets, cells: written, stream: drift, out: present });
      if (stuck !== null) stickCells(present, stuck);
      rows.push({ targetMicrosiemens, seconds, stage: 'aged', ...describe(present) });
      if (read !== null && telegraph !== null)
        kernels.readCells({ laws, noiseScale, cells: present, stream: read, telegraph, out: present });
      rows.push({ targetMicrosiemens, seconds, stage: 'read', ...describe(present) });
      readCells.set(present, at);
      at += cells;
    });
  }
  return { rows, readCells };
}

function checkJob({ targetsMicrosiemens, times, cells }: SimulateJob): void {
  const first = times[0];
  if (first === undefined || targetsMicrosiemens.length === 0) {
    throw new RangeError(
      `simulateCells: there must be a target and a time, got ${targetsMicrosiemens.length} and ${times.length}; name one`,
    );
  }
  const { gMaxMicrosiemens } = first.laws;
  for (const target of targetsMicrosiemens) {
    if (!(target >= 0 && target <= 4 * gMaxMicrosiemens)) {
      throw new RangeError(
        `simulateCells: a target must lie within 0 to ${4 * gMaxMicrosiemens} uS (four times gMax), got ${target}; choose another`,
      );
    }
  }
  const total = cells * targetsMicrosiemens.length * times.length;
  if (!Number.isInteger(cells) || cells < 1 || total > MOST_CELLS) {
    throw new RangeError(
      `simulateCells: cells must be an integer >= 1, at most ${MOST_CELLS} with all targets and times, got ${cells}; choose another`,
    );
  }
}

function describe(values: Float32Array): Pick<SimulatedRow, 'mean' | 'std' | 'q05' | 'q50' | 'q95'> {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  const std = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  const order = values.slice().sort();
  return { mean, std, q05: quantile(order, 0.05), q50: quantile(order, 0.5), q95: quantile(order, 0.95) };
}

/** Linear between order statistics, at position p (n - 1). */
function quantile(order: Float32Array, p: number): number {
  const position = p * (order.length - 1);
  const below = Math.floor(position);
  const left = order[below] ?? NaN;
  const right = order[below + 1] ?? left;
  return left + (position - below) * (right - left);
}
