import { UsageError } from '../core/errors.ts';
import type { HeadActivation } from '../graph/activate.ts';
import type { Tensor } from '../graph/graph.ts';
import { headForms } from './head.ts';

/** `head` is the frozen probe: nothing but the task head is trained. */
export type MethodName = 'grasp' | 'stochgrasp' | 'lora' | 'bitfit' | 'ia3' | 'head' | 'full';

export const METHODS: readonly MethodName[] = [
  'grasp',
  'stochgrasp',
  'lora',
  'bitfit',
  'ia3',
  'head',
  'full',
];

/**
 * What a vector of (IA)^3 rescales: a layer's keys, its values, or the inner activations of a feed-forward pair; and as
 * PEFT places vectors, which need not know what a layer is for, its whole input or output.
 */
export type Ia3Role = 'key' | 'value' | 'inner' | 'input' | 'output';

/** The layers of a task head that is one of a checkpoint's family, by the checkpoint's names. */
export interface HeadLayers {
  /** What the head reads: the model's output `pooled`, or the last hidden state of the first token. */
  readonly input: 'pooled' | 'firstToken';
  /** A layer `[width, width]` in front of the last and what bends its output. */
  readonly dense?: { readonly name: string; readonly activation: HeadActivation };
  /** The layer that gives the logits. */
  readonly last: string;
  /** Whether the last layer has no bias (GPT-2). */
  readonly isBare?: boolean;
}

/**
 * The task head: logits = scale x pooled x weight + bias; with `layers` that of a checkpoint's family (RoBERTa:
 * out_proj(tanh(dense(first token)))).
 */
export interface Head {
  /** Width of what it reads. */
  readonly width: number;
  /** Number of classes; 1 for a regression. */
  readonly outputs: number;
  /** Fixed factor in front of the head's weight (USE-lite's embedding has unit length; the head sees 10 x it). */
  readonly scale: number;
  /** Label names in order of their logits; empty for a regression. */
  readonly labels: readonly string[];
  /** Absent: one layer of our own. */
  readonly layers?: HeadLayers;
}

/** A parameter of the model that is trained and stored whole. */
export interface StoredParameter {
  readonly name: string;
  /** Length of its shape. */
  readonly rank: number;
  /** A matrix that the file has the other way round than the graph: `[out, in]`, as the checkpoint has it. */
  readonly transposed?: boolean;
}

/** How an adapter was made; goes into `adapter.json` as it is. Options of one method are absent with the others. */
export interface AdapterOptions {
  /** Names of the adapted layers, in graph order: linear layers, and with BitFit layer norms. */
  readonly layers: readonly string[];
  readonly seed: number;
  /** GRASP, StochGRASP: group count K. */
  readonly groups?: number;
  /** LoRA: rank r of the product, and its factor alpha / r; both may differ at single layers. */
  readonly rank?: number;
  readonly alpha?: number;
  readonly ranks?: Readonly<Record<string, number>>;
  readonly alphas?: Readonly<Record<string, number>>;
  /** LoRA: the factor is alpha / sqrt(r) (rank-stabilised, arXiv 2312.03732). */
  readonly rankStabilised?: boolean;
  /** LoRA: probability that training drops a number in front of A; above 0, below 1, absent: none is. */
  readonly dropout?: number;
  /** (IA)^3: which vectors each layer has. */
  readonly vectors?: Readonly<Record<string, readonly Ia3Role[]>>;
  /** Full fine-tuning: the parameters of each layer. */
  readonly parameters?: Readonly<Record<string, readonly StoredParameter[]>>;
  /**
   * Relative std of each noisy layer, by name. StochGRASP: the target that each adapted layer's std is pulled to. Other
   * methods: the fixed std of the draws that they are trained with, in front of these layers, adapted or not.
   */
  readonly targetStd?: Readonly<Record<string, number>>;
}

/**
 * An adapter: what was trained, and how it enters a graph.
 *
 * `tensors` holds exactly what is stored: each method's file says what that is, and `head.ts` for the head.
 */
export interface Adapter {
  readonly method: MethodName;
  readonly options: AdapterOptions;
  /** Null: it has none. The checkpoint's own, where there is one, serves as it is. */
  readonly head: Head | null;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** @throws UsageError if the adapter has no head */
export function headOf({ head }: Pick<Adapter, 'head'>): Head {
  if (head !== null) return head;
  throw new UsageError(
    '--adapter',
    'must have a task head for this, got one without; import it with its head ("modules_to_save"), or train one from it',
  );
}

/** Names of the tensors that training moves, in file order (all but the integer group maps). */
export function trainableNames(adapter: Adapter): string[] {
  return [...adapter.tensors].filter(([, tensor]) => tensor.dtype === 'float32').map(([name]) => name);
}

/** Names of the tensors of an adapter's head. */
export function headNames({ head }: Pick<Adapter, 'head'>): ReadonlySet<string> {
  return new Set(headForms(head).map(({ name }) => name));
}

/** The number of trained numbers, without and with the task head. */
export function trainableCounts(adapter: Adapter): { withoutHead: number; withHead: number } {
  const ofHead = headNames(adapter);
  let withoutHead = 0;
  let withHead = 0;
  for (const name of trainableNames(adapter)) {
    const size = adapter.tensors.get(name)!.data.length;
    withHead += size;
    if (!ofHead.has(name)) withoutHead += size;
  }
  return { withoutHead, withHead };
}
