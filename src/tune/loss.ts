import type { GraphBuilder } from '../graph/build.ts';

/**
 * Adds the task loss: the mean over the batch of the cross entropy (classification) or of the squared error
 * (regression).
 *
 * Inputs that it adds: `labels` `[B, outputs]` (one-hot, or the score) and `rowWeights` `[B]` (1 / number of real rows;
 * 0 for a row that only pads the batch), both float32.
 *
 * @returns The name of the scalar loss.
 */
export function addTaskLoss(
  builder: GraphBuilder,
  logits: string,
  outputs: number,
  kind: 'classification' | 'regression',
): string {
  const labels = builder.input('labels', 'float32', ['B', outputs]);
  const weights = builder.input('rowWeights', 'float32', ['B']);
  const perRow =
    kind === 'classification' ? crossEntropy(builder, logits, labels) : squaredError(builder, logits, labels);
  const weighted = builder.node('Mul', [perRow, weights], { name: 'loss.weighted' });
  return sum(builder, weighted, [0], 'loss.task');
}

function crossEntropy(builder: GraphBuilder, logits: string, labels: string): string {
  const logP = builder.node('LogSoftmax', [logits], {
    name: 'loss.logProbability',
    attributes: { axis: -1 },
  });
  const picked = builder.node('Mul', [logP, labels], { name: 'loss.picked' });
  return builder.node('Neg', [sum(builder, picked, [1], 'loss.pickedSum')], { name: 'loss.crossEntropy' });
}

function squaredError(builder: GraphBuilder, logits: string, labels: string): string {
  const difference = builder.node('Sub', [logits, labels], { name: 'loss.difference' });
  return sum(
    builder,
    builder.node('Mul', [difference, difference], { name: 'loss.squares' }),
    [1],
    'loss.squaredError',
  );
}

/**
 * Adds StochGRASP's noise-aware term (our formulation), which pulls each learned std toward the hardware's:
 *
 *     lambda x mean over layers of mean over groups of ((std - target) / target)^2,   std = exp(logStd)
 *
 * @param targets Target std of each layer, by name; each above 0. The graph has an input `<layer>.logStd` for each.
 * @returns The name of the scalar term.
 */
export function addNoiseLoss(
  builder: GraphBuilder,
  targets: Readonly<Record<string, number>>,
  lambda: number,
): string {
  const names = Object.keys(targets);
  const terms = names.map((layer) => {
    const std = builder.node('Exp', [`${layer}.logStd`], { name: `loss.${layer}.std` });
    const ratio = builder.node('Mul', [std, builder.scalar(1 / targets[layer]!)], {
      name: `loss.${layer}.ratio`,
    });
    const off = builder.node('Sub', [ratio, builder.scalar(1)], { name: `loss.${layer}.off` });
    const squares = builder.node('Mul', [off, off], { name: `loss.${layer}.squares` });
    return builder.node('ReduceMean', [squares, builder.ints([0])], {
      name: `loss.${layer}.noise`,
      attributes: { keepdims: 0 },
    });
  });
  const total = terms.reduce((left, right, index) =>
    builder.node('Add', [left, right], { name: `loss.noise.sum.${index}` }),
  );
  return builder.node('Mul', [total, builder.scalar(lambda / names.length)], { name: 'loss.noise' });
}

function sum(builder: GraphBuilder, value: string, axes: readonly number[], name: string): string {
  return builder.node('ReduceSum', [value, builder.ints(axes)], { name, attributes: { keepdims: 0 } });
}
