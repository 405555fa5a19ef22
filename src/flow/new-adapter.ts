import type { Adapter, MethodName } from '../adapter/adapter.ts';
import { methodNamed } from '../adapter/methods.ts';
import { chosenPlaces, startAdapter } from '../adapter/start.ts';
import { UsageError } from '../core/errors.ts';
import type { Task } from '../data/task.ts';
import type { Model } from '../model/model.ts';
import { ownHead } from './own-head.ts';
import { headGraph, taskHead } from './task-head.ts';
import { type TargetJob, targetStds, withTarget } from './training-target.ts';

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

const GROUPS = 64;
const RANK = 8;
const ALPHA = 16;

/** An untrained adapter for a model and a task: the identity, and a new head. */
export async function newAdapter(job: NewAdapterJob, model: Model, task: Task): Promise<Adapter> {
  const { method, groups = GROUPS, rank = RANK, alpha = ALPHA, seed } = job;
  const head = taskHead(model, task);
  const places = chosenPlaces(headGraph(model, head), method, job.layers);
  const learned = methodNamed(method).learnsStd;
  const names = places.map(({ name }) => name);
  const targetStd = learned ? await targetStds(job, method, model, names) : undefined;
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
  const adapter = withOwnHead(model, fresh);
  return learned ? adapter : withTarget(job, model, adapter);
}

/** An adapter whose head starts as the checkpoint's own, where there is one for as many outputs. */
export function withOwnHead(model: Model, adapter: Adapter): Adapter {
  const own = adapter.head === null ? null : ownHead(model, adapter.head);
  return own === null ? adapter : { ...adapter, tensors: new Map([...adapter.tensors, ...own]) };
}

/** The adapter with the dropout that a job asks for; as it is where it asks for none. */
export function withDropout({ dropout }: Pick<NewAdapterJob, 'dropout'>, adapter: Adapter): Adapter {
  if (dropout === undefined || !methodNamed(adapter.method).settings.includes('dropout')) return adapter;
  if (!(dropout >= 0 && dropout < 1)) {
    throw new UsageError(
      '--dropout',
      `must be at least 0 and below 1, got ${dropout}; choose a share such as 0.1`,
    );
  }
  const { dropout: _, ...options } = adapter.options;
  return { ...adapter, options: dropout === 0 ? options : { ...options, dropout } };
}
