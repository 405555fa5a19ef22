import type { GraphBuilder } from '../graph/build.ts';
import type { Draw } from './method.ts';

/**
 * A draw of fixed std in front of a noisy layer: x (1 + std eps), eps standard normal. It stands for the relative error
 * of the layer's written weights while an adapter of any method is trained; a deployed adapter has none.
 *
 * @returns The name of the drawn value, of the shape of `x`.
 */
export function addDraw(builder: GraphBuilder, x: string, layer: string, draw: Draw, std: number): string {
  const noise = builder.node('Mul', [draw.value, builder.scalar(std)], { name: `${layer}.draw.noise` });
  const factor = builder.node('Add', [noise, builder.scalar(1)], { name: `${layer}.draw.factor` });
  const spread = draw.overTokens
    ? builder.node('Unsqueeze', [factor, builder.ints([1])], { name: `${layer}.draw.overTokens` })
    : factor;
  return builder.node('Mul', [x, spread], { name: `${layer}.drawn` });
}
