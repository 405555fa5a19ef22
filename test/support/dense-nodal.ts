import type { WiredArray } from '../../src/device/wires/circuit.ts';

/**
 * The currents of an array with wires by the textbook: every node of every wire is an unknown, every resistor is stamped
 * into one matrix, which is eliminated directly. Slow and obvious; wires of 0 ohm are not for it.
 *
 * @param drivers Volts of the row drivers, `[rows]`.
 * @param grounds Volts of the column terminals, `[columns]`.
 */
export function denseNodal(
  { rows, columns, cells, wires }: WiredArray,
  drivers: readonly number[],
  grounds: readonly number[],
): { out: number[]; into: number[] } {
  const size = 2 * rows * columns;
  // Numbered cell by cell, no two joined nodes are further apart than this.
  const width = Math.max(2 * columns, 1);
  const matrix = Array.from({ length: size }, () => new Float64Array(width + 1));
  const fed = new Float64Array(size);
  const rowNode = (i: number, j: number) => 2 * (i * columns + j);
  const columnNode = (i: number, j: number) => 2 * (i * columns + j) + 1;
  /** A resistor between two nodes, in uS. */
  const between = (a: number, b: number, g: number) => {
    matrix[a]![0]! += g;
    matrix[b]![0]! += g;
    matrix[Math.min(a, b)]![Math.abs(a - b)]! -= g;
  };
  /** A resistor from a node to a fixed voltage. */
  const toSource = (a: number, volts: number, g: number) => {
    matrix[a]![0]! += g;
    fed[a]! += g * volts;
  };
  const microsiemens = (ohm: number) => 1e6 / ohm;
  const driver = microsiemens(wires.rowSegmentOhm + wires.rowTerminalOhm);
  const ground = microsiemens(wires.columnSegmentOhm + wires.columnTerminalOhm);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      between(rowNode(i, j), columnNode(i, j), cells[i * columns + j]!);
      if (j + 1 < columns) between(rowNode(i, j), rowNode(i, j + 1), microsiemens(wires.rowSegmentOhm));
      if (i + 1 < rows) between(columnNode(i, j), columnNode(i + 1, j), microsiemens(wires.columnSegmentOhm));
    }
  }
  const ends = wires.driver === 'both-ends' ? [0, columns - 1] : [0];
  for (let i = 0; i < rows; i++) for (const j of ends) toSource(rowNode(i, j), drivers[i]!, driver);
  for (let j = 0; j < columns; j++) toSource(columnNode(rows - 1, j), grounds[j]!, ground);
  const volts = eliminate(matrix, fed);
  return {
    out: grounds.map((volt, j) => ground * (volts[columnNode(rows - 1, j)]! - volt)),
    into: drivers.map((volt, i) => ends.reduce((sum, j) => sum + driver * (volts[rowNode(i, j)]! - volt), 0)),
  };
}

/** Solves a symmetric positive definite system in place: A = L D L', without pivots, A[i][i + k] being `upper[i][k]`. */
function eliminate(upper: Float64Array[], fed: Float64Array): Float64Array {
  const size = fed.length;
  for (let k = 0; k < size; k++) {
    const pivot = upper[k]!;
    const end = Math.min(pivot.length, size - k);
    for (let i = 1; i < end; i++) {
      const factor = pivot[i]! / pivot[0]!;
      if (factor === 0) continue;
      const line = upper[k + i]!;
      for (let j = i; j < end; j++) line[j - i]! -= factor * pivot[j]!;
      fed[k + i]! -= factor * fed[k]!;
    }
  }
  for (let k = size - 1; k >= 0; k--) {
    const line = upper[k]!;
    const end = Math.min(line.length, size - k);
    let sum = fed[k]!;
    for (let j = 1; j < end; j++) sum -= line[j]! * fed[k + j]!;
    fed[k] = sum / line[0]!;
  }
  return fed;
}
