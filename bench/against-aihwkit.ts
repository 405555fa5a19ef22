import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/core/paths.ts';
import { median } from '../src/core/statistics.ts';
import { pairedRow } from './paired-times.ts';
import { startRival } from './rival.ts';
import { COLUMNS, startWritePool } from './write-pool.ts';

/**
 * `node build/bench/against-aihwkit.js --python PATH`: writing, and ageing by a year with one read, of phase-change pairs of
 * one layer of 768 x 3072 against aihwkit's noise model alone and its whole tile, in turns; then growth by the number of weights and of
 * workers, and the memory that 303 million weights (the linear layers of RoBERTa-large) take.
 *
 * Ageing begins, as aihwkit's does, at written cells and their drift exponents that are kept; the rows "drawn again" begin at the
 * targets each time, as chips do that there is no memory to keep.
 */
const ROWS = 768;
const YEAR = 365 * 86_400;

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
  console.log(`${ROWS} x ${COLUMNS} weights against ${rival.versions}; medians of ${rounds} rounds`);
  console.log(
    'job'.padEnd(34) + 'holdfast'.padStart(11) + 'aihwkit'.padStart(11) + 'faster [95 %]'.padStart(22),
  );
  for (const [name, what, job] of [
    ['writing, noise model alone', 'write', 'noise-write'],
    ['writing, whole tile', 'write', 'tile-write'],
    ['ageing and a read, noise model', 'age', 'noise-read'],
    ['ageing and a read, whole tile', 'age', 'tile-read'],
    ['the same drawn again, noise model', 'present', 'noise-read'],
    ['the same drawn again, whole tile', 'present', 'tile-read'],
  ] as const) {
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      const ours = await timed(() => pool.run(what, ROWS * COLUMNS));
      const theirs = await rival.run(job);
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

async function growth(): Promise<void> {
  const pool = await startWritePool(options.profile!, workers, YEAR);
  const rates = new Map<string, number>();
  console.log(
    '\nweights, millions'.padEnd(35) +
      'writing, M/s'.padStart(14) +
      'with drift and a read, M/s'.padStart(28),
  );
  for (const millions of [1, 3, 10, 30, 100, 303]) {
    const pairs = Math.ceil((millions * 1e6) / COLUMNS / 2) * COLUMNS * 2;
    const row = [];
    for (const what of ['write', 'present'] as const) {
      const times = [];
      for (let run = 0; run < (millions > 30 ? 2 : 7); run++)
        times.push(await timed(() => pool.run(what, pairs)));
      row.push(pairs / median(times) / 1000);
    }
    rates.set(String(millions), row[0]!);
    console.log(
      String(millions).padEnd(34) + row[0]!.toFixed(0).padStart(14) + row[1]!.toFixed(0).padStart(28),
    );
  }
  console.log(`most memory held: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await pool.end();
  const one = await startWritePool(options.profile!, 1, YEAR);
  const pairs = ROWS * COLUMNS * 8;
  const many = await startWritePool(options.profile!, workers, YEAR);
  const times = { one: [] as number[], many: [] as number[] };
  for (let run = 0; run < 7; run++) {
    times.one.push(await timed(() => one.run('present', pairs)));
    times.many.push(await timed(() => many.run('present', pairs)));
  }
  console.log(
    `${workers} workers against 1: ${(median(times.one) / median(times.many)).toFixed(2)} times as fast`,
  );
  await one.end();
  await many.end();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
