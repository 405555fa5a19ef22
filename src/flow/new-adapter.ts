import type { Adapter, Head, MethodName } from '../adapter/adapter.ts';
import { methodNamed } from '../adapter/methods.ts';
import { chosenPlaces, startAdapter } from '../adapter/start.ts';
import { compileProgram, defaultOptions } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import type { Task } from '../data/task.ts';
import type { Graph } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../model/model.ts';
import { loadProfile } from '../profile/load.ts';
import { ownHead } from './own-head.ts';
import { targetSpreads } from './target-spreads.ts';

export interface NewAdapterJob extends TargetJob {
  readonly method: MethodName;
  /** GRASP's and StochGRASP's groups (64 if absent). */
  readonly groups?: number;
  /** LoRA's rank (8 if absent) and alpha (16). */
  readonly rank?: number;
  readonly alpha?: number;
  /** LoRA: probability that training drops a number in front of A; default: that of an adapter started from, else 0. */
  readonly dropout?: number;
  readonly layers?: string;
  readonly seed: number;
}

/** Where the std of draws comes from: a profile at a time and noise scale, or one number for all layers. */
export interface TargetJob {
  /** Train with draws of fixed std = target in front of all linear layers (StochGRASP draws by itself). */
  readonly draws?: boolean;
  readonly profile?: string;
  readonly targetAt?: number;
  readonly targetNoise?: number;
  readonly targetStd?: number;
}

const GROUPS = 64;
const RANK = 8;
const ALPHA = 16;

/** An untrained adapter for a model and a task: the identity, and a new head. */
export async function newAdapter(job: NewAdapterJob, model: Model, task: Task): Promise<Adapter> {
  const { method, groups = GROUPS, rank = RANK, alpha = ALPHA, seed } = job;
  const head = taskHead(model, task);
  const places = chosenPlaces(headGraph(model, head), method, job.layers ?? '*');
  const learned = methodNamed(method).learnsStd;
  const targetStd = learned
    ? await targets(
        job,
        method,
        model,
        places.map(({ name }) => name),
      )
    : undefined;
  const { turnedWeights = false } = model;
  const settings = {
    seed,
    groups,
    rank,
    alpha,
    turnedWeights,
    ...(targetStd === undefined ? {} : { targetStd }),
  };
  const fresh = startAdapter(model.graph, method, places, settings, head);
  return withDraws(job, model, withOwnHead(model, fresh));
}

/** A head for a task as the model's family has it. */
export function taskHead(model: Model, task: Pick<Task, 'kind' | 'labels'>): Head {
  const { width, scale, layers } = model.head;
  const outputs = task.kind === 'regression' ? 1 : task.labels.length;
  return { width, outputs, scale, labels: task.labels, ...(layers === undefined ? {} : { layers }) };
}

/** An adapter whose head starts as the checkpoint's own, where there is one for as many outputs. */
export function withOwnHead(model: Model, adapter: Adapter): Adapter {
  const own = adapter.head === null ? null : ownHead(model, adapter.head);
  return own === null ? adapter : { ...adapter, tensors: new Map([...adapter.tensors, ...own]) };
}

/** The part of a model's graph that a head reads: what adapting the rest would not change a logit. */
export function headGraph({ graph }: Model, { layers }: Head): Graph {
  const read = layers?.input === 'firstToken' ? 'hidden' : 'pooled';
  return prune({ ...graph, outputs: graph.outputs.filter(({ name }) => name === read) });
}

/** The adapter with the dropout that a job asks for; as it is where it asks for none. */
export function withDropout({ dropout }: Pick<NewAdapterJob, 'dropout'>, adapter: Adapter): Adapter {
  if (dropout === undefined) return adapter;
  if (!(dropout >= 0 && dropout < 1)) {
    throw new UsageError(
      '--dropout',
      `must be at least 0 and below 1, got ${dropout}; choose a share such as 0.1`,
    );
  }
  if (dropout > 0 && adapter.method !== 'lora') {
    throw new UsageError('--dropout', `must go with lora, got ${adapter.method}; leave it out`);
  }
  const { dropout: _, ...options } = adapter.options;
  return { ...adapter, options: dropout === 0 ? options : { ...options, dropout } };
}

/** The adapter as it is, or with the draws that the job asks for: their std goes into its options. */
export async function withDraws(job: TargetJob, model: Model, adapter: Adapter): Promise<Adapter> {
  if (job.draws !== true) return adapter;
  if (methodNamed(adapter.method).learnsStd) {
    throw new UsageError(
      '--draws',
      `must go with a method whose draws have a fixed std, got ${adapter.method}, which draws by itself; leave --draws out`,
    );
  }
  const graph = adapter.head === null ? model.graph : headGraph(model, adapter.head);
  const layers = linearLayers(graph).map(({ name }) => name);
  const targetStd = await targets(job, '--draws', model, layers);
  return { ...adapter, options: { ...adapter.options, targetStd } };
}

/** The std of each noisy layer: its weight error on the hardware, or a given number. */
async function targets(
  job: TargetJob,
  asker: string,
  model: Model,
  layers: readonly string[],
): Promise<Record<string, number>> {
  if (job.targetStd !== undefined) {
    const std = job.targetStd;
    return Object.fromEntries(layers.map((layer) => [layer, std]));
  }
  if (job.profile === undefined) {
    throw new UsageError(
      'train',
      `${asker} must have a target spread, got neither --profile nor --target-std; give the profile of the hardware, such as --profile pcm-nandakumar-2019`,
    );
  }
  const profile = await loadProfile(job.profile);
  const program = compileProgram(model.graph, layers, profile, defaultOptions(profile), null);
  const errors = targetSpreads(program, job.targetAt ?? 0, job.targetNoise ?? 1);
  const silent = Object.entries(errors).find(([, error]) => error === 0);
  if (silent !== undefined) {
    throw new UsageError(
      '--profile',
      `must give layer "${silent[0]}" a weight error above 0, got none from "${profile.name}"; choose a profile with noise, a larger --target-noise, or --target-std`,
    );
  }
  return errors;
}
