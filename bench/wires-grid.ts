import { performance } from 'node:perf_hooks';
import { createWireSolver } from '../src/device/wires/solver.ts';
import { wiredArray } from './wires.ts';

/**
 * `npm run build && node build/bench/wires-grid.js`: one product through arrays of 16 to 512 rows and columns with Rp/Rmin of
 * 1e-6 to 1, at the default tolerance: iterations and milliseconds. It fails where a solve does not converge, or where no
 * current comes out of a column that is driven.
 */
const SIZES = [16, 32, 64, 128, 256, 512];
const RATIOS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

const solver = createWireSolver({ rows: 512, columns: 512 });
console.log(['cells', ...RATIOS.map((ratio) => `Rp/Rmin ${ratio}`)].map((cell) => cell.padEnd(16)).join(''));
for (const size of SIZES) {
  const cells = RATIOS.map((ratio) => {
    const array = wiredArray(size, ratio);
    const currents = new Float64Array(size);
    const job = { array, side: 'rows', voltages: new Float64Array(size).fill(0.2), currents } as const;
    const start = performance.now();
    const { iterations } = solver.solve(job);
    const time = performance.now() - start;
    const wrong = currents.findIndex((current) => !(current > 0 && Number.isFinite(current)));
    if (wrong >= 0) throw new Error(`${size}, ${ratio}: column ${wrong} gives ${currents[wrong]}`);
    return `${iterations} (${time.toFixed(time < 10 ? 1 : 0)} ms)`;
  });
  console.log([`${size} x ${size}`, ...cells].map((cell) => cell.padEnd(16)).join(''));
}
