import { performance } from 'node:perf_hooks';
import { createChipWriter } from '../src/chip/writer.ts';
import { drawnValues } from '../src/compile/drawn-values.ts';
import { withLiveReads } from '../src/compile/live-reads.ts';
import type { Program } from '../src/compile/program.ts';
import { createLiveDraws } from '../src/evaluate/live-draws.ts';
import type { Engine, Feeds } from '../src/runtime/engine.ts';

/** Medians in milliseconds, each pair timed in turns. */
export interface LiveBench {
  /** A forward pass with reads new at each product, its draws made for it; and one of a frozen read. */
  readonly live: number;
  readonly frozen: number;
  /** Making the weights of a chip: means and variances of its reads; and one read of it. */
  readonly liveChip: number;
  readonly frozenChip: number;
}

/** What live read noise costs on one thread. @param batch The model's own inputs, `ids` `[B, T]` among them. */
export async function benchLiveReads(
  engine: Engine,
  program: Program,
  batch: Feeds,
  runs: number,
): Promise<LiveBench> {
  const { graph, layers } = program;
  const noisy = withLiveReads(graph, layers);
  const [live, frozen] = await Promise.all([
    engine.load(noisy, { threads: 1 }),
    engine.load(graph, { threads: 1 }),
  ]);
  const [rows, tokens] = batch.ids!.shape as [number, number];
  const draws = createLiveDraws(drawnValues(noisy), () => tokens);
  const of = { indices: Array.from({ length: rows }, (_, i) => i), shape: [rows, tokens] } as const;
  const writer = createChipWriter(program);
  const state = { chip: 1, seconds: 3600, noise: 1, read: 0, source: 'all', compensate: 'none' } as const;
  const times = { live: [], frozen: [], liveChip: [], frozenChip: [] } as Record<keyof LiveBench, number[]>;
  for (let run = 0; run <= runs; run++) {
    const frozenChip = await timed(() => writer.weights(state));
    const weights = writer.weights(state);
    const one = await timed(() => frozen.run({ ...batch, ...weights }));
    const liveChip = await timed(() => writer.live(state));
    const chip = writer.live(state);
    const two = await timed(() =>
      live.run({ ...batch, ...chip.weights, ...chip.variances, ...draws.fill(of, state) }),
    );
    if (run === 0) continue;
    times.frozenChip.push(frozenChip);
    times.frozen.push(one);
    times.liveChip.push(liveChip);
    times.live.push(two);
  }
  await live.release();
  await frozen.release();
  return {
    live: median(times.live),
    frozen: median(times.frozen),
    liveChip: median(times.liveChip),
    frozenChip: median(times.frozenChip),
  };
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
