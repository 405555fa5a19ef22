import type { WiredArray, WireResistances } from './circuit.ts';
import type { ArrayReducer } from './effective.ts';

/** One kind of cell of an array, microsiemens. */
export interface CellKind {
  /** `[rows, columns]`, a cell a weight; of zero-point cells `[rows]`, one for the whole row. */
  readonly cells: Float32Array;
  readonly isShared: boolean;
}

/** An array of several kinds of cells on common row wires. */
export interface MixedArray {
  readonly rows: number;
  /** Weights a row. */
  readonly columns: number;
  readonly kinds: readonly CellKind[];
  readonly wires: WireResistances;
}

/**
 * The effective conductances of each kind of cell, shaped as its cells. The cells of a weight lie side by side on their row
 * wire, each on a column wire of its own; the columns of zero-point cells come last, away from the driver.
 *
 * @throws RangeError for what does not fit together; EngineError without room for them
 */
export function effectiveCells(
  reducer: ArrayReducer,
  array: MixedArray,
): { readonly seen: readonly Float64Array[]; readonly flops: number } {
  const { rows, columns, kinds, wires } = array;
  const own = kinds.filter(({ isShared }) => !isShared).length;
  const width = own * columns + kinds.length - own;
  const together = new Float32Array(rows * width);
  /** The columns of a kind: its first, how far it is to the next, and how many. */
  const places: { first: number; step: number; count: number }[] = [];
  let [ownBefore, sharedBefore] = [0, 0];
  for (const { cells, isShared } of kinds) {
    const place = isShared
      ? { first: own * columns + sharedBefore++, step: 0, count: 1 }
      : { first: ownBefore++, step: own, count: columns };
    if (cells.length !== rows * place.count) {
      throw new RangeError(
        `effectiveCells: cells must be [${rows}, ${place.count}], got ${cells.length} numbers; cut it to fit`,
      );
    }
    places.push(place);
    visit(place, rows, width, (at, inArray) => {
      together[inArray] = cells[at]!;
    });
  }
  const whole: WiredArray = { rows, columns: width, cells: together, wires };
  const { conductances, flops } = reducer.reduce(whole);
  const seen = places.map((place) => {
    const values = new Float64Array(rows * place.count);
    visit(place, rows, width, (at, inArray) => {
      values[at] = conductances[inArray]!;
    });
    return values;
  });
  return { seen, flops };
}

function visit(
  { first, step, count }: { readonly first: number; readonly step: number; readonly count: number },
  rows: number,
  width: number,
  each: (at: number, inArray: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < count; column++) {
      each(row * count + column, row * width + first + column * step);
    }
  }
}
