import { performance } from 'node:perf_hooks';
import type { WiredArray, WireJob } from '../src/device/wires/circuit.ts';
import { createArrayReducer } from '../src/device/wires/effective.ts';
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
  /** All effective conductances, by elimination, and by a product for each row. */
  readonly effective: number;
  readonly products: number;
}

/** Times an array of 256 x 256 cells with wires of Rp/Rmin 1e-3, products at the default tolerance; medians. */
export function benchWires(runs: number): WireTimes {
  const array = wiredArray(SIZE, RATIO);
  const solver = createWireSolver({ rows: SIZE, columns: SIZE });
  const voltages = Float64Array.from({ length: SIZE }, (_, row) => Math.sin(row + 1));
  const currents = new Float64Array(SIZE);
  const job = { array, side: 'rows', voltages, currents } as const;
  const reducer = createArrayReducer();
  const times = { product: [] as number[], plainProduct: [] as number[], effective: [] as number[] };
  for (let run = 0; run <= runs; run++) {
    const product = timed(() => solver.solve(job));
    const plainProduct = timed(() => plainWires.solve(job));
    const effective = timed(() => reducer.reduce(array));
    if (run === 0) continue;
    times.product.push(product);
    times.plainProduct.push(plainProduct);
    times.effective.push(effective);
  }
  return {
    product: median(times.product),
    plainProduct: median(times.plainProduct),
    effective: median(times.effective),
    products: timed(() => solver.solve(eachRow(array))),
  };
}

/** 1 V on each row in turn. */
function eachRow(array: WiredArray): WireJob {
  const { rows, columns } = array;
  const voltages = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++) voltages[row * rows + row] = 1;
  return { array, side: 'rows', voltages, currents: new Float64Array(rows * columns) };
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
