import type { Graph, Tensor } from '../graph/graph.ts';

/** The shapes of checkpoints that become graphs. */
export type Family = 'use-lite' | 'bert' | 'roberta' | 'distilbert';

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

/** Where a task head sits: it reads `scale` x the output `input` of `width` numbers. */
export interface HeadPlace {
  readonly input: 'pooled';
  readonly width: number;
  /** A constant that brings the output to a size that trains well (10 for an embedding of unit length). */
  readonly scale: number;
}

/** The task head that a fine-tuned checkpoint has of its own. */
export interface Classifier {
  /** The model's graph with a further, first output `logits` `[B, outputs]`. */
  readonly graph: Graph;
  readonly outputs: number;
  /** Label names in order of their logits; empty for a regression. */
  readonly labels: readonly string[];
  /** Where the head is one linear layer on `pooled`: its weight `[width, outputs]` and bias `[outputs]`. */
  readonly onPooled?: { readonly weight: Tensor; readonly bias: Tensor };
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
