import { parentPort, workerData } from 'node:worker_threads';
import { cellStreams } from '../src/device/cell-streams.ts';
import { createKernels } from '../src/device/kernels.ts';
import type { CellLaws } from '../src/profile/cell-laws.ts';

/** What one worker holds: pairs of a layer of `columns` columns, and the laws at the two moments it can be asked for. */
export interface WriteWorkerSetup {
  readonly pairs: number;
  readonly columns: number;
  readonly gMax: number;
  readonly written: CellLaws;
  readonly aged: CellLaws;
}

/** Pairs to make, and how: writing alone, or writing, drift and a read with the reference sums of compensation. */
export interface WriteWorkerJob {
  readonly what: 'write' | 'present';
  readonly first: number;
  readonly pairs: number;
}

const { pairs, columns, gMax, written, aged } = workerData as WriteWorkerSetup;
const kernels = createKernels({ bytes: 3 * (4 * pairs + 64) });
const [targetPlus, targetMinus, out] = [0, 1, 2].map(() => kernels.allocate(pairs)) as [
  Float32Array,
  Float32Array,
  Float32Array,
];
for (let i = 0; i < pairs; i++) {
  const weight = ((i * 0.7548776662) % 2) - 1;
  targetPlus[i] = gMax * Math.max(weight, 0);
  targetMinus[i] = gMax * Math.max(-weight, 0);
}
const scale = new Float32Array(columns).fill(1 / gMax);
const columnSums = new Float64Array(columns);

/** Layers of `pairs` weights, one after another, each with streams of its own: no more memory than one of them takes. */
parentPort!.on('message', ({ what, first, pairs: wanted }: WriteWorkerJob) => {
  for (let done = 0, layer = first; done < wanted; layer++) {
    const rows = Math.min(pairs, wanted - done) / columns;
    const read = what === 'present' ? 0 : null;
    kernels.effectiveWeights({
      laws: what === 'present' ? aged : written,
      noiseScale: 1,
      plus: cellStreams(1, `layer ${layer}`, 'plus', read),
      minus: cellStreams(1, `layer ${layer}`, 'minus', read),
      targetPlus,
      targetMinus,
      columns,
      fromRow: 0,
      toRow: rows,
      scale,
      gain: 1,
      out: out.subarray(0, rows * columns),
      ...(what === 'present' ? { columnSums } : {}),
    });
    done += rows * columns;
  }
  parentPort!.postMessage(process.memoryUsage.rss());
});
parentPort!.postMessage(0);
