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

/**
 * Pairs to make, and how: writing alone; writing, drift and a read with the reference sums of compensation (`present`); or, of cells
 * that `keep` has written once, drift and a read with those sums (`age`: the pairs that the worker holds at most).
 */
export interface WriteWorkerJob {
  readonly what: 'write' | 'present' | 'keep' | 'age';
  readonly first: number;
  readonly pairs: number;
}

const { pairs, columns, gMax, written, aged } = workerData as WriteWorkerSetup;
const kernels = createKernels({ bytes: 7 * (4 * pairs + 64) });
const [targetPlus, targetMinus, out] = [0, 1, 2].map(() => kernels.allocate(pairs)) as [
  Float32Array,
  Float32Array,
  Float32Array,
];
const keptCells = () => ({ written: kernels.allocate(pairs), exponents: kernels.allocate(pairs) });
const keptPlus = keptCells();
const keptMinus = keptCells();
for (let i = 0; i < pairs; i++) {
  const weight = ((i * 0.7548776662) % 2) - 1;
  targetPlus[i] = gMax * Math.max(weight, 0);
  targetMinus[i] = gMax * Math.max(-weight, 0);
}
const scale = new Float32Array(columns).fill(1 / gMax);
const columnSums = new Float64Array(columns);

/** Layers of `pairs` weights, one after another, each with streams of its own: no more memory than one of them takes. */
parentPort!.on('message', ({ what, first, pairs: wanted }: WriteWorkerJob) => {
  if (what === 'keep') keep(first);
  else make(what, first, wanted);
  parentPort!.postMessage(what);
});

function keep(layer: number): void {
  const job = { laws: written, noiseScale: 1 };
  const streams = (cell: string) => cellStreams(1, `layer ${layer}`, cell, null);
  kernels.keepCells({ ...job, targets: targetPlus, streams: streams('plus'), out: keptPlus });
  kernels.keepCells({ ...job, targets: targetMinus, streams: streams('minus'), out: keptMinus });
}

function make(what: 'write' | 'present' | 'age', first: number, wanted: number): void {
  for (let done = 0, layer = first; done < wanted; layer++) {
    const rows = Math.min(pairs, wanted - done) / columns;
    const read = what === 'write' ? null : 0;
    kernels.effectiveWeights({
      laws: what === 'write' ? written : aged,
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
      ...(what === 'write' ? {} : { columnSums }),
      ...(what === 'age' ? { keptPlus, keptMinus } : {}),
    });
    done += rows * columns;
  }
}
parentPort!.postMessage(0);
