import { areIdeal, type WiredArray, type WireEffort, type WireJob, type WireSolver } from './circuit.ts';

/** The conductances of an array as its terminals see them. */
export interface EffectiveConductances {
  /** `[rows, columns]`, microsiemens. */
  readonly conductances: Float64Array;
  readonly effort: WireEffort;
}

const NO_EFFORT: WireEffort = { solves: 0, iterations: 0, mostIterations: 0 };

/**
 * The effective conductances of an array with wires: I = G_eff' v for any row voltages v, as the circuit is linear. It takes one
 * solve a row wire (1 V there, 0 V elsewhere: a row of G_eff) or, by reciprocity, one a column wire, whichever are fewer.
 * They are those of the present cells: once a cell changes, all of them may have.
 *
 * @throws RangeError for what does not fit together; EngineError if a solve fails
 */
export function effectiveConductances(
  solver: WireSolver,
  array: WiredArray,
  tolerance?: number,
): EffectiveConductances {
  const { rows, columns, cells, wires } = array;
  if (areIdeal(wires)) return { conductances: Float64Array.from(cells), effort: NO_EFFORT };
  const side: WireJob['side'] = rows <= columns ? 'rows' : 'columns';
  const lines = Math.min(rows, columns);
  const voltages = new Float64Array(lines * lines);
  for (let line = 0; line < lines; line++) voltages[line * lines + line] = 1;
  const currents = new Float64Array(rows * columns);
  const job = { array, side, voltages, currents };
  const effort = solver.solve(tolerance === undefined ? job : { ...job, tolerance });
  return { conductances: side === 'rows' ? currents : transposed(currents, columns, rows), effort };
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j]!;
  }
  return out;
}
