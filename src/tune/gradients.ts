import { EngineError } from '../core/errors.ts';
import type { Tensor } from '../graph/graph.ts';

/** The loss of one step and its gradients, one a trained tensor, in their order. */
export interface StepGradients {
  readonly loss: number;
  readonly gradients: readonly Float32Array[];
}

/**
 * Joins what the parts of a step gave: loss and gradients are sums over the parts, taken in float64 and rounded once.
 * Of a single part they are what it gave.
 *
 * @param parts Results of the training graph, in the order of the parts.
 */
export function joinParts(
  parts: readonly Readonly<Record<string, Tensor>>[],
  names: readonly string[],
): StepGradients {
  const dataOf = (part: Readonly<Record<string, Tensor>>, name: string) => part[name]!.data as Float32Array;
  const loss = parts.reduce((sum, part) => sum + dataOf(part, 'loss')[0]!, 0);
  const gradients = names.map((name) => {
    const each = parts.map((part) => dataOf(part, `gradient.${name}`));
    if (each.length === 1) return each[0]!;
    return Float32Array.from(each[0]!, (_, i) => each.reduce((sum, gradient) => sum + gradient[i]!, 0));
  });
  return { loss, gradients };
}

/**
 * Scales gradients down to a global norm, as PyTorch's `clip_grad_norm_` does: times most / (norm + 1e-6) where the
 * norm over all numbers of all tensors is above `most`.
 *
 * @returns The gradients, and their norm before.
 */
export function clipByNorm(
  gradients: readonly Float32Array[],
  most: number,
): { readonly gradients: readonly Float32Array[]; readonly norm: number } {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  const norm = Math.sqrt(squares);
  const factor = most / (norm + 1e-6);
  if (factor >= 1) return { gradients, norm };
  return { gradients: gradients.map((gradient) => gradient.map((value) => value * factor)), norm };
}

/** @throws EngineError naming the step (counted from 1) and the tensor, which carries its layer's name */
export function checkFinite(
  step: number,
  names: readonly string[],
  gradients: readonly Float32Array[],
): void {
  gradients.forEach((gradient, index) => {
    const bad = gradient.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw notFinite(step, `the gradient of "${names[index]}"`, String(gradient[bad]));
  });
}

/** What an update left must be finite too. @throws EngineError as `checkFinite` */
export function checkValues(
  step: number,
  { name, value }: { readonly name: string; readonly value: Float32Array },
): void {
  const bad = value.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) throw notFinite(step, `"${name}" after its update`, String(value[bad]));
}

export function notFinite(step: number, what: string, got: string): EngineError {
  return new EngineError(
    `training step ${step}`,
    `${what} must be a finite number, got ${got}; start again with --force and a lower --lr, a longer --warmup or --clip-norm`,
  );
}
