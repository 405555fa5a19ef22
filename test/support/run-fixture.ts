import { exp } from '../../src/core/math.ts';
import { uniforms } from '../../src/core/philox.ts';
import { stream } from '../../src/core/stream.ts';
import type { ArmRecord, Condition, LayerRecord, RunRecord } from '../../src/evaluate/run-record.ts';
import type { Sample } from '../../src/evaluate/sample.ts';

/**
 * A small made-up RUN: two arms, chips, times and noises in cross, drawn from seeded streams so that it is the same on
 * every machine. Each chip has a quality, each example a difficulty; an arm's score falls with time and noise, and
 * StochGRASP's less. No number in it was measured.
 */
export interface FixtureOptions {
  readonly chips?: number;
  readonly examples?: number;
  readonly methods?: readonly string[];
  readonly reads?: number;
  readonly sources?: readonly string[];
  readonly clean?: boolean;
  readonly conditions?: readonly Condition[];
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

export const FIXTURE_CONDITIONS: readonly Condition[] = [
  { seconds: 0, noise: 1 },
  { seconds: HOUR, noise: 1 },
  { seconds: DAY, noise: 1 },
  { seconds: YEAR, noise: 1 },
  { seconds: 0, noise: 0.5 },
  { seconds: 0, noise: 2 },
  { seconds: 0, noise: 3 },
];

export function syntheticRun(options: FixtureOptions = {}): {
  readonly run: RunRecord;
  readonly samples: readonly Sample[];
} {
  const {
    chips = 20,
    examples = 400,
    methods = ['grasp', 'stochgrasp'],
    reads = 1,
    sources = ['all'],
    clean = true,
    conditions = FIXTURE_CONDITIONS,
  } = options;
  const run = record({ chips, examples, methods, reads, sources, conditions });
  const samples: Sample[] = [];
  for (const { arm } of run.arms) {
    if (clean) samples.push(sample(run, arm, null, { seconds: 0, noise: 0 }, 0, 'all'));
    for (const condition of run.conditions) {
      for (const source of sources) {
        for (const chip of run.chips) {
          for (let read = 0; read < reads; read++)
            samples.push(sample(run, arm, chip, condition, read, source));
        }
      }
    }
  }
  return { run, samples };
}

/** What an arm loses to hardware under a condition, in the units of the score below. */
function loss(
  method: string,
  { seconds, noise }: { seconds: number; noise: number },
  source: string,
): number {
  const share = source === 'all' ? 1 : source === 'writing' ? 0.7 : 0.35;
  const age = seconds === 0 ? 0 : seconds === HOUR ? 0.1 : seconds === DAY ? 0.18 : 0.42;
  const resist = method === 'stochgrasp' ? 0.58 : method === 'lora' ? 0.5 : 1;
  return resist * share * (0.16 * noise * noise + age * noise);
}

function sample(
  run: RunRecord,
  arm: string,
  chip: number | null,
  condition: { seconds: number; noise: number },
  read: number,
  source: string,
): Sample {
  const method = run.arms.find((record) => record.arm === arm)?.adapter?.method ?? 'none';
  const { examples } = run.task;
  const difficulty = uniforms(stream(run.seed, 'difficulty'), examples);
  const own = uniforms(
    stream(run.seed, 'answers', arm, chip ?? -1, condition.seconds, condition.noise, read, source),
    examples,
  );
  const quality = uniforms(stream(run.seed, 'quality', chip ?? -1, condition.noise, source), 3).reduce(
    (sum, u) => sum + u,
    -1.5,
  );
  const lost = chip === null ? 0 : loss(method, condition, source) * (1 + 0.55 * quality);
  const level = (method === 'stochgrasp' ? 2.33 : method === 'grasp' ? 2.36 : 2.45) - 1.35 * lost;
  const right = Uint8Array.from({ length: examples }, (_, i) => {
    const score = level + 2.2 * ((difficulty[i] as number) - 0.5) * 2;
    return (own[i] as number) < 1 / (1 + exp(-score)) ? 1 : 0;
  });
  const bits = new Uint8Array(Math.ceil(examples / 8));
  right.forEach((bit, i) => {
    bits[i >> 3]! |= bit << (i & 7);
  });
  return {
    arm,
    chip,
    ...condition,
    read,
    source,
    metrics: { accuracy: right.reduce((sum, bit) => sum + bit, 0) / examples },
    examples,
    outcomes: Buffer.from(bits).toString('base64'),
    clippedInputs: chip === null ? null : Number((0.0021 + 0.0004 * condition.noise).toFixed(5)),
    saturatedConversions: chip === null ? null : Number((0.0007 + 0.0003 * condition.noise).toFixed(5)),
  };
}

interface RecordOptions {
  readonly chips: number;
  readonly examples: number;
  readonly methods: readonly string[];
  readonly reads: number;
  readonly sources: readonly string[];
  readonly conditions: readonly Condition[];
}

function record({ chips, examples, methods, reads, sources, conditions }: RecordOptions): RunRecord {
  return {
    schemaVersion: 1,
    tool: { name: 'holdfast', version: '0.1.0' },
    seed: 1,
    synthetic: true,
    task: {
      name: 'reviews',
      split: 'test',
      examples,
      origin: 'made-up outcomes in the form of the embedded task',
      licence: 'none needed',
      kind: 'classification',
      labels: ['negative', 'positive'],
      mainMetric: 'accuracy',
      metrics: ['accuracy'],
    },
    arms: methods.map(armRecord),
    chips: Array.from({ length: chips }, (_, i) => i + 1),
    times: [...new Set(conditions.map(({ seconds }) => seconds))],
    noises: [...new Set(conditions.map(({ noise }) => noise))],
    conditions,
    reads,
    readMode: 'frozen',
    compensate: 'global',
    sources,
    engine: { name: 'synthetic', version: '1', threads: 2 },
    machine: { node: '20.20.2', platform: 'linux', arch: 'x64', cpu: 'made up', features: ['avx2', 'fma'] },
    idealCheck: { passed: true, maxAbsoluteError: 2.4e-7, bound: 1e-5 },
    notes: ['Embeddings, normalisation, attention products and softmax are digital and exact.'],
    simulated: [
      'writing noise of every cell, by its target',
      'drift of every cell, and one gain against it',
      'read noise, one draw an evaluation',
      '8-bit DACs and ADCs with static, calibrated ranges',
      'tiles of at most 256 \u00d7 256 cells, partial sums added digitally',
    ],
    notSimulated: [
      'stuck and missing cells',
      'wire resistance',
      'temperature',
      'energy and time of the hardware',
    ],
    training: methods.map((method) => ({
      arm: `use-lite-${method}`,
      seed: 1,
      epochs: 4,
      batch: 32,
      examples: 2000,
      learningRate: 0.005,
    })),
    probe: { method: 'head', metrics: { accuracy: 0.87 } },
    command: 'holdfast demo --seed 1',
  };
}

const LAYERS: readonly (readonly [name: string, rows: number, columns: number])[] = [
  ['block0.attention.qkv', 320, 960],
  ['block0.attention.output', 320, 320],
  ['block0.residual', 320, 512],
  ['block0.ffn.inner', 512, 1024],
  ['block1.attention.qkv', 512, 1536],
  ['block1.ffn.outer', 1024, 512],
];

function armRecord(method: string, number: number): ArmRecord {
  const hash = (what: string): string => `${what}${number}`.padEnd(64, '0').replace(/[^0-9a-f]/g, 'e');
  return {
    arm: `use-lite-${method}`,
    bundle: { name: `use-lite-${method}-pcm`, sha256: hash('b') },
    model: { name: 'use-lite', sha256: 'c'.repeat(64) },
    adapter: {
      method,
      sha256: hash('a'),
      trainableParameters: method === 'grasp' ? 1280 : method === 'stochgrasp' ? 1920 : 24576,
      trainableParametersWithHead: method === 'grasp' ? 2306 : method === 'stochgrasp' ? 2946 : 25602,
      options:
        method === 'stochgrasp'
          ? { groups: 64, lambda: 0.1, targetAt: '0s', targetNoise: 2 }
          : { groups: 64 },
    },
    profile: {
      name: 'pcm-nandakumar-2019',
      sha256: 'd'.repeat(64),
      description: 'Phase-change memory, pairs of devices.',
      source: 'the shape of this entry only; see device-profiles/ for the real one',
      facts: [
        { name: 'conductance', value: '0 to 25 \u00b5S' },
        { name: 'arrays', value: '256 \u00d7 256, 8-bit DAC and ADC' },
      ],
      referenceSeconds: 20,
    },
    deployment: 'digital',
    layers: LAYERS.map(([name, rows, columns], i) => layerRecord(method, name, rows, columns, i)),
  };
}

function layerRecord(method: string, name: string, rows: number, columns: number, i: number): LayerRecord {
  const across = Math.ceil(columns / 256);
  const down = Math.ceil(rows / 256);
  const target = 0.22 + 0.045 * ((i * 3) % 5);
  return {
    name,
    in: rows,
    out: columns,
    tiles: across * down,
    rows: Math.ceil(rows / down),
    columns: Math.ceil(columns / across),
    utilisation: (rows * columns) / (across * down * 256 * 256),
    ...(method === 'stochgrasp'
      ? {
          weightError: {
            target,
            learned: {
              mean: target * (0.93 - 0.02 * i),
              min: target * (0.71 - 0.03 * i),
              max: target * 1.05,
            },
          },
        }
      : {}),
  };
}
