import type { Adapter, Head, MethodName } from '../adapter/adapter.ts';
import { initialGrasp } from '../adapter/grasp.ts';
import { initialHead } from '../adapter/head.ts';
import { selectLayers } from '../adapter/select-layers.ts';
import { layerWeightErrors } from '../chip/weight-error.ts';
import { compileProgram, defaultOptions } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import type { Task } from '../data/task.ts';
import type { Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Model } from '../model/model.ts';
import { loadProfile } from '../profile/load.ts';

export interface NewAdapterJob {
  readonly method: MethodName;
  readonly groups: number;
  readonly layers?: string;
  readonly seed: number;
  readonly profile?: string;
  readonly targetAt?: number;
  readonly targetNoise?: number;
  readonly targetStd?: number;
}

/** An untrained adapter for a model and a task: the identity, and a new head. */
export async function newAdapter(job: NewAdapterJob, model: Model, task: Task): Promise<Adapter> {
  const { method, groups, seed } = job;
  const outputs = task.kind === 'regression' ? 1 : task.labels.length;
  const head: Head = { width: model.head.width, outputs, scale: model.head.scale, labels: task.labels };
  const headTensors = ownHead(model, head) ?? initialHead(head, seed);
  if (method === 'head')
    return { method, options: { groups: 0, layers: [], seed }, head, tensors: headTensors };
  const chosen = selectLayers(linearLayers(model.graph), job.layers ?? '*');
  const layers = chosen.map((layer) => layer.name);
  const targetStd = method === 'stochgrasp' ? await targets(job, model, layers) : undefined;
  return {
    method,
    options: { groups, layers, seed, ...(targetStd === undefined ? {} : { targetStd }) },
    head,
    tensors: new Map([...initialGrasp(chosen, groups, seed, targetStd), ...headTensors]),
  };
}

/** The checkpoint's own head, where it has one on `pooled` for as many outputs. */
function ownHead({ classifier }: Model, { outputs, scale }: Head): Map<string, Tensor> | null {
  const own = classifier?.onPooled;
  if (own === undefined || classifier?.outputs !== outputs || scale !== 1) return null;
  return new Map([
    ['head.weight', own.weight],
    ['head.bias', own.bias],
  ]);
}

/** The spread that StochGRASP is pulled toward: the layers' weight errors on the hardware, or a given number. */
async function targets(
  job: NewAdapterJob,
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
      'stochgrasp must have a target spread, got neither --profile nor --target-std; give the profile of the hardware, such as --profile pcm-nandakumar-2019',
    );
  }
  const profile = await loadProfile(job.profile);
  const program = compileProgram(model.graph, layers, profile, defaultOptions(profile), null);
  const at = { seconds: job.targetAt ?? 0, noise: job.targetNoise ?? 1, compensate: 'global' as const };
  const errors = layerWeightErrors(program, at);
  const silent = Object.entries(errors).find(([, error]) => error === 0);
  if (silent !== undefined) {
    throw new UsageError(
      '--profile',
      `must give layer "${silent[0]}" a weight error above 0, got none from "${profile.name}"; choose a profile with noise, a larger --target-noise, or --target-std`,
    );
  }
  return errors;
}
