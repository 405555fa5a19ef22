import { type Adapter, type Head, headNames } from '../adapter/adapter.ts';
import { checkAdapterModel, loadAdapter } from '../adapter/file.ts';
import { initialHead } from '../adapter/head.ts';
import { methodNamed } from '../adapter/methods.ts';
import { selectLayers } from '../adapter/select-layers.ts';
import { UsageError } from '../core/errors.ts';
import type { Task } from '../data/task.ts';
import type { Model } from '../model/model.ts';
import { newAdapter, withOwnHead } from './new-adapter.ts';
import { knownRows, relabelled } from './own-head.ts';
import { headGraph, taskHead } from './task-head.ts';
import type { TrainJob } from './train.ts';
import { checkDrawJob, targetRecord, withTarget } from './training-target.ts';

/** What training starts from, and what `adapter.json` says of the std of its draws. */
export interface Start {
  readonly adapter: Adapter;
  /** Of the tensors of the stored adapter; null where it is a new one. */
  readonly sha256: string | null;
  readonly target: Readonly<Record<string, unknown>>;
}

/**
 * What training starts from: a new adapter, or a stored one with its head.
 *
 * @throws UsageError if the job asks for anything else than the stored adapter has, its head is none for the task, or options on
 *   draws contradict one another
 */
export async function startingAdapter(job: TrainJob, model: Model, task: Task): Promise<Start> {
  if (job.adapter === undefined) {
    const method = job.method!;
    checkDrawJob(job, method, false);
    const adapter = await newAdapter({ ...job, method }, model, task);
    return { adapter, sha256: null, target: await targetRecord(job, adapter, null) };
  }
  const stored = await loadAdapter(job.adapter);
  checkAdapterModel(stored, model, job.adapter);
  const { method, options, head } = stored.adapter;
  const wanted = taskHead(model, task);
  checkFixed(job, stored.adapter, model, job.newHead === true ? wanted : (head ?? wanted));
  const hasDraws = options.targetStd !== undefined;
  checkDrawJob(job, method, hasDraws);
  if (hasDraws && job.draws !== true && !methodNamed(method).learnsStd) {
    job.progress.note('--adapter: it was trained with draws, and goes on with them');
  }
  const adapter = await withTarget(job, model, headed(job, stored.adapter, wanted, model, task));
  const training = stored.file.training as { readonly target?: unknown } | null | undefined;
  return { adapter, sha256: stored.sha256, target: await targetRecord(job, adapter, training?.target) };
}

/**
 * A stored adapter with its head for the task. One without a head, or whose head is not wanted, gets that which a new adapter
 * would have.
 */
function headed(job: TrainJob, adapter: Adapter, wanted: Head, model: Model, task: Task): Adapter {
  const { head } = adapter;
  if (head === null || job.newHead === true) {
    const old = headNames(adapter);
    const kept = [...adapter.tensors].filter(([name]) => !old.has(name));
    const tensors = new Map([...kept, ...initialHead(wanted, job.seed)]);
    return withOwnHead(model, { ...adapter, head: wanted, tensors });
  }
  checkHead(head, wanted, task.name);
  const { labels } = head;
  // A file without names stands for LABEL_0, LABEL_1, ...: those are numbers anyway.
  const isNamed = !labels.every((label, index) => label === `LABEL_${index}`);
  if (isNamed && knownRows(labels, wanted.labels) === null) {
    job.progress.warn(
      `--adapter: its head has the labels ${labels.join(', ')}, the task has ${wanted.labels.join(', ')}; its rows go on in their order`,
    );
  }
  return relabelled(adapter, head, wanted.labels);
}

/** What an adapter fixes may be asked for beside it, but not otherwise than it is. */
function checkFixed(job: TrainJob, { method, options }: Adapter, model: Model, head: Head): void {
  const refuse = (option: string, has: string, got: string): never => {
    throw new UsageError(
      `--${option}`,
      `must be as the adapter has it, ${has}, got ${got}; leave the option out, or train a new adapter without --adapter`,
    );
  };
  if (job.method !== undefined && job.method !== method) refuse('method', method, job.method);
  for (const name of ['groups', 'rank', 'alpha'] as const) {
    const asked = job[name];
    if (asked === undefined) continue;
    const own = options[name];
    if (own === undefined) continue;
    const others = name === 'groups' ? undefined : options[`${name}s`];
    const all = new Set([own, ...Object.values(others ?? {})]);
    if (all.size > 1 || own !== asked) refuse(name, [...all].join(' and '), String(asked));
  }
  if (job.layers === undefined || options.layers.length === 0) return;
  const graph = headGraph(model, head);
  const { places, standings = places } = methodNamed(method);
  const chosen = new Set(selectLayers(standings(graph), job.layers).map(({ name }) => name));
  const missed = options.layers.find((layer) => !chosen.has(layer));
  if (missed !== undefined)
    refuse('layers', `"${missed}" among them`, `"${job.layers}", which does not match it`);
  const extra = [...chosen].find((layer) => !options.layers.includes(layer));
  if (extra !== undefined) refuse('layers', `"${extra}" not among them`, `"${job.layers}", which matches it`);
}

/** @throws UsageError if a stored head is not one for as many classes, or for a regression, as the task */
function checkHead(head: Head, wanted: Head, task: string): void {
  const form = ({ outputs, labels }: Head): string => {
    if (outputs === 1 && labels.length === 0) return 'for a regression';
    return outputs === 1 ? 'of 1 class' : `of ${outputs} outputs`;
  };
  if (form(head) === form(wanted)) return;
  throw new UsageError(
    '--adapter',
    `must have a head ${form(wanted)} for task "${task}", got one ${form(head)}; pass --new-head, or start from an adapter of that task`,
  );
}
