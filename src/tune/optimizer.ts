/** One trained tensor and the optimiser's state of it, all of the same length. Updated in place by `step`. */
export interface Trained {
  readonly name: string;
  readonly value: Float32Array;
  /** Running means of the gradient and of its square (AdamW only). */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface Optimizer {
  readonly kind: 'adamw' | 'sgd';
  readonly weightDecay: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** StochGRASP's log std: decay to 0 would pull a spread toward 100 %. */
const SPREADS = /\.logStd$/u;

export function trained(name: string, value: Float32Array): Trained {
  return { name, value, first: new Float32Array(value.length), second: new Float32Array(value.length) };
}

/**
 * One update of one tensor, in place.
 *
 * `sgd`: v -= rate x gradient. `adamw`: decoupled weight decay, bias-corrected moments (Loshchilov and Hutter, 2019),
 * beta 0.9 and 0.999, epsilon 1e-8. Computed in float64 and rounded to float32 once. Learned spreads do not decay.
 *
 * @param count Number of this update, from 1.
 */
export function step(
  tensor: Trained,
  gradient: Float32Array,
  rate: number,
  count: number,
  optimizer: Optimizer,
): void {
  const { name, value, first, second } = tensor;
  const decay = SPREADS.test(name) ? 1 : 1 - rate * optimizer.weightDecay;
  if (optimizer.kind === 'sgd') {
    for (let i = 0; i < value.length; i++) value[i] = value[i]! * decay - rate * gradient[i]!;
    return;
  }
  const correction1 = 1 - BETA1 ** count;
  const correction2 = 1 - BETA2 ** count;
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i]!;
    first[i] = BETA1 * first[i]! + (1 - BETA1) * g;
    second[i] = BETA2 * second[i]! + (1 - BETA2) * g * g;
    const update = first[i]! / correction1 / (Math.sqrt(second[i]! / correction2) + EPSILON);
    value[i] = value[i]! * decay - rate * update;
  }
}
