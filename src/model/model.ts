import type { HeadActivation } from '../graph/activate.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { HuggingFaceFamily } from './hf/architecture.ts';

/** The shapes of checkpoints that become graphs. */
export type Family = 'use-lite' | HuggingFaceFamily | 'onnx';

/** Cuts text into token ids. Each family has its own. */
export interface Tokenizer {
  /**
   * @param maxLength tokens at most, for families that keep special tokens at the end of what is cut; other families
   *   leave the cut to the caller (`encodeExample`)
   * @throws UsageError if a pair is given to a model of single texts
   */
  encode(text: string, pair?: string, maxLength?: number): Encoding;
  /** The length that the checkpoint says to cut texts to, where it is less than the model's own. */
  readonly maxLength?: number;
  /** Fills the places behind a shorter text of a batch. */
  readonly padId: number;
}

export interface Encoding {
  readonly ids: readonly number[];
  /** 0 for the first text, 1 for its pair; absent where the model has no such input. */
  readonly typeIds?: readonly number[];
}

/** The layers of the task head that a family's checkpoints have, by their names there. */
export interface HeadLayers {
  /** The output `pooled`, or the last hidden state of the first token. */
  readonly input: 'pooled' | 'firstToken';
  readonly dense?: { readonly name: string; readonly activation: HeadActivation };
  readonly last: string;
  /** Whether the last layer has no bias (GPT-2). */
  readonly isBare?: boolean;
}

/** Where a task head sits: it reads `scale` x the output `input` of `width` numbers. */
export interface HeadPlace {
  readonly input: 'pooled';
  readonly width: number;
  /** Absent where the family has no head of its own: one linear layer on `pooled`. */
  readonly layers?: HeadLayers;
  /** A constant that brings the output to a size that trains well (10 for an embedding of unit length). */
  readonly scale: number;
}

/** The task head that a fine-tuned checkpoint has of its own. */
export interface Classifier {
  /** The model's graph with a further, first output `logits` `[B, outputs]`, or of a causal model `[B, T, outputs]`. */
  readonly graph: Graph;
  readonly outputs: number;
  /** Label names in order of their logits; empty for a regression, and for logits over tokens. */
  readonly labels: readonly string[];
  /**
   * Its weights `[out, in]` and biases, by their names in the checkpoint: those of the model's `head.layers`; none where
   * those read something else.
   */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * A pretrained model: its graph, and what turns text into the graph's inputs.
 *
 * Inputs of the graph: `ids` `[B, T]` int64, `mask` `[B, T]` float32 (1 a real token, 0 padding), and where the
 * family tells two texts apart `typeIds` `[B, T]` int64. Outputs: `hidden`
 * `[B, T, D]` (last hidden state; not meaningful at padding) and `pooled` `[B, P]`.
 */
export interface Model {
  readonly name: string;
  readonly family: Family;
  /** SHA-256 of the weights and the vocabulary. */
  readonly sha256: string;
  readonly graph: Graph;
  /** Whether the checkpoint stores its linear layers as `[out, in]`, where the graph has `[in, out]`. */
  readonly turnedWeights?: boolean;
  readonly tokenizer: Tokenizer;
  /** Token ids are 0 to this, less one. */
  readonly vocabularySize: number;
  /** The most tokens that the model reads. */
  readonly maxLength: number;
  /** Type ids are 0 to this, less one; absent where the graph has no input `typeIds`. */
  readonly typeCount?: number;
  readonly head: HeadPlace;
  readonly classifier?: Classifier;
  /** Numbers in the weights: a tied weight counts once, constants such as position signals do not. */
  readonly parameters: number;
}
