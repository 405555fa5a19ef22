import type { WireResistances, WireSolver } from './circuit.ts';
import { effectiveConductances } from './effective.ts';

/** Where the cells of a weight lie. */
export interface WiredWeights {
  readonly rows: number;
  /** Weights a row. */
  readonly columns: number;
  /** Each kind of cell (plus and minus, say) of all weights, `[rows, columns]`, microsiemens. */
  readonly cells: readonly Float32Array[];
  readonly wires: WireResistances;
  /**
   * Interleaved: the cells of a weight lie side by side on one row wire, which is as many times longer. Else each kind of
   * cell is an array of its own, with row wires of its own.
   */
  readonly isInterleaved: boolean;
  readonly tolerance?: number;
}

/**
 * The effective conductances of each kind of cell, `[rows, columns]`, as seen through the wires.
 * @throws RangeError for what does not fit together; EngineError if a solve fails
 */
export function effectiveCells(solver: WireSolver, weights: WiredWeights): Float64Array[] {
  const { rows, columns, cells, wires, isInterleaved, tolerance } = weights;
  const seen = (values: Float32Array, width: number): Float64Array =>
    effectiveConductances(solver, { rows, columns: width, cells: values, wires }, tolerance).conductances;
  const kinds = cells.length;
  if (!isInterleaved || kinds === 1) return cells.map((values) => seen(values, columns));
  const together = new Float32Array(rows * columns * kinds);
  cells.forEach((values, kind) => {
    if (values.length !== rows * columns) {
      throw new RangeError(
        `effectiveCells: cells must be [${rows}, ${columns}], got ${values.length} numbers; cut it to fit`,
      );
    }
    for (let at = 0; at < values.length; at++) together[at * kinds + kind] = values[at]!;
  });
  const all = seen(together, columns * kinds);
  return cells.map((_, kind) =>
    Float64Array.from({ length: rows * columns }, (_, at) => all[at * kinds + kind]!),
  );
}
