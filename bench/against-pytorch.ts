import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { chosenPlaces, startAdapter } from '../src/adapter/start.ts';
import { packageRoot } from '../src/core/paths.ts';
import { float32, int64, type Tensor } from '../src/graph/graph.ts';
import { loadModel } from '../src/model/load.ts';
import type { Model } from '../src/model/model.ts';
import { openEngine } from '../src/runtime/open.ts';
import { tune } from '../src/tune/loop.ts';
import { type PairedTimes, pairedRow } from './paired-times.ts';
import { type Rival, startRival } from './rival.ts';

/**
 * `node build/bench/against-pytorch.js --python PATH`: clean forward and training steps of a RoBERTa of random weights, 8
 * texts of 64 tokens, against PyTorch (eager), transformers and PEFT of that Python. The two take turns, round by round.
 */
const B = 8;
const T = 64;

const NAMES: Readonly<Record<string, string>> = {
  forward: 'clean forward',
  lora: 'LoRA step, r = 8 on q and v',
  grasp: 'GRASP step, K = 64, six linears',
};

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    blocks: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '10' },
    threads: { type: 'string', default: String(cpus().length) },
    jobs: { type: 'string', default: 'forward,lora,grasp' },
  },
});
if (options.python === undefined) {
  console.error(
    'against-pytorch: --python must name a Python with torch, transformers and peft; pass its path',
  );
  process.exit(2);
}
const rounds = Number(options.rounds);
const threads = Number(options.threads);
const folder = await mkdtemp(join(tmpdir(), 'holdfast-roberta-'));
try {
  const peer = join(packageRoot(), 'bench', 'peers', 'roberta-pytorch.py');
  const rival = await startRival(options.python, [peer, folder, options.blocks, options.threads]);
  const model = await loadModel(folder);
  console.log(
    `${cpus()[0]?.model}, ${threads} threads, Node ${process.version}, ${rival.versions}\n` +
      `RoBERTa of ${options.blocks} blocks, ${(model.parameters / 1e6).toFixed(0)} M parameters, ${B} x ${T} tokens; medians of ${rounds} rounds\n`,
  );
  console.log(
    'job'.padEnd(34) + 'holdfast'.padStart(11) + 'PyTorch'.padStart(11) + 'faster [95 %]'.padStart(22),
  );
  for (const job of options.jobs.split(',')) {
    const times = job === 'forward' ? await forward(model, rival) : await training(model, rival, job);
    console.log(pairedRow(NAMES[job] ?? job, times));
  }
  const { mebibytes } = await rival.ask<{ mebibytes: number }>('memory');
  const own = process.resourceUsage().maxRSS / 1024;
  console.log(
    `\nmost memory held, all jobs: holdfast ${own.toFixed(0)} MiB, PyTorch ${mebibytes.toFixed(0)} MiB`,
  );
  rival.end();
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Weights as initialisers, as `predict` runs it. The logits of both are compared first. */
async function forward(of: Model, rival: Rival): Promise<PairedTimes> {
  const engine = await openEngine('onnxruntime');
  const graph = of.classifier!.graph;
  const logitsOnly = { ...graph, outputs: graph.outputs.filter(({ name }) => name === 'logits') };
  const session = await engine.load(logitsOnly, { threads });
  const feeds: Record<string, Tensor> = {
    ids: int64([B, T], BigInt64Array.from(ids().flat(), BigInt)),
    mask: float32([B, T], new Float32Array(B * T).fill(1)),
  };
  const { logits } = await rival.ask<{ logits: number[][] }>('logits');
  const own = (await session.run(feeds)).logits!.data as Float32Array;
  const error = Math.max(...logits.flat().map((value, i) => Math.abs(value - own[i]!)));
  if (!(error < 1e-4)) throw new Error(`forward: logits must agree to 1e-4, got a difference of ${error}`);
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await session.run(feeds);
    const ours = performance.now() - start;
    const theirs = await rival.run('forward');
    if (round > 0) record(times, ours, theirs);
  }
  await session.release();
  return times;
}

/** Steps of `train` itself: batch, graph, update. */
async function training(of: Model, rival: Rival, method: string): Promise<PairedTimes> {
  if (method !== 'lora' && method !== 'grasp')
    throw new Error(`--jobs must be forward, lora, grasp, got ${method}`);
  const glob = method === 'lora' ? '*attention.self.{query,value}' : '*encoder.layer*';
  const places = chosenPlaces(of.graph, method, glob);
  const settings = { groups: 64, rank: 8, alpha: 16, seed: 1 };
  const head = { width: of.head.width, outputs: 2, scale: of.head.scale, labels: ['0', '1'] };
  const adapter = startAdapter(of.graph, method, places, settings, head);
  const data = { examples: ids().map((row) => ({ ids: row })), labels: ids().map((_, b) => b % 2) };
  const engine = await openEngine('onnxruntime');
  const times = { ours: [] as number[], theirs: [] as number[] };
  let start = performance.now();
  await tune(
    engine,
    of,
    adapter,
    data,
    {
      loss: { kind: 'classification', lambda: 0, draw: 'example' },
      optimizer: { kind: 'adamw', weightDecay: 0 },
      schedule: { kind: 'constant', warmup: 0 },
      rate: 1e-4,
      headRate: 1e-4,
      batch: B,
      steps: rounds + 2,
      seed: 1,
      shuffle: false,
    },
    async ({ step }) => {
      const ours = performance.now() - start;
      const theirs = await rival.run(method);
      // The first two rounds warm both up.
      if (step > 2) record(times, ours, theirs);
      start = performance.now();
    },
  );
  return times;
}

function record(times: { ours: number[]; theirs: number[] }, ours: number, theirs: number): void {
  times.ours.push(ours);
  times.theirs.push(theirs);
}

/** The same ids as the rival's: the first is `<s>`, the others anything but padding. */
function ids(): number[][] {
  return Array.from({ length: B }, (_, b) =>
    Array.from({ length: T }, (_, t) => (t === 0 ? 0 : 3 + ((7919 * (b * T + t)) % 50_000))),
  );
}
