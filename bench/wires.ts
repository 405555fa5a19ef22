import { performance } from 'node:perf_hooks';
import type { WiredArray } from '../src/device/wires/circuit.ts';
import { effectiveConductances } from '../src/device/wires/effective.ts';
import { plainWires } from '../src/device/wires/plain.ts';
import { createWireSolver } from '../src/device/wires/solver.ts';

/** Rows and columns. */
const SIZE = 256;
/** Resistance of a segment relative to that of the most conductive cell. */
const RATIO = 1e-3;

/** Milliseconds. */
export interface WireTimes {
  /** One product through the wires, by the kernel and by its plain twin. */
  readonly product: number;
  readonly plainProduct: number;
  /** All effective conductances, by the kernel, and that many products by it, one call each. */
  readonly effective: number;
  readonly products: number;
}

/** Times an array of 256 x 256 cells with wires of Rp/Rmin 1e-3, at the default tolerance; medians. */
export function benchWires(runs: number): WireTimes {
  const array = wiredArray(SIZE, RATIO);
  const solver = createWireSolver({ rows: SIZE, columns: SIZE });
  const voltages = Float64Array.from({ length: SIZE }, (_, row) => Math.sin(row + 1));
  const currents = new Float64Array(SIZE);
  const job = { array, side: 'rows', voltages, currents } as const;
  const times = { product: [] as number[], plainProduct: [] as number[] };
  for (let run = 0; run <= runs; run++) {
    const product = timed(() => solver.solve(job));
    const plainProduct = timed(() => plainWires.solve(job));
    if (run === 0) continue;
    times.product.push(product);
    times.plainProduct.push(plainProduct);
  }
  const product = median(times.product);
  return {
    product,
    plainProduct: median(times.plainProduct),
    effective: timed(() => effectiveConductances(solver, array)),
    products: SIZE * product,
  };
}

/** Cells of 0 to 1000 uS, evenly spread, and wires of `ratio` times 1 kilohm a cell. */
export function wiredArray(size: number, ratio: number): WiredArray {
  const phi = (Math.sqrt(5) - 1) / 2;
  const cells = Float64Array.from({ length: size * size }, (_, at) => 1000 * (((at + 1) * phi) % 1));
  const ohm = 1000 * ratio;
  const wires = {
    rowSegmentOhm: ohm,
    columnSegmentOhm: ohm,
    rowTerminalOhm: 0,
    columnTerminalOhm: 0,
    driver: 'one-end',
  } as const;
  return { rows: size, columns: size, cells, wires };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
