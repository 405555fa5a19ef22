import { type Adapter, trainableNames } from '../adapter/adapter.ts';
import { attachAdapter } from '../adapter/attach.ts';
import { buildGraph } from '../graph/build.ts';
import { addGradients } from '../graph/gradient.ts';
import type { Graph } from '../graph/graph.ts';
import type { Draw } from './draws.ts';
import { addNoiseLoss, addTaskLoss } from './loss.ts';

export interface Loss {
  readonly kind: 'classification' | 'regression';
  /** Weight of the noise-aware term; only StochGRASP has it. */
  readonly lambda: number;
  /** What has a new draw of its own; only StochGRASP draws. */
  readonly draw: Draw;
}

/**
 * The graph of one training step: model, adapter, loss and gradients. Outputs: `loss` and `gradient.<tensor>` for each
 * trained tensor. All randomness (the draws) comes in as inputs.
 */
export function trainingGraph(model: Graph, adapter: Adapter, loss: Loss): Graph {
  const stochastic = adapter.method === 'stochgrasp';
  const draws = !stochastic ? 'none' : loss.draw === 'token' ? 'token' : 'example';
  const forward = attachAdapter(model, adapter, { parameters: 'input', draws });
  const builder = buildGraph(`${model.name}-training`, forward, false);
  const task = addTaskLoss(builder, 'logits', adapter.head.outputs, loss.kind);
  const targets = adapter.options.targetStd;
  if (stochastic && targets !== undefined && loss.lambda !== 0) {
    builder.node('Add', [task, addNoiseLoss(builder, targets, loss.lambda)], { name: 'loss' });
  } else {
    builder.node('Identity', [task], { name: 'loss' });
  }
  builder.output('loss', 'float32', []);
  return addGradients(builder.finish(), 'loss', trainableNames(adapter));
}
