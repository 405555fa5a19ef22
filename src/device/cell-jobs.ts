import { MOST_NOISE_SCALE } from '../core/noise-scale.ts';
import type { Stream } from '../core/stream.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { ArrayEffects } from './array-effects.ts';
import type { CellStreams } from './cell-streams.ts';

/**
 * What can be asked of cells, the same of the kernels (`kernels.ts`) and of their plain twin (`plain.ts`), which give
 * the same bits. Arrays are float32, conductances in microsiemens and not negative; outputs may be their inputs.
 */
export interface CellKernels {
  /** Targets to written cells. */
  writeCells(job: WriteJob): void;
  /** Written cells to what the array makes of them: varied, then stuck. */
  varyCells(job: VaryJob): void;
  /** Written cells to drifted ones, at the time of the laws. */
  driftCells(job: DriftJob): void;
  /** Cells to one read of them. */
  readCells(job: ReadJob): void;
  /** Targets to cells at the time of the laws: written, varied, drifted, stuck, and read if there is a stream for it. */
  presentCells(job: PresentJob): void;
  /** Targets to what stays of written cells at all ages, for `effectiveWeights` to go on from. */
  keepCells(job: KeepJob): void;
  /** Targets of pairs, or of cells that stand alone, to weights, in one pass that stores no cell. */
  effectiveWeights(job: EffectiveWeightsJob): void;
}

interface CellJob {
  readonly laws: CellLaws;
  /** Multiplies the random spreads; 0 leaves the means alone, 1 is as authored. */
  readonly noiseScale: number;
  /** Position in the layer of the first cell: its element in the streams. Default 0. */
  readonly first?: number;
  readonly out: Float32Array;
}

export interface WriteJob extends CellJob {
  readonly targets: Float32Array;
  readonly stream: Stream;
}

export interface VaryJob extends CellJob {
  readonly cells: Float32Array;
  readonly stream: Stream;
  /** Default: neither stuck cells nor factors of columns. */
  readonly effects?: ArrayEffects | undefined;
}

export interface DriftJob extends CellJob {
  readonly cells: Float32Array;
  readonly targets: Float32Array;
  readonly stream: Stream;
}

export interface ReadJob extends CellJob {
  readonly cells: Float32Array;
  readonly stream: Stream;
  /** Of the states of telegraph noise; needed where the laws have it. */
  readonly telegraph?: Stream | undefined;
}

export interface PresentJob extends CellJob {
  readonly targets: Float32Array;
  readonly streams: CellStreams;
  /** Default: neither stuck cells nor factors of columns. */
  readonly effects?: ArrayEffects | undefined;
}

/** What stays of written cells at all ages, where the laws of writing and of drift exponents do not go by the age. */
export interface KeptCells {
  /** Conductances after writing and variation, microsiemens. */
  readonly written: Float32Array;
  /** Drift exponents, not negative. */
  readonly exponents: Float32Array;
}

export interface KeepJob extends Omit<CellJob, 'out'> {
  readonly targets: Float32Array;
  readonly streams: CellStreams;
  /** Of its effects the factors of columns; stuck cells are set at each age. */
  readonly effects?: ArrayEffects | undefined;
  /** Filled; of the length of the targets. The kernels want both in their memory. */
  readonly out: KeptCells;
}

export interface EffectiveWeightsJob {
  readonly laws: CellLaws;
  readonly noiseScale: number;
  readonly plus: CellStreams;
  /** Null, with `targetMinus`, for cells that stand alone: gMinus is 0. */
  readonly minus: CellStreams | null;
  /** Default: neither stuck cells nor factors of columns. */
  readonly plusEffects?: ArrayEffects | undefined;
  readonly minusEffects?: ArrayEffects | undefined;
  /**
   * Of the whole layer, `[in, columns]`: cells that `keepCells` kept, of the same streams, noise scale, factors and laws but for their
   * age. They age and are read without being drawn again, to the same bits. Default: they are drawn.
   */
  readonly keptPlus?: KeptCells | undefined;
  readonly keptMinus?: KeptCells | undefined;
  /** Targets of the whole layer, `[in, columns]`. */
  readonly targetPlus: Float32Array;
  readonly targetMinus: Float32Array | null;
  readonly columns: number;
  /** The rows to compute: `fromRow` to `toRow` - 1. */
  readonly fromRow: number;
  readonly toRow: number;
  /** Weight units a microsiemens, `[columns]`. */
  readonly scale: Float32Array;
  /** Multiplies all weights (drift compensation); 1 leaves them as they are. */
  readonly gain: number;
  /** Weights (gPlus - gMinus) scale[column] gain of those rows, `[toRow - fromRow, columns]`. */
  readonly out: Float32Array;
  /**
   * `[columns]`; to each column's sum is added sign(targetPlus - targetMinus) (gPlus - gMinus) scale over the rows, in
   * their order: what a drift reference read measures. Rows in several calls, in order, give the bits of one call.
   */
  readonly columnSums?: Float64Array;
}

/** @throws RangeError where a job's numbers or lengths do not fit together */
export function checkCellJob(
  name: string,
  job: CellJob & { readonly targets?: Float32Array; readonly cells?: Float32Array },
): void {
  checkPlace(name, job);
  checkLength(name, 'targets', job.targets, job.out.length);
  checkLength(name, 'cells', job.cells, job.out.length);
}

/** @throws RangeError where a job's numbers or lengths do not fit together */
export function checkKeepJob(job: KeepJob): void {
  checkPlace('keepCells', job);
  checkLength('keepCells', 'out.written', job.out.written, job.targets.length);
  checkLength('keepCells', 'out.exponents', job.out.exponents, job.targets.length);
}

function checkPlace(name: string, { noiseScale, first = 0 }: Pick<CellJob, 'noiseScale' | 'first'>): void {
  checkNoiseScale(name, noiseScale);
  if (!Number.isSafeInteger(first) || first < 0) {
    throw new RangeError(`${name}: the first cell must be an integer >= 0, got ${first}; count from 0`);
  }
}

/** @throws RangeError where a read of cells with telegraph noise has no stream for it */
export function checkTelegraph(name: string, laws: CellLaws, telegraph: Stream | null | undefined): void {
  if (laws.telegraphProbability === null || (telegraph !== undefined && telegraph !== null)) return;
  throw new RangeError(`${name}: a read with telegraph noise must have a stream for it, got none; give one`);
}

/** @throws RangeError where a job's numbers or lengths do not fit together */
export function checkEffectiveWeightsJob(job: EffectiveWeightsJob): void {
  const name = 'effectiveWeights';
  const { columns, fromRow, toRow, targetPlus } = job;
  checkNoiseScale(name, job.noiseScale);
  const rows = targetPlus.length / columns;
  if (!Number.isInteger(columns) || columns < 1 || !Number.isInteger(rows)) {
    throw new RangeError(
      `${name}: the columns must divide the ${targetPlus.length} targets of the layer, got ${columns}; pass the whole layer`,
    );
  }
  if (
    !Number.isInteger(fromRow) ||
    !Number.isInteger(toRow) ||
    fromRow < 0 ||
    toRow < fromRow ||
    toRow > rows
  ) {
    throw new RangeError(
      `${name}: the rows must lie within the layer's ${rows}, got ${fromRow} to ${toRow}; the end is not counted in`,
    );
  }
  if ((job.minus === null) !== (job.targetMinus === null)) {
    const got = job.minus === null ? 'targets alone' : 'streams alone';
    throw new RangeError(
      `${name}: minus cells must have streams and targets, or neither, got ${got}; give both`,
    );
  }
  if (job.minus !== null && (job.plus.read === null) !== (job.minus.read === null)) {
    throw new RangeError(`${name}: both cells of a pair must be read, or none, got one; give both a stream`);
  }
  checkLength(name, 'targetMinus', job.targetMinus ?? undefined, targetPlus.length);
  for (const [what, kept] of Object.entries({ keptPlus: job.keptPlus, keptMinus: job.keptMinus })) {
    checkLength(name, `${what}.written`, kept?.written, targetPlus.length);
    checkLength(name, `${what}.exponents`, kept?.exponents, targetPlus.length);
  }
  checkLength(name, 'scale', job.scale, columns);
  checkLength(name, 'plusEffects.factors', job.plusEffects?.factors ?? undefined, columns);
  checkLength(name, 'minusEffects.factors', job.minusEffects?.factors ?? undefined, columns);
  checkLength(name, 'columnSums', job.columnSums, columns);
  checkLength(name, 'out', job.out, (toRow - fromRow) * columns);
}

function checkNoiseScale(name: string, noiseScale: number): void {
  if (!(noiseScale >= 0 && noiseScale <= MOST_NOISE_SCALE)) {
    throw new RangeError(
      `${name}: the noise scale must be a number from 0 to ${MOST_NOISE_SCALE}, got ${noiseScale}; 1 is as authored`,
    );
  }
}

function checkLength(
  name: string,
  what: string,
  array: { readonly length: number } | undefined,
  length: number,
): void {
  if (array !== undefined && array.length !== length) {
    throw new RangeError(`${name}: ${what} must have ${length} elements, got ${array.length}; cut it to fit`);
  }
}
