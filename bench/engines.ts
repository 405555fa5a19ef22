import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import type { Graph } from '../src/graph/graph.ts';
import type { Engine, Feeds } from '../src/runtime/engine.ts';
import { openEngine } from '../src/runtime/open.ts';
import { tfjsEngine } from '../src/runtime/tfjs.ts';
import { tfjsGradients } from '../src/runtime/tfjs-gradients.ts';
import type { Tf, TfTensor } from '../src/runtime/tfjs-namespace.ts';

/** One comparison; times are medians in milliseconds, taken in turns so that a busy machine slows both alike. */
export interface EngineBench {
  readonly name: string;
  /** ONNX Runtime. */
  readonly ours: number;
  /** tfjs with its wasm backend (SIMD, one thread: it has no more in Node). */
  readonly twin: number;
  /** twin / ours: how many times faster ONNX Runtime is. */
  readonly ratio: number;
  /** Threads of ONNX Runtime. */
  readonly threads: number;
  /** Timed runs of each. */
  readonly runs: number;
}

export interface BenchOptions {
  readonly threads: number;
  readonly runs: number;
}

/** Times one forward run of a graph. */
export async function benchForward(
  name: string,
  graph: Graph,
  feeds: Feeds,
  options: BenchOptions,
): Promise<EngineBench> {
  const { onnxruntime, wasm } = await openBoth();
  const [ours, twin] = await Promise.all([
    onnxruntime.load(graph, { threads: options.threads }),
    wasm.load(graph),
  ]);
  try {
    return await inTurns(
      name,
      options,
      () => ours.run(feeds),
      () => twin.run(feeds),
    );
  } finally {
    await ours.release();
    await twin.release();
  }
}

/**
 * Times one loss with its gradients: our gradient pass on ONNX Runtime against tfjs' own gradients on wasm.
 *
 * @param graph Made by `addGradients(…, 'loss', wrt)`; tfjs takes of it what leads to the loss, and differentiates that.
 */
export async function benchTraining(
  name: string,
  graph: Graph,
  wrt: readonly string[],
  feeds: Feeds,
  options: BenchOptions,
): Promise<EngineBench> {
  const { onnxruntime, tf } = await openBoth();
  const session = await onnxruntime.load(graph, { threads: options.threads });
  try {
    return await inTurns(
      name,
      options,
      () => session.run(feeds),
      () => tfjsGradients(tf, graph, 'loss', wrt, feeds),
    );
  } finally {
    await session.release();
  }
}

async function openBoth(): Promise<{ readonly onnxruntime: Engine; readonly wasm: Engine; readonly tf: Tf }> {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs') as Tf;
  require('@tensorflow/tfjs-backend-wasm');
  addSegmentSum(tf);
  return { onnxruntime: await openEngine('onnxruntime'), wasm: await tfjsEngine(tf, 'tfjs-wasm'), tf };
}

/** The gradient of Gather needs this kernel, which the wasm backend lacks: sums of rows that have the same segment. */
function addSegmentSum(tf: Tf): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm') !== undefined) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc({ inputs, attrs }) {
      const { x, segmentIds } = inputs as { readonly x: TfTensor; readonly segmentIds: TfTensor };
      const { numSegments } = attrs as unknown as { readonly numSegments: number };
      const width = x.size / x.shape[0]!;
      const sums = new Float32Array(numSegments * width);
      const values = x.dataSync();
      segmentIds.dataSync().forEach((segment, row) => {
        for (let column = 0; column < width; column++) {
          sums[segment * width + column]! += values[row * width + column]!;
        }
      });
      return tf.tensor(sums, [numSegments, ...x.shape.slice(1)]);
    },
  });
}

async function inTurns(
  name: string,
  { threads, runs }: BenchOptions,
  ours: () => Promise<unknown>,
  twin: () => Promise<unknown>,
): Promise<EngineBench> {
  const times: { ours: number[]; twin: number[] } = { ours: [], twin: [] };
  for (let run = 0; run < runs; run++) {
    // Each turn begins with an untimed run: threads that slept through the other's turn wake, caches are its own.
    await ours();
    times.ours.push(await milliseconds(ours));
    await twin();
    times.twin.push(await milliseconds(twin));
  }
  const [fast, slow] = [median(times.ours), median(times.twin)];
  return { name, ours: fast, twin: slow, ratio: slow / fast, threads, runs };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
