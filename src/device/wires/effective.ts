import {
  compileWasm,
  instantiateWasm,
  type WasmMemory,
  type WasmModule,
  wasmMemory,
} from '../../core/wasm.ts';
import { checkWiredArray } from './check.ts';
import { areIdeal, type WiredArray, wireNumbers } from './circuit.ts';
import { type DissectionCost, dissectionCost } from './dissection-cost.ts';
import { KERNELS_WASM } from './kernels-wasm.ts';

/** The conductances of an array as its terminals see them. */
export interface EffectiveConductances {
  /** `[rows, columns]`, microsiemens. */
  readonly conductances: Float64Array;
  /** Floating-point operations that it took. */
  readonly flops: number;
}

/** Makes effective conductances. It keeps its memory for the next array, and gives the same bits whatever it was asked for before. */
export interface ArrayReducer {
  /**
   * The effective conductances of an array with wires: I = G_eff' v for any row voltages v, as the circuit is linear. They are
   * those of the present cells: once a cell changes, all of them may have.
   *
   * @throws RangeError for what no array has, or an array that takes more than 4 GiB; EngineError without room for it
   */
  reduce(array: WiredArray): EffectiveConductances;
}

type WireConductances = [row: number, rowEnd: number, column: number, columnEnd: number, farDriver: number];

interface Exports {
  setNetwork(cellsAt: number, rows: number, columns: number, ...conductances: WireConductances): void;
  reduce(freeAt: number): void;
}

/** Room for what the module holds itself, far less than this. */
const MODULE_BYTES = 2 ** 16;

let compiled: WasmModule | undefined;

/**
 * Makes the kernel, compiled from `assembly/`, that solves all products of an array at once: every node that is no terminal is
 * eliminated by the star-mesh transform, a node k of conductances g_kj to others leaving
 *
 *     g_ij += g_ki g_kj / sum over j of g_kj
 *
 * between its neighbours; at the end resistors lead from drivers to grounds, and these are G_eff. The order is that of
 * nested dissection (A. George, SIAM J. Numer. Anal. 10, 345, 1973): the array is cut in two again and again, the nodes of
 * each cut going after those on its sides, so that n x n cells take about 32 n^3 operations, whatever the resistances. As in the
 * elimination of Markov chains (Grassmann, Taksar, Heyman, Oper. Res. 33, 1107, 1985) no two numbers are ever subtracted: each
 * conductance, the smallest too, is right to about 1e-13 of itself.
 *
 * A resistance of less than 1e-16 n^-2 of the most conductive cell's, n being the cells on the wire, is taken as that: all of its
 * segments together lose less than float64 resolves.
 */
export function createArrayReducer(): ArrayReducer {
  compiled ??= compileWasm('wire kernel', KERNELS_WASM);
  const module = compiled;
  const costs = new Map<string, DissectionCost>();
  let memory: WasmMemory | undefined;
  let wasm: Exports | undefined;
  return {
    reduce(array) {
      checkWiredArray('reduce', array);
      const { rows, columns, cells, wires } = array;
      if (areIdeal(wires)) return { conductances: Float64Array.from(cells), flops: 0 };
      const key = `${rows} ${columns} ${wires.driver}`;
      const cost = costs.get(key) ?? dissectionCost(array);
      costs.set(key, cost);
      const freeAt = MODULE_BYTES + 16 * Math.ceil((rows * columns) / 2);
      if (memory === undefined || wasm === undefined || memory.buffer.byteLength < freeAt + cost.bytes) {
        memory = wasmMemory('createArrayReducer', freeAt + cost.bytes);
        wasm = instantiateWasm<Exports>(module, memory);
      }
      const unit = largestOf(cells);
      const network = new Float64Array(memory.buffer, MODULE_BYTES, rows * columns);
      for (let at = 0; at < network.length; at++) network[at] = cells[at]! / unit;
      wasm.setNetwork(MODULE_BYTES, rows, columns, ...conductancesOf(array, unit));
      wasm.reduce(freeAt);
      for (let at = 0; at < network.length; at++) network[at]! *= unit;
      return { conductances: network.slice(), flops: cost.flops };
    },
  };
}

/** Conductances of the segments and ends of wires, relative to `unit` microsiemens. */
function conductancesOf({ rows, columns, wires }: WiredArray, unit: number): WireConductances {
  const { row, rowEnd, column, columnEnd } = wireNumbers(wires);
  const of = (megohm: number, cells: number) => 1 / Math.max(megohm * unit, 1e-16 / cells ** 2);
  const driver = of(rowEnd, columns);
  const far = wires.driver === 'both-ends' ? driver : 0;
  return [of(row, columns), driver, of(column, rows), of(columnEnd, rows), far];
}

/** The largest conductance; 1 where all are 0. */
function largestOf(cells: WiredArray['cells']): number {
  let most = 0;
  for (const g of cells) most = Math.max(most, g);
  return most || 1;
}
