import { performance } from 'node:perf_hooks';
import { fillNormals } from '../src/core/normals.ts';
import { stream } from '../src/core/stream.ts';
import { tabulate } from '../src/core/table.ts';
import { cellStreams } from '../src/device/cell-streams.ts';
import { createKernels } from '../src/device/kernels.ts';
import type { CellLaws } from '../src/profile/cell-laws.ts';
import { wordsOfPhilox, wordsOfXoshiro, writePairsNaturally } from './writing-in-javascript.ts';

/** Writing pairs of phase-change cells and turning them into weights. Times are medians in milliseconds. */
export interface WritingBench {
  readonly name: string;
  /** The kernel, on arrays in its memory. */
  readonly ours: number;
  /** Ordinary JavaScript with `Math.log`, `Math.cos` and a fast sequential generator (xoshiro128**): the stronger rival. */
  readonly twin: number;
  /** twin / ours. */
  readonly ratio: number;
  /** The same JavaScript on Philox, which alone gives a cell the same draw in any order of work; ratio to ours. */
  readonly philoxTwin: number;
  readonly philoxRatio: number;
  /** Millions of cells written a second by the kernel, and with drift and a read. */
  readonly writtenMillions: number;
  readonly presentMillions: number;
  /** Millions of normal numbers a second. */
  readonly normalMillions: number;
  readonly runs: number;
}

const ROWS = 256;
const COLUMNS = 1024;
const CELLS = 2 * ROWS * COLUMNS;
const G_MAX = 25;
/** Polynomial of the writing std in x, microsiemens: phase-change memory as in `device-profiles/pcm-nandakumar-2019`. */
const WRITE_STD = [0.26348, 1.965, -1.1731] as const;

/** Times writing on this machine. The rivals take turns, so that a busy machine slows all alike. */
export function benchWriting({ runs }: { runs: number } = { runs: 21 }): WritingBench {
  const kernels = createKernels({ bytes: 4 * 4 * ROWS * COLUMNS });
  const targetPlus = kernels.allocate(ROWS * COLUMNS);
  const targetMinus = kernels.allocate(ROWS * COLUMNS);
  const out = kernels.allocate(ROWS * COLUMNS);
  fillTargets(targetPlus, targetMinus);
  const scale = new Float32Array(COLUMNS).fill(1 / G_MAX);
  const layer = { targetPlus, targetMinus, columns: COLUMNS, fromRow: 0, toRow: ROWS, scale, gain: 1, out };
  const draws = {
    noiseScale: 1,
    plus: cellStreams(1, 'bench', 'plus', 0),
    minus: cellStreams(1, 'bench', 'minus', 0),
  };
  const naturally = { targetPlus, targetMinus, scale, out, gMax: G_MAX, std: WRITE_STD };
  const philox = wordsOfPhilox(1);
  const xoshiro = wordsOfXoshiro(1);
  const normals = new Float32Array(CELLS);
  const place = stream(1, 'bench');
  const times = inTurns(runs, [
    () => kernels.effectiveWeights({ ...layer, ...draws, laws: WRITING }),
    () => writePairsNaturally({ ...naturally, word: xoshiro }),
    () => writePairsNaturally({ ...naturally, word: philox }),
    () => kernels.effectiveWeights({ ...layer, ...draws, laws: ALL }),
    () => fillNormals(place, normals),
  ]);
  const [ours = NaN, twin = NaN, philoxTwin = NaN, present = NaN, normal = NaN] = times;
  return {
    name: 'writing pairs',
    ours,
    twin,
    ratio: twin / ours,
    philoxTwin,
    philoxRatio: philoxTwin / ours,
    writtenMillions: CELLS / ours / 1000,
    presentMillions: CELLS / present / 1000,
    normalMillions: CELLS / normal / 1000,
    runs,
  };
}

const WRITING: CellLaws = {
  gMinMicrosiemens: 0,
  gMaxMicrosiemens: G_MAX,
  clamp: 'zero',
  writeStd: tabulate((x) => WRITE_STD[0] + x * (WRITE_STD[1] + x * WRITE_STD[2])),
  writeMeanShift: null,
  driftExponentMean: null,
  driftExponentStd: null,
  driftLog: 0,
  readStd: null,
  cellVariation: 0,
  telegraphProbability: null,
  telegraphAmplitude: null,
};

const ALL: CellLaws = {
  ...WRITING,
  driftExponentMean: tabulate(() => 0.05),
  driftExponentStd: tabulate(() => 0.01),
  driftLog: 8,
  readStd: tabulate(() => 0.05),
};

function fillTargets(plus: Float32Array, minus: Float32Array): void {
  for (let i = 0; i < plus.length; i++) {
    const weight = ((i * 0.7548776662) % 2) - 1;
    plus[i] = G_MAX * Math.max(weight, 0);
    minus[i] = G_MAX * Math.max(-weight, 0);
  }
}

/** The median time of each job in milliseconds, after one run to warm up. */
function inTurns(runs: number, jobs: readonly (() => void)[]): number[] {
  const times = jobs.map((): number[] => []);
  for (let run = 0; run <= runs; run++) {
    jobs.forEach((job, index) => {
      const start = performance.now();
      job();
      if (run > 0) times[index]!.push(performance.now() - start);
    });
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN);
}
