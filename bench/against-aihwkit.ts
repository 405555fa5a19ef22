import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/core/paths.ts';
import { median } from '../src/core/statistics.ts';
import { pairedRow } from './paired-times.ts';
import { startRival } from './rival.ts';
import { COLUMNS, startWritePool } from './write-pool.ts';

/**
 * `node build/bench/against-aihwkit.js --python PATH`: writing, and ageing by a year with one read, of phase-change pairs of
 * one layer of 768 x 3072 against aihwkit's noise model alone and its whole tiles, in turns; then growth by the number of weights and of
 * workers, and the memory that 303 million weights (the linear layers of RoBERTa-large) take.
 *
 * Of aihwkit's two tiles, the one in C++ is what its `InferenceRPUConfig` makes; the one in PyTorch (`TorchInferenceRPUConfig`) is faster.
 *
 * Ageing begins, as aihwkit's does, at written cells and their drift exponents that are kept; the rows "drawn again" begin at the
 * targets each time, as chips do that there is no memory to keep.
 */
const ROWS = 768;
const YEAR = 365 * 86_400;
/** Layers of a turn, so that what it takes to wake threads is not what is compared. */
const LAYERS = 10;

/** Before each turn, in milliseconds: OpenMP's threads wait for more work in a busy loop, and would take a core from the other's turn. */
const REST = 50;

/** Weights of the growth table, in millions, and how often each is timed in a round. */
const SIZES = [
  [1, 9],
  [3, 5],
  [10, 3],
  [30, 1],
  [100, 1],
  [303, 1],
] as const;

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '15' },
    workers: { type: 'string', default: String(cpus().length) },
    profile: { type: 'string', default: 'pcm-nandakumar-2019' },
  },
});
const workers = Number(options.workers);
const rounds = Number(options.rounds);
console.log(`${cpus()[0]?.model}, ${workers} threads, Node ${process.version}; ${options.profile}\n`);
if (options.python !== undefined) await againstRival(options.python);
await growth();

async function againstRival(python: string): Promise<void> {
  const peer = join(packageRoot(), 'bench', 'peers', 'noise-aihwkit.py');
  const rival = await startRival(python, [peer, String(ROWS), String(COLUMNS), String(workers)]);
  const pool = await startWritePool(options.profile!, workers, YEAR);
  await pool.run('keep', ROWS * COLUMNS);
  console.log(
    `${ROWS} x ${COLUMNS} weights, ${LAYERS} times a turn, against ${rival.versions}; medians of ${rounds} rounds`,
  );
  console.log(
    'job'.padEnd(34) + 'holdfast'.padStart(11) + 'aihwkit'.padStart(11) + 'faster [95 %]'.padStart(22),
  );
  for (const [name, what, job] of [
    ['writing, noise model alone', 'write', 'noise-write'],
    ['writing, whole tile', 'write', 'tile-write'],
    ['writing, whole tile in PyTorch', 'write', 'torch-write'],
    ['ageing and a read, noise model', 'age', 'noise-read'],
    ['ageing and a read, whole tile', 'age', 'tile-read'],
    ['ageing, whole tile in PyTorch', 'age', 'torch-read'],
    ['the same drawn again, noise model', 'present', 'noise-read'],
    ['the same drawn again, whole tile', 'present', 'tile-read'],
    ['drawn again, tile in PyTorch', 'present', 'torch-read'],
  ] as const) {
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      await setTimeout(REST);
      const ours = (await timed(() => pool.run(what, LAYERS * ROWS * COLUMNS))) / LAYERS;
      await setTimeout(REST);
      let theirs = 0;
      for (let layer = 0; layer < LAYERS; layer++) theirs += (await rival.run(job)) / LAYERS;
      if (round > 0) {
        times.ours.push(ours);
        times.theirs.push(theirs);
      }
    }
    console.log(pairedRow(name, times));
  }
  rival.end();
  await pool.end();
}

/**
 * All sizes take turns, round by round, on threads that have worked for a second: of a fresh thread the first runs go by code that V8
 * has not optimised yet, and touch memory for the first time, which makes 1 M weights seem slower than 10 M.
 */
async function growth(): Promise<void> {
  const pool = await startWritePool(options.profile!, workers, YEAR);
  const wanted = (millions: number) => Math.ceil((millions * 1e6) / COLUMNS / 2) * COLUMNS * 2;
  const whats = ['write', 'present'] as const;
  const times = new Map<string, number[]>(
    whats.flatMap((what) => SIZES.map(([size]) => [`${what} ${size}`, [] as number[]] as const)),
  );
  const start = performance.now();
  while (performance.now() - start < 1000) for (const what of whats) await pool.run(what, wanted(1));
  for (let round = 0; round < 7; round++) {
    for (const what of whats) {
      for (const [size, runs] of SIZES) {
        for (let run = 0; run < runs; run++) {
          times.get(`${what} ${size}`)!.push(await timed(() => pool.run(what, wanted(size))));
        }
      }
    }
  }
  /** Millions of weights a second. */
  const rate = (what: string, size: number) => wanted(size) / median(times.get(`${what} ${size}`)!) / 1000;
  console.log(
    '\nweights, millions'.padEnd(35) +
      'writing, M/s'.padStart(14) +
      'with drift and a read, M/s'.padStart(28),
  );
  for (const [size] of SIZES) {
    const [written, presented] = whats.map((what) => rate(what, size).toFixed(0)) as [string, string];
    console.log(String(size).padEnd(34) + written.padStart(14) + presented.padStart(28));
  }
  const off = whats.map((what) => {
    const last = rate(what, 303);
    return 100 * Math.max(...SIZES.map(([size]) => Math.abs(last / rate(what, size) - 1)));
  });
  console.log(
    `time a weight differs from that of 303 M by at most ${off[0]!.toFixed(0)} % (writing), ${off[1]!.toFixed(0)} % (all)`,
  );
  console.log(`most memory held: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await pool.end();
  const one = await startWritePool(options.profile!, 1, YEAR);
  const pairs = ROWS * COLUMNS * 8;
  const many = await startWritePool(options.profile!, workers, YEAR);
  const shared = { one: [] as number[], many: [] as number[] };
  for (let run = 0; run < 8; run++) {
    const alone = await timed(() => one.run('present', pairs));
    const together = await timed(() => many.run('present', pairs));
    if (run === 0) continue;
    shared.one.push(alone);
    shared.many.push(together);
  }
  console.log(
    `${workers} workers against 1: ${(median(shared.one) / median(shared.many)).toFixed(2)} times as fast`,
  );
  await one.end();
  await many.end();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
