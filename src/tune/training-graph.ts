import { type Adapter, headOf, trainableNames } from '../adapter/adapter.ts';
import { attachAdapter } from '../adapter/attach.ts';
import { methodNamed } from '../adapter/methods.ts';
import { UsageError } from '../core/errors.ts';
import { buildGraph, type GraphBuilder } from '../graph/build.ts';
import { addGradients } from '../graph/gradient.ts';
import type { Graph } from '../graph/graph.ts';
import { liftable, liftWeights } from '../graph/lift-weights.ts';
import type { Draw } from './draws.ts';
import { addNoiseLoss, addTaskLoss } from './loss.ts';

export interface Loss {
  readonly kind: 'classification' | 'regression';
  /** Weight of the noise-aware term; only StochGRASP has it. */
  readonly lambda: number;
  /** What has a new draw of its own, if the adapter is trained with draws. */
  readonly draw: Draw;
  /** A step is computed in parts: the noise-aware term counts times an input `share`, the part's share of the step. */
  readonly inParts?: boolean;
}

/**
 * The graph of one training step: `lossGraph` with, beside `loss`, an output `gradient.<tensor>` for each trained tensor.
 *
 * @throws UsageError if a StochGRASP adapter has no targets for the noise-aware term.
 */
export function trainingGraph(
  model: Graph,
  adapter: Adapter,
  loss: Loss,
  lifted: readonly string[] = [],
): Graph {
  return addGradients(lossGraph(model, adapter, loss, lifted), 'loss', trainableNames(adapter));
}

/**
 * Model, adapter and loss, with the one output `loss`; the trained tensors are inputs, named as in the adapter's file.
 * All randomness (the draws) comes in as inputs too. Errors as `trainingGraph`.
 *
 * @param lifted Linear layers whose weights are inputs as well: those of a written chip.
 */
export function lossGraph(model: Graph, adapter: Adapter, loss: Loss, lifted: readonly string[] = []): Graph {
  const draws = loss.draw === 'token' ? 'token' : 'example';
  const attached = attachAdapter(model, adapter, { parameters: 'input', draws });
  const forward = liftWeights(attached, liftable(attached, lifted));
  const builder = buildGraph(`${model.name}-training`, forward, false);
  const task = addTaskLoss(builder, 'logits', headOf(adapter).outputs, loss.kind);
  if (hasNoiseTerm(adapter, loss)) {
    const noise = addNoiseLoss(builder, targetsOf(adapter), loss.lambda);
    const part = loss.inParts === true ? shareOf(builder, noise) : noise;
    builder.node('Add', [task, part], { name: 'loss' });
  } else {
    builder.node('Identity', [task], { name: 'loss' });
  }
  builder.output('loss', 'float32', []);
  return builder.finish();
}

/** Whether the loss has the noise-aware term. */
export function hasNoiseTerm(adapter: Adapter, loss: Loss): boolean {
  return methodNamed(adapter.method).learnsStd && loss.lambda !== 0;
}

/** A term that belongs to the whole step: each part counts its share of it. */
function shareOf(builder: GraphBuilder, term: string): string {
  return builder.node('Mul', [term, builder.input('share', 'float32', [])], { name: 'loss.share' });
}

function targetsOf({ options }: Adapter): Readonly<Record<string, number>> {
  if (options.targetStd !== undefined) return options.targetStd;
  throw new UsageError(
    'adapter',
    'must have target stds ("options.targetStd") for the noise-aware loss, got none; pass --lambda 0 or train a new one',
  );
}
