import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Adapter } from '../src/adapter/adapter.ts';
import { trainableNames } from '../src/adapter/adapter.ts';
import { calibrateRanges, programWeights } from '../src/calibrate/ranges.ts';
import { compileProgram, defaultOptions, type Program } from '../src/compile/program.ts';
import { openTask } from '../src/flow/encode-task.ts';
import { newAdapter } from '../src/flow/new-adapter.ts';
import { float32, type Graph, int64, type Tensor } from '../src/graph/graph.ts';
import { linearLayers } from '../src/graph/linear-layers.ts';
import { loadModel } from '../src/model/load.ts';
import type { Model } from '../src/model/model.ts';
import { loadProfile } from '../src/profile/load.ts';
import type { Engine, Feeds } from '../src/runtime/engine.ts';
import { openEngine } from '../src/runtime/open.ts';
import { trainingGraph } from '../src/tune/training-graph.ts';
import { benchForward, benchTraining } from './engines.ts';
import { benchLiveReads } from './live-reads.ts';
import { benchWires } from './wires.ts';
import { benchWriting } from './writing.ts';

/**
 * `npm run bench`: speed as ratios, each pair timed in turns in this one run, so that a busy machine slows both alike.
 */
const B = 32;
const T = 16;
const RUNS = 15;

const model = await loadModel('use-lite');
const batch = randomBatch(model);
const threads = cpus().length;
console.log(
  `${cpus()[0]?.model}, ${threads} cores, Node ${process.version}; use-lite, batches of ${B} x ${T} tokens, medians of ${RUNS}\n`,
);
row('comparison', 'ours', 'other', 'ratio', 'threads');

for (const count of new Set([1, threads])) {
  const options = { threads: count, runs: RUNS };
  const forward = await benchForward(
    'clean forward, against tfjs wasm',
    onlyPooled(model.graph),
    batch,
    options,
  );
  row(forward.name, ms(forward.ours), ms(forward.twin), `${forward.ratio.toFixed(1)}x faster`, String(count));
  const { graph, names, feeds } = await trainingStep(model);
  const training = await benchTraining(
    'GRASP training step, against tfjs wasm',
    graph,
    names,
    { ...batch, ...feeds },
    { ...options, runs: 5 },
  );
  row(
    training.name,
    ms(training.ours),
    ms(training.twin),
    `${training.ratio.toFixed(1)}x faster`,
    String(count),
  );
  const analog = await analogAgainstClean(count);
  row(
    'analog forward, against clean forward',
    ms(analog.analog),
    ms(analog.clean),
    `${(analog.analog / analog.clean).toFixed(2)}x the time`,
    String(count),
  );
}
const engine = await openEngine('onnxruntime');
const live = await benchLiveReads(engine, await analogProgram(engine), batch, RUNS);
row(
  'analog forward, live reads, against frozen',
  ms(live.live),
  ms(live.frozen),
  `${(live.live / live.frozen).toFixed(2)}x the time`,
  '1',
);
row(
  'weights of a chip, live against frozen',
  ms(live.liveChip),
  ms(live.frozenChip),
  `${(live.liveChip / live.frozenChip).toFixed(2)}x the time`,
  '1',
);
const writing = benchWriting();
const faster = (ratio: number) => `${ratio.toFixed(1)}x faster`;
row('writing pairs, against JS (xoshiro)', ms(writing.ours), ms(writing.twin), faster(writing.ratio), '1');
row(
  'writing pairs, against JS (Philox)',
  ms(writing.ours),
  ms(writing.philoxTwin),
  faster(writing.philoxRatio),
  '1',
);
console.log(`normal numbers, one thread: ${writing.normalMillions.toFixed(0)} M/s`);
const wires = benchWires(RUNS);
row(
  'product with wires (256 x 256), against JS',
  ms(wires.product),
  ms(wires.plainProduct),
  faster(wires.plainProduct / wires.product),
  '1',
);
row(
  'all of its conductances, against a solve a row',
  ms(wires.effective),
  ms(wires.products),
  faster(wires.products / wires.effective),
  '1',
);

function randomBatch({ vocabularySize }: Model): Record<string, Tensor> {
  const ids = new BigInt64Array(B * T).map((_, i) => BigInt(6 + ((i * 7919) % (vocabularySize - 6))));
  return { ids: int64([B, T], ids), mask: float32([B, T], new Float32Array(B * T).fill(1)) };
}

function onlyPooled(graph: Graph): Graph {
  return { ...graph, outputs: graph.outputs.filter(({ name }) => name === 'pooled') };
}

async function trainingStep(of: Model): Promise<{ graph: Graph; names: string[]; feeds: Feeds }> {
  const task = await openTask('reviews');
  const adapter: Adapter = await newAdapter({ method: 'grasp', groups: 64, seed: 1 }, of, task);
  const graph = trainingGraph(of.graph, adapter, { kind: 'classification', lambda: 0, draw: 'example' });
  const names = trainableNames(adapter);
  const labels = new Float32Array(B * 2).map((_, i) => (i % 3 === 0 ? 1 : 0));
  const feeds: Record<string, Tensor> = {
    labels: float32([B, 2], labels),
    rowWeights: float32([B], new Float32Array(B).fill(1 / B)),
  };
  for (const name of names) feeds[name] = adapter.tensors.get(name)!;
  return { graph, names, feeds };
}

async function analogProgram(engine: Engine): Promise<Program> {
  const profile = await loadProfile('pcm-nandakumar-2019');
  const names = linearLayers(model.graph).map(({ name }) => name);
  const graph = onlyPooled(model.graph);
  const exact = compileProgram(graph, names, profile, defaultOptions(profile), null);
  const ranges = await calibrateRanges(engine, exact, [batch], 1, () => undefined);
  return compileProgram(graph, names, profile, defaultOptions(profile), ranges);
}

/** 256 x 256 tiles, 8-bit converters; the clean model with its weights as initializers, as `predict` runs it. */
async function analogAgainstClean(count: number): Promise<{ analog: number; clean: number }> {
  const engine = await openEngine('onnxruntime');
  const program = await analogProgram(engine);
  const [analog, clean] = await Promise.all([
    engine.load(program.graph, { threads: count }),
    engine.load(onlyPooled(model.graph), { threads: count }),
  ]);
  const feeds = { ...batch, ...programWeights(program) };
  const times = { analog: [] as number[], clean: [] as number[] };
  for (let run = 0; run <= 2 * RUNS; run++) {
    const [a, c] = [await timed(() => analog.run(feeds)), await timed(() => clean.run(batch))];
    if (run > 0) {
      times.analog.push(a);
      times.clean.push(c);
    }
  }
  await analog.release();
  await clean.release();
  return { analog: median(times.analog), clean: median(times.clean) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function row(name: string, ours: string, other: string, ratio: string, count: string): void {
  console.log(
    name.padEnd(42) + ours.padStart(12) + other.padStart(12) + ratio.padStart(18) + count.padStart(9),
  );
}
