import type { GraphBuilder } from './build.ts';

export type Activation = 'gelu' | 'gelu_new' | 'relu';

/**
 * gelu: x/2 (1 + erf(x/sqrt 2)), in the order of operators that ONNX Runtime makes one of; gelu_new: x/2 (1 + tanh(
 * sqrt(2/pi) (x + 0.044715 x^3))).
 */
export function activate(b: GraphBuilder, activation: Activation, x: string, name: string): string {
  const node = (op: string, inputs: readonly string[], part: string) =>
    b.node(op, inputs, { name: `${name}.${part}` });
  if (activation === 'relu') return b.node('Relu', [x], { name });
  let bend: string;
  if (activation === 'gelu') {
    bend = node('Erf', [node('Div', [x, b.scalar(Math.SQRT2)], 'scaled')], 'erf');
  } else {
    const cube = node('Mul', [node('Mul', [x, x], 'square'), x], 'cube');
    const inside = node('Add', [x, node('Mul', [cube, b.scalar(0.044715)], 'bent')], 'inside');
    bend = node('Tanh', [node('Mul', [inside, b.scalar(Math.sqrt(2 / Math.PI))], 'scaled')], 'tanh');
  }
  const gate = node('Mul', [x, node('Add', [bend, b.scalar(1)], 'share')], 'gated');
  return b.node('Mul', [gate, b.scalar(0.5)], { name });
}

/** What bends the output of a task head's dense layer: an operator of that name, or GELU as above. */
export const HEAD_ACTIVATIONS = ['Tanh', 'Relu', 'Gelu'] as const;

export type HeadActivation = (typeof HEAD_ACTIVATIONS)[number];

export function activateHead(b: GraphBuilder, activation: HeadActivation, x: string, name: string): string {
  return activation === 'Gelu' ? activate(b, 'gelu', x, name) : b.node(activation, [x], { name });
}
