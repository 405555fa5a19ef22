import type { GraphBuilder } from '../graph/build.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { Adapter, AdapterOptions } from './adapter.ts';

/** What the caller may set of a new adapter; each method takes what is its own. */
export interface Settings {
  readonly seed: number;
  /** Group count K of GRASP and StochGRASP. */
  readonly groups: number;
  /** Rank and alpha of LoRA. */
  readonly rank: number;
  readonly alpha: number;
  /** Whether the checkpoint stores linear layers as `[out, in]`, where the graph has `[in, out]`. */
  readonly turnedWeights?: boolean;
  /** Relative std of each noisy layer, by name; absent: no draws. */
  readonly targetStd?: Readonly<Record<string, number>>;
}

/** A setting of a new adapter that is a method's own. */
export type OwnSetting = 'groups' | 'rank' | 'alpha' | 'dropout';

/** A layer of a model at which a method can stand, and the sizes there that its tensors are shaped by. */
export interface Place {
  readonly name: string;
  /** By what they count: `inputs`, `outputs`, `keys`, ... */
  readonly sizes: Readonly<Record<string, number>>;
}

/** A tensor that a method stores for a layer. A word in the shape is a size that the model sets (see `Place`). */
export interface TensorForm {
  readonly layer: string;
  readonly name: string;
  /** `float`: float32, trained. Else integers in 0..below-1, of any integer type in the file. */
  readonly kind: 'float' | { readonly below: number };
  readonly shape: readonly (number | string)[];
}

/**
 * Standard normal numbers in front of a linear layer: a value `[B, in]`, or of the shape of the layer's input.
 * `overTokens`: a draw `[B, in]` stands for all tokens of an input `[B, T, in]`.
 */
export interface Draw {
  readonly value: string;
  readonly overTokens: boolean;
}

/** A stored tensor in place of an initializer. `transposed`: a matrix, stored as `[out, in]`. */
export interface Replacement {
  readonly name: string;
  readonly transposed: boolean;
}

/** What a method has at hand while its adapter enters a graph. Names are those of graph values. */
export interface Entry {
  readonly builder: GraphBuilder;
  /** The model's own graph. */
  readonly graph: Graph;
  readonly adapter: Adapter;
  /** The value that holds a stored tensor, or with `transposed` a stored matrix the other way round. */
  parameter(name: string, transposed?: boolean): string;
  /** What stands for a value of the model's once all changes so far are made. */
  current(value: string): string;
  /** The draw in front of a linear layer; null: none. Asked for once a layer. */
  draw(layer: string): Draw | null;
  /** The factors of dropout, of the shape of a linear layer's input; null: none. Asked for once a layer. */
  dropout(layer: string): string | null;
}

/** How a method changes a graph. Each function adds nodes and returns the value that later nodes see. */
export interface Edits {
  /** By linear layer: what the layer multiplies instead of its input. */
  readonly inputs?: ReadonlyMap<string, (x: string) => string>;
  /** By value: what stands for it behind the node that makes it. */
  readonly outputs?: ReadonlyMap<string, (value: string) => string>;
}

/** What folding makes of a linear layer: `shift` `[out]` is added behind the product, `bias` replaces the layer's own. */
export interface Fold {
  readonly weight: Tensor;
  readonly shift?: Tensor;
  readonly bias?: Tensor;
}

/** Says whether an option is as it must be: `must(name, value, holds, what)` throws if it does not hold. */
export type Must = (name: string, value: unknown, holds: boolean, what: string) => void;

/** One way to adapt a frozen model. `methods.ts` has a record for each. */
export interface Method {
  /** Learning rate where the caller names none. */
  readonly rate: number;
  /** Whether it learns the std of its draws (and is pulled to a target); else the std is fixed. */
  readonly learnsStd: boolean;
  /** The settings that it takes. */
  readonly settings: readonly OwnSetting[];
  /** Where it can stand in a model, in graph order. */
  places(graph: Graph): readonly Place[];
  /** Where an adapter that was made elsewhere can stand; absent: the same places. */
  standings?(graph: Graph): readonly Place[];
  /** Its own options and first values at the chosen places: the identity. @throws UsageError for settings that do not fit */
  start(
    graph: Graph,
    places: readonly Place[],
    settings: Settings,
  ): { readonly options: Partial<AdapterOptions>; readonly tensors: ReadonlyMap<string, Tensor> };
  /** Checks its own options, read from a file. */
  checkOptions(options: Readonly<Record<string, unknown>>, must: Must): void;
  /** The tensors that it stores beside the head's, in file order. */
  forms(options: AdapterOptions): readonly TensorForm[];
  /** The model's initializers that stored tensors take the place of, each with its tensor. */
  replaced(graph: Graph, adapter: Adapter): ReadonlyMap<string, Replacement>;
  /** The nodes that it adds. */
  attach(entry: Entry): Edits;
  /** The linear layers that it changes when it is folded, by name. What it replaces is replaced there too. */
  fold(graph: Graph, adapter: Adapter): ReadonlyMap<string, Fold>;
}
