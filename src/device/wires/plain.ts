import { EngineError } from '../../core/errors.ts';
import { checkWireJob } from './check.ts';
import {
  mostIterations,
  WIRE_TOLERANCE,
  type WiredArray,
  type WireEffort,
  type WireNumbers,
  type WireSolver,
  wireNumbers,
} from './circuit.ts';

/**
 * The plain twin of the wire kernel, equal to it in every bit: one right-hand side at a time, scalar by scalar.
 *
 * A wire is solved as a ladder. Let node k have conductance g_k to elsewhere and be fed the current b_k. Seen through the
 * resistance r towards node k, all that lies behind it is one conductance and one current:
 *
 *     A_k = g_k + A_(k+1) f_(k+1),   B_k = b_k + B_(k+1) f_(k+1),   f_k = 1 / (1 + r_k A_k)
 *
 * folded from the far end to the terminal of voltage e; then, from the terminal outwards, the voltages are
 *
 *     v_0 = (e + r_0 B_0) f_0,   v_(k+1) = (v_k + r B_(k+1)) f_(k+1)
 *
 * This is elimination of the tridiagonal system, written with resistances: nothing is subtracted, so nothing cancels, and a
 * resistance of 0 is an ordinary number. The factors f depend on the cells alone.
 *
 * Column wires without segments have one voltage, and only the sum of a residual along them means anything. How it lies on
 * the cells would be carried from step to step by numbers that the gradients choose without seeing it, and can grow until
 * its rounding is all that is left. So there r is laid anew as `P z`: on each cell its share of what the wire takes.
 */
export const plainWires: WireSolver = {
  solve(job) {
    checkWireJob('solve', job);
    const { array, side, voltages, currents, tolerance = WIRE_TOLERANCE } = job;
    const { rows, columns } = array;
    const [given, taken] = side === 'rows' ? [rows, columns] : [columns, rows];
    const ladders = createLadders(array);
    const effort = { solves: voltages.length / given, iterations: 0, mostIterations: 0 };
    for (let item = 0; item < effort.solves; item++) {
      const volts = voltages.subarray(item * given, (item + 1) * given);
      const out = currents.subarray(item * taken, (item + 1) * taken);
      const iterations = solveOne(ladders, array, side, volts, out, tolerance);
      effort.iterations += iterations;
      effort.mostIterations = Math.max(effort.mostIterations, iterations);
    }
    return effort satisfies WireEffort;
  },
};

interface Ladders {
  /** Adds the row wires' share of G (L_r + G)^-1 (...): `out` = g u, u the row wires fed the currents g w, driven by `volts`. */
  rowCurrents(w: Float64Array, volts: Float64Array | null, out: Float64Array): void;
  /** `out` = P^-1 b, the column wires fed the currents b, their terminals at `volts` (null: 0 V). */
  columnVoltages(b: Float64Array | null, volts: Float64Array | null, out: Float64Array): void;
  /** z = P^-1 r, and r as `P z` of it; returns r.z. */
  precondition(r: Float64Array, z: Float64Array): number;
}

function createLadders({ rows, columns, cells, wires }: WiredArray): Ladders {
  const numbers: WireNumbers = wireNumbers(wires);
  const { row, rowEnd, column, columnEnd, farDriver } = numbers;
  const rowFactors = new Float64Array(rows * columns);
  const columnFactors = new Float64Array(rows * columns);
  const behind = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    let a = farDriver;
    for (let j = columns - 1; j >= 0; j--) {
      const at = i * columns + j;
      a += cells[at]!;
      rowFactors[at] = 1 / (1 + (j > 0 ? row : rowEnd) * a);
      a *= rowFactors[at]!;
      behind[j]! += cells[at]!;
      columnFactors[at] = 1 / (1 + (i < rows - 1 ? column : columnEnd) * behind[j]!);
      behind[j]! *= columnFactors[at]!;
    }
  }
  const fed = new Float64Array(columns);
  const columnVoltages: Ladders['columnVoltages'] = (b, volts, out) => {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = i * columns + j;
        const above = i === 0 ? 0 : out[at - columns]! * columnFactors[at - columns]!;
        out[at] = above + (b === null ? 0 : b[at]!);
      }
    }
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = 0; j < columns; j++) {
        const at = i * columns + j;
        const below = i < rows - 1 ? out[at + columns]! : volts === null ? 0 : volts[j]!;
        out[at] = (below + (i < rows - 1 ? column : columnEnd) * out[at]!) * columnFactors[at]!;
      }
    }
  };
  return {
    columnVoltages,
    precondition(r, z) {
      columnVoltages(r, null, z);
      if (column === 0 && columnEnd > 0) {
        for (let at = 0; at < r.length; at++) {
          const end = at < (rows - 1) * columns ? 0 : 1 / columnEnd;
          r[at] = (cells[at]! + end) * z[at]!;
        }
      }
      return dotOfRows(r, z, rows, columns);
    },
    rowCurrents(w, volts, out) {
      for (let i = 0; i < rows; i++) {
        const from = i * columns;
        const e = volts === null ? 0 : volts[i]!;
        let b = e * farDriver;
        for (let j = columns - 1; j >= 0; j--) {
          b += cells[from + j]! * w[from + j]!;
          fed[j] = b;
          b *= rowFactors[from + j]!;
        }
        let u = e;
        for (let j = 0; j < columns; j++) {
          u = (u + (j > 0 ? row : rowEnd) * fed[j]!) * rowFactors[from + j]!;
          out[from + j] = cells[from + j]! * u;
        }
      }
    },
  };
}

/** One right-hand side. Returns the iterations. */
function solveOne(
  { rowCurrents, columnVoltages, precondition }: Ladders,
  array: WiredArray,
  side: 'rows' | 'columns',
  volts: Float64Array,
  out: Float64Array,
  tolerance: number,
): number {
  const { rows, columns, cells } = array;
  const size = rows * columns;
  const vector = () => new Float64Array(size);
  const [w, r, z, p, s, q] = [vector(), vector(), vector(), vector(), vector(), vector()];
  const drive = side === 'rows' ? volts : null;
  if (side === 'columns') columnVoltages(null, volts, w);
  rowCurrents(w, drive, r);
  const first = precondition(r, z);
  const limit = tolerance * tolerance * first;
  let squared = first;
  let beta = 0;
  let iterations = 0;
  if (!Number.isFinite(first)) throw notSolved('solve', array, first, iterations);
  while (squared > limit) {
    // s = P p is carried along with p, so that P is never applied: its conductances may be infinite.
    for (let at = 0; at < size; at++) {
      p[at] = z[at]! + beta * p[at]!;
      s[at] = r[at]! + beta * s[at]!;
    }
    rowCurrents(p, null, q);
    for (let at = 0; at < size; at++) q[at] = s[at]! - q[at]!;
    const alpha = squared / dotOfRows(p, q, rows, columns);
    for (let at = 0; at < size; at++) {
      w[at]! += alpha * p[at]!;
      r[at]! -= alpha * q[at]!;
    }
    const next = precondition(r, z);
    beta = next / squared;
    squared = next;
    iterations += 1;
    // A product below 0 is what rounding leaves where nothing more can be gained.
    if (!(Number.isFinite(squared) && squared >= -limit && iterations < mostIterations(array))) {
      throw notSolved('solve', array, Math.sqrt(Math.abs(squared) / first), iterations);
    }
  }
  rowCurrents(w, drive, q);
  out.fill(0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = i * columns + j;
      const current = q[at]! - cells[at]! * w[at]!;
      if (side === 'rows') out[j]! += current;
      else out[i]! -= current;
    }
  }
  return iterations;
}

/** The scalar product, row sums first, rows in order from the last: as the kernel's sweeps meet them. */
function dotOfRows(a: Float64Array, b: Float64Array, rows: number, columns: number): number {
  let sum = 0;
  for (let i = rows - 1; i >= 0; i--) {
    let ofRow = 0;
    for (let at = i * columns; at < (i + 1) * columns; at++) ofRow += a[at]! * b[at]!;
    sum += ofRow;
  }
  return sum;
}

export function notSolved(
  name: string,
  array: WiredArray,
  residual: number,
  iterations: number,
): EngineError {
  return new EngineError(
    name,
    `the currents through an array of ${array.rows} x ${array.columns} cells must be found to the tolerance, got a relative residual of ${residual.toPrecision(3)} after ${iterations} iterations; ask for less or check the resistances`,
  );
}
