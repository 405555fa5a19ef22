import type { Tensor } from '../graph/graph.ts';

/** `head` is the frozen probe: nothing but the task head is trained. */
export type MethodName = 'head' | 'grasp' | 'stochgrasp';

export const METHODS: readonly MethodName[] = ['grasp', 'stochgrasp', 'head'];

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

/** How an adapter was made; goes into `adapter.json` as it is. */
export interface AdapterOptions {
  /** Group count K of GRASP and StochGRASP; 0 for methods without groups. */
  readonly groups: number;
  /** Names of the adapted linear layers, in graph order. */
  readonly layers: readonly string[];
  readonly seed: number;
  /** StochGRASP: target relative std of each adapted layer, by name. */
  readonly targetStd?: Readonly<Record<string, number>>;
}

/**
 * An adapter: what was trained, and how it enters a graph.
 *
 * `tensors` holds exactly what is stored. GRASP: `<layer>.logGamma` and `<layer>.beta` `[K]` and `<layer>.group`
 * (int32 `[in]`, values 0..K-1). StochGRASP adds `<layer>.logStd` `[K]`. The head: `head.weight` `[width, outputs]` and
 * `head.bias` `[outputs]`.
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
