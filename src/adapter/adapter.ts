import type { Tensor } from '../graph/graph.ts';

/** `head` is the frozen probe: nothing but the task head is trained. */
export type MethodName = 'grasp' | 'stochgrasp' | 'lora' | 'bitfit' | 'ia3' | 'head';

export const METHODS: readonly MethodName[] = ['grasp', 'stochgrasp', 'lora', 'bitfit', 'ia3', 'head'];

/** What a vector of (IA)^3 rescales: a layer's keys, its values, or the inner activations of a feed-forward pair. */
export type Ia3Role = 'key' | 'value' | 'inner';

/** The linear task head: logits = scale x pooled x weight + bias. */
export interface Head {
  /** Width of the pooled value. */
  readonly width: number;
  /** Number of classes; 1 for a regression. */
  readonly outputs: number;
  /** Fixed factor in front of the head's weight (USE-lite's embedding has unit length; the head sees 10 x it). */
  readonly scale: number;
  /** Label names in order of their logits; empty for a regression. */
  readonly labels: readonly string[];
}

/** How an adapter was made; goes into `adapter.json` as it is. Options of one method are absent with the others. */
export interface AdapterOptions {
  /** Names of the adapted layers, in graph order: linear layers, and with BitFit layer norms. */
  readonly layers: readonly string[];
  readonly seed: number;
  /** GRASP, StochGRASP: group count K. */
  readonly groups?: number;
  /** LoRA: rank r of the product, and its factor alpha / r. */
  readonly rank?: number;
  readonly alpha?: number;
  /** (IA)^3: which vectors each layer has. */
  readonly vectors?: Readonly<Record<string, readonly Ia3Role[]>>;
  /**
   * Relative std of each noisy layer, by name. StochGRASP: the target that each adapted layer's std is pulled to. Other
   * methods: the fixed std of the draws that they are trained with, in front of these layers, adapted or not.
   */
  readonly targetStd?: Readonly<Record<string, number>>;
}

/**
 * An adapter: what was trained, and how it enters a graph.
 *
 * `tensors` holds exactly what is stored: each method's file says what that is. The head: `head.weight`
 * `[width, outputs]` and `head.bias` `[outputs]`.
 */
export interface Adapter {
  readonly method: MethodName;
  readonly options: AdapterOptions;
  readonly head: Head;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Names of the tensors that training moves, in file order (all but the integer group maps). */
export function trainableNames(adapter: Adapter): string[] {
  return [...adapter.tensors].filter(([, tensor]) => tensor.dtype === 'float32').map(([name]) => name);
}

/** The number of trained numbers, without and with the task head. */
export function trainableCounts(adapter: Adapter): { withoutHead: number; withHead: number } {
  let withoutHead = 0;
  let withHead = 0;
  for (const name of trainableNames(adapter)) {
    const size = adapter.tensors.get(name)!.data.length;
    withHead += size;
    if (!name.startsWith('head.')) withoutHead += size;
  }
  return { withoutHead, withHead };
}
