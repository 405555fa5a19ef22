import { areIdeal, type WiredArray, type WireEffort, type WireSolver } from './circuit.ts';
import { dissectionCost } from './dissection-cost.ts';
import type { ArrayReducer } from './effective.ts';

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
  /** What solving took, of the products that were solved for. */
  readonly effort: WireEffort;
  /** Floating-point operations of all products that are wanted, the way that was chosen and the other way. */
  readonly flops: number;
  readonly otherFlops: number;
}

/**
 * Currents of an array with wires for a batch of row voltages, by the cheaper of two ways: a solve for each product, of
 * R C (24 + 25 n) operations, n being its iterations; or the effective conductances once, of about 32 n^3 operations for n x n
 * cells, and an ordinary product of 2 R C each. Where solves of one iteration would be cheaper, the first product is solved, and its
 * iterations decide.
 *
 * @param voltages Volts, `[B, rows]`.
 * @param products How many products the cells serve in all before they change; default B.
 * @throws RangeError for what does not fit together; EngineError if a solve fails
 */
export function wiredProducts(
  { solver, reducer }: { readonly solver: WireSolver; readonly reducer: ArrayReducer },
  array: WiredArray,
  voltages: Float64Array,
  products?: number,
): WiredProducts {
  const { rows, columns } = array;
  const cells = rows * columns;
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
  const ofMatrix = (areIdeal(array.wires) ? 0 : dissectionCost(array).flops) + OF_PRODUCT * cells * wanted;
  const ofSolves = (iterations: number) => wanted * cells * (OF_SOLVE + OF_ITERATION * iterations);
  const currents = new Float64Array(batch * columns);
  const solved = (from: number, to: number) =>
    solver.solve({
      array,
      side: 'rows',
      voltages: voltages.subarray(from * rows, to * rows),
      currents: currents.subarray(from * columns, to * columns),
    });
  const first = ofSolves(1) < ofMatrix ? solved(0, Math.min(1, batch)) : NO_EFFORT;
  if (ofSolves(Math.max(1, first.iterations)) >= ofMatrix) {
    const { conductances } = reducer.reduce(array);
    multiply(voltages, conductances, array, currents);
    const otherFlops = ofSolves(Math.max(1, first.iterations));
    return { currents, how: 'effective-matrix', effort: first, flops: ofMatrix, otherFlops };
  }
  const rest = solved(Math.min(1, batch), batch);
  const effort = {
    solves: first.solves + rest.solves,
    iterations: first.iterations + rest.iterations,
    mostIterations: Math.max(first.mostIterations, rest.mostIterations),
  };
  const flops = ofSolves(effort.iterations / Math.max(1, effort.solves));
  return { currents, how: 'each-product', effort, flops, otherFlops: ofMatrix };
}

const NO_EFFORT: WireEffort = { solves: 0, iterations: 0, mostIterations: 0 };

/** `currents` = v G, `[B, columns]`, in float64. */
function multiply(
  voltages: Float64Array,
  conductances: Float64Array,
  { rows, columns }: WiredArray,
  currents: Float64Array,
): void {
  currents.fill(0);
  for (let item = 0; item < voltages.length / rows; item++) {
    for (let i = 0; i < rows; i++) {
      const volts = voltages[item * rows + i]!;
      for (let j = 0; j < columns; j++)
        currents[item * columns + j]! += volts * conductances[i * columns + j]!;
    }
  }
}
