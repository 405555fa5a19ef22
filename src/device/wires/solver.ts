import { compileWasm, instantiateWasm, type WasmModule, wasmMemory } from '../../core/wasm.ts';
import { checkWireJob } from './check.ts';
import { mostIterations, WIRE_TOLERANCE, type WiredArray, type WireSolver, wireNumbers } from './circuit.ts';
import { KERNELS_WASM } from './kernels-wasm.ts';
import { notSolved } from './plain.ts';

interface Exports {
  place(base: number, rows: number, columns: number): number;
  cellsAt(): number;
  rowVoltsAt(): number;
  columnVoltsAt(): number;
  currentsAt(): number;
  factor(row: number, rowEnd: number, column: number, columnEnd: number, farDriver: number): void;
  solve(transposed: number, tolerance: number, most: number): number;
  iterationsOf(lane: number): number;
  residualOf(lane: number): number;
}

/** Right-hand sides that the kernel solves at a time. */
export const LANES = 2;

/** Room for what the module holds itself, far less than this. */
const MODULE_BYTES = 2 ** 16;

let compiled: WasmModule | undefined;

/**
 * Makes the wire kernel, compiled from `assembly/`, for arrays of at most that size: it takes 120 bytes a cell. It gives the
 * bits of its plain twin, `plainWires`.
 *
 * @throws RangeError beyond 4 GiB (35 million cells); EngineError without WebAssembly SIMD or memory
 */
export function createWireSolver({ rows, columns }: { rows: number; columns: number }): WireSolver {
  compiled ??= compileWasm('wire kernel', KERNELS_WASM);
  // One row more than the array has, as the kernel takes rows two by two, and some numbers a wire.
  const bytes = MODULE_BYTES + 120 * (rows + 1) * columns + 5 * 16 * (Math.max(rows, columns) + 2) + 64;
  const memory = wasmMemory('createWireSolver', bytes);
  const wasm = instantiateWasm<Exports>(compiled, memory);
  return {
    solve(job) {
      checkWireJob('solve', job);
      const { array, side, voltages, currents, tolerance = WIRE_TOLERANCE } = job;
      const { rows, columns } = array;
      const [given, taken] = side === 'rows' ? [rows, columns] : [columns, rows];
      place(wasm, memory.buffer, array);
      const voltsAt = side === 'rows' ? wasm.rowVoltsAt() : wasm.columnVoltsAt();
      const volts = new Float64Array(memory.buffer, voltsAt, LANES * given);
      const out = new Float64Array(memory.buffer, wasm.currentsAt(), LANES * taken);
      const solves = voltages.length / given;
      let iterations = 0;
      let longest = 0;
      for (let item = 0; item < solves; item += LANES) {
        const lanes = Math.min(LANES, solves - item);
        volts.fill(0);
        for (let lane = 0; lane < lanes; lane++) {
          for (let k = 0; k < given; k++) volts[k * LANES + lane] = voltages[(item + lane) * given + k]!;
        }
        const solved = wasm.solve(side === 'rows' ? 0 : 1, tolerance, mostIterations(array));
        if (solved === 0) {
          const residual = Math.sqrt(Math.max(wasm.residualOf(0), wasm.residualOf(1)));
          throw notSolved('solve', array, residual, Math.max(wasm.iterationsOf(0), wasm.iterationsOf(1)));
        }
        for (let lane = 0; lane < lanes; lane++) {
          const taking = wasm.iterationsOf(lane);
          iterations += taking;
          longest = Math.max(longest, taking);
          for (let k = 0; k < taken; k++) currents[(item + lane) * taken + k] = out[k * LANES + lane]!;
        }
      }
      return { solves, iterations, mostIterations: longest };
    },
  };
}

/** Lays the array into the memory and makes its factors. @throws RangeError if there is no room */
function place(wasm: Exports, buffer: ArrayBuffer, { rows, columns, cells, wires }: WiredArray): void {
  const end = wasm.place(MODULE_BYTES, rows, columns);
  if (end > buffer.byteLength) {
    throw new RangeError(
      `solve: an array of ${rows} x ${columns} cells must fit into the solver's memory, got ${buffer.byteLength} bytes; create the solver for a larger one`,
    );
  }
  new Float64Array(buffer, wasm.cellsAt(), rows * columns).set(cells);
  const { row, rowEnd, column, columnEnd, farDriver } = wireNumbers(wires);
  wasm.factor(row, rowEnd, column, columnEnd, farDriver);
}
