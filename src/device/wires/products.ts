import type { WiredArray, WireEffort, WireSolver } from './circuit.ts';
import { effectiveConductances } from './effective.ts';

/** Floating-point operations a cell: of one iteration, of what a solve does besides, of a product with G_eff. */
const OF_ITERATION = 25;
const OF_SOLVE = 24;
const OF_PRODUCT = 2;

/** Products of an array, and what they cost. */
export interface WiredProducts {
  /** Microamperes, `[B, columns]`. */
  readonly currents: Float64Array;
  /** Each input was solved for, or the effective conductances were made and multiplied. */
  readonly how: 'each-product' | 'effective-matrix';
  readonly effort: WireEffort;
  /** Floating-point operations done, and those that the other way takes, at as many iterations a solve. */
  readonly flops: number;
  readonly otherFlops: number;
}

/**
 * Currents of an array with wires for a batch of row voltages, by the cheaper of two ways: a solve for each product, or one
 * for each row or column wire, whichever are fewer, and then an ordinary product with G_eff. A solve costs about
 * R C (24 + 25 iterations) operations whatever the right-hand side, so that solves decide.
 *
 * @param voltages Volts, `[B, rows]`.
 * @param products How many products the cells serve in all before they change; default B.
 * @throws RangeError for what does not fit together; EngineError if a solve fails
 */
export function wiredProducts(
  solver: WireSolver,
  array: WiredArray,
  voltages: Float64Array,
  products?: number,
): WiredProducts {
  const { rows, columns } = array;
  const batch = voltages.length / rows;
  const wanted = products ?? batch;
  if (!Number.isInteger(batch)) {
    throw new RangeError(
      `wiredProducts: voltages must be [B, ${rows}], got ${voltages.length} numbers; give one a row`,
    );
  }
  if (!(wanted >= batch)) {
    throw new RangeError(
      `wiredProducts: products must be at least the ${batch} of this call, got ${wanted}; count them all`,
    );
  }
  const lines = Math.min(rows, columns);
  const cost = (solves: number, { iterations, solves: done }: WireEffort) =>
    rows * columns * solves * (OF_SOLVE + (OF_ITERATION * iterations) / Math.max(1, done));
  const product = OF_PRODUCT * rows * columns;
  if (wanted <= lines) {
    const currents = new Float64Array(batch * columns);
    const effort = solver.solve({ array, side: 'rows', voltages, currents });
    return {
      currents,
      how: 'each-product',
      effort,
      flops: cost(batch, effort),
      otherFlops: cost(lines, effort) + batch * product,
    };
  }
  const { conductances, effort } = effectiveConductances(solver, array);
  return {
    currents: multiply(voltages, conductances, rows, columns),
    how: 'effective-matrix',
    effort,
    flops: cost(effort.solves, effort) + batch * product,
    otherFlops: cost(wanted, effort),
  };
}

/** v G, `[B, columns]`, in float64. */
function multiply(
  voltages: Float64Array,
  conductances: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const batch = voltages.length / rows;
  const out = new Float64Array(batch * columns);
  for (let item = 0; item < batch; item++) {
    for (let i = 0; i < rows; i++) {
      const volts = voltages[item * rows + i]!;
      for (let j = 0; j < columns; j++) out[item * columns + j]! += volts * conductances[i * columns + j]!;
    }
  }
  return out;
}
