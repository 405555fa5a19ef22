/**
 * The resistances of an array's wires. Row wires carry inputs: a driver holds its voltage behind the terminal resistance at
 * the first column (and, with `both-ends`, at the last one too). Column wires carry outputs: each ends, after the last row, in
 * its terminal resistance and a virtual ground, where its current is measured. One segment lies between neighbouring
 * cells, one between each terminal and its nearest cell, on every wire:
 *
 *     driver - rowTerminal - rowSegment - cell 0 - rowSegment - cell 1 - ...
 *     cell 0 - columnSegment - cell 1 - ... - cell R-1 - columnSegment - columnTerminal - virtual ground
 *
 * A cell is a linear conductance between its row wire and its column wire. Any resistance may be 0.
 */
export interface WireResistances {
  /** Of a row wire, ohm a cell. */
  readonly rowSegmentOhm: number;
  /** Of a column wire, ohm a cell. */
  readonly columnSegmentOhm: number;
  /** Between a driver and its row wire, ohm. */
  readonly rowTerminalOhm: number;
  /** Between a column wire and its virtual ground, ohm. */
  readonly columnTerminalOhm: number;
  /** Where row wires are driven: at the first column, or at both ends by drivers of the same voltage. */
  readonly driver: 'one-end' | 'both-ends';
}

/** One array of cells and its wires. */
export interface WiredArray {
  readonly rows: number;
  readonly columns: number;
  /** Conductances `[rows, columns]`, microsiemens, finite and not negative. */
  readonly cells: Float32Array | Float64Array;
  readonly wires: WireResistances;
}

/**
 * Currents for voltages. Of a batch of B:
 * - `rows`: the voltages are those of the row drivers `[B, rows]`, the currents those out of the columns `[B, columns]`;
 * - `columns`: the voltages stand at the column terminals `[B, columns]`, the drivers hold 0 V and take the currents
 *   `[B, rows]`. By reciprocity that is the transposed product, with the same wires.
 */
export interface WireJob {
  readonly array: WiredArray;
  readonly side: 'rows' | 'columns';
  /** Volts. */
  readonly voltages: Float64Array;
  /** Microamperes. */
  readonly currents: Float64Array;
  /** Stops at a residual, relative to its first value, of at most so much; see `WireSolver`. Default `WIRE_TOLERANCE`. */
  readonly tolerance?: number;
}

/** What solving took. */
export interface WireEffort {
  readonly solves: number;
  /** Iterations of all solves together, and of the longest. */
  readonly iterations: number;
  readonly mostIterations: number;
}

/**
 * Solves the nodal equations of arrays with wires, in float64. With u the voltages of the row wires at the cells, w those of
 * the column wires, G the cells, L_r and L_c the Laplacians of the wires with their terminals, b what the terminals feed in:
 *
 *     (L_r + G) u - G w = b_r,    (L_c + G) w - G u = b_c
 *
 * u is eliminated exactly, wire by wire; what is left for w, (P - K) w = ..., P = L_c + G, K = G (L_r + G)^-1 G, is symmetric
 * and positive definite, and is solved by conjugate gradients preconditioned by P, which again is solved exactly wire by
 * wire. It stops where sqrt(r' P^-1 r), r the residual, is at most `tolerance` of its first value. Eliminating one half of
 * the unknowns halves the iterations that block-preconditioned gradients on all 2 R C nodes take, and changes nothing else.
 */
export interface WireSolver {
  /** @throws RangeError for what does not fit together; EngineError if the residual does not fall as asked. */
  solve(job: WireJob): WireEffort;
}

/** The relative residual that stops a solve: currents are then right to about 1e-9 of the largest. */
export const WIRE_TOLERANCE = 1e-10;

/** Conjugate gradients that took so many iterations have failed; ordinary arrays take 3 to 100. */
export function mostIterations({ rows, columns }: WiredArray): number {
  return 1000 + 10 * (rows + columns);
}

/** The resistances in megohm, 1/uS, so that times a conductance in uS they are plain numbers; see the twins. */
export interface WireNumbers {
  readonly row: number;
  readonly rowEnd: number;
  readonly column: number;
  readonly columnEnd: number;
  /** Conductance of the driver at the far end; 0 where there is none. */
  readonly farDriver: number;
}

export function wireNumbers(wires: WireResistances): WireNumbers {
  const row = wires.rowSegmentOhm / 1e6;
  const rowEnd = (wires.rowSegmentOhm + wires.rowTerminalOhm) / 1e6;
  return {
    row,
    rowEnd,
    column: wires.columnSegmentOhm / 1e6,
    columnEnd: (wires.columnSegmentOhm + wires.columnTerminalOhm) / 1e6,
    // Wires without resistance hold their driver's voltage, wherever it stands.
    farDriver: wires.driver === 'both-ends' && rowEnd > 0 ? 1 / rowEnd : 0,
  };
}

/** Whether the wires change nothing: the currents are the plain product. */
export function areIdeal(wires: WireResistances): boolean {
  const { rowSegmentOhm, columnSegmentOhm, rowTerminalOhm, columnTerminalOhm } = wires;
  return [rowSegmentOhm, columnSegmentOhm, rowTerminalOhm, columnTerminalOhm].every((ohm) => ohm === 0);
}
