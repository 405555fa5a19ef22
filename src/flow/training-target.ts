import type { Adapter, MethodName } from '../adapter/adapter.ts';
import { drawnLayers, methodNamed } from '../adapter/methods.ts';
import { compileProgram, defaultOptions } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Model } from '../model/model.ts';
import { loadProfile } from '../profile/load.ts';
import type { Draw } from '../tune/draws.ts';
import { targetSpreads } from './target-spreads.ts';
import { headGraph } from './task-head.ts';

/** Where the std of draws comes from: a profile at a time and noise scale, or one number for all layers. */
export interface TargetJob {
  /** Train with draws of fixed std = target in front of all linear layers (StochGRASP draws by itself). */
  readonly draws?: boolean;
  readonly profile?: string;
  /** Age in seconds (0 if absent) and noise scale (1). */
  readonly targetAt?: number;
  readonly targetNoise?: number;
  readonly targetStd?: number;
}

/** How draws are used in training. */
export interface DrawJob extends TargetJob {
  /** Weight of the loss that pulls a learned std to its target (0.1 if absent). */
  readonly lambda?: number;
  /** What has a draw of its own (an example, if absent). */
  readonly draw?: Draw;
  /** Each example goes through the graph twice, with a draw and with its negative. */
  readonly mirroredDraws?: boolean;
  /** Share of all steps in which the draws rise from 0 to their full std, in [0, 1] (0 if absent). */
  readonly drawWarmup?: number;
}

/**
 * @param hasDraws Whether the adapter that training starts from was trained with draws.
 * @throws UsageError for options on draws that contradict the method or one another
 */
export function checkDrawJob(job: DrawJob, method: MethodName, hasDraws: boolean): void {
  const { learnsStd } = methodNamed(method);
  if (learnsStd && job.draws === true) {
    throw new UsageError(
      '--draws',
      `must go with a method whose draws have a fixed std, got ${method}, which draws by itself; leave --draws out`,
    );
  }
  const isDrawn = learnsStd || job.draws === true || hasDraws;
  if (isDrawn && job.targetStd !== undefined && job.profile !== undefined) {
    throw new UsageError('--target-std', 'must stand without --profile, got both; leave one out');
  }
}

/**
 * An adapter with the std that its draws have or are pulled to: that which the job asks for, or else its own. Where its
 * method does not learn it, `draws` asks for draws, and an adapter that was trained with some goes on with them.
 */
export async function withTarget(job: TargetJob, model: Model, adapter: Adapter): Promise<Adapter> {
  const { method, options } = adapter;
  const isGiven = job.profile !== undefined || job.targetStd !== undefined;
  const own = options.targetStd;
  const { learnsStd } = methodNamed(method);
  const isDrawn = learnsStd || job.draws === true || own !== undefined;
  if (!isDrawn || (own !== undefined && !isGiven)) return adapter;
  const graph = adapter.head === null ? model.graph : headGraph(model, adapter.head);
  const layers = learnsStd ? options.layers : linearLayers(graph).map(({ name }) => name);
  const targetStd = await targetStds(job, learnsStd ? method : '--draws', model, layers);
  return { ...adapter, options: { ...options, targetStd } };
}

/**
 * What `adapter.json` says of the target: whether there were draws of fixed std, and where their std or that of the
 * learned ones comes from.
 *
 * @param before What it says of the adapter that training started from, whose targets may have been kept.
 */
export async function targetRecord(
  job: TargetJob,
  adapter: Adapter,
  before: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const isDrawn = drawnLayers(adapter).length > 0;
  const draws = isDrawn && !methodNamed(adapter.method).learnsStd;
  if (!isDrawn) return { draws };
  const { profile, targetAt = 0, targetNoise = 1, targetStd } = job;
  if (targetStd !== undefined) return { draws, targetStd };
  if (profile === undefined) return { ...(isRecord(before) ? before : {}), draws };
  const { name, sha256 } = await loadProfile(profile);
  return { draws, profile: name, profileSha256: sha256, targetAt, targetNoise };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The std of each noisy layer: its weight error on the hardware, or a given number. */
export async function targetStds(
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
