import type { Graph } from '../graph/graph.ts';

/** The shapes of checkpoints that become graphs. */
export type Family = 'use-lite';

/**
 * Cuts text into token ids. Each family has its own; limits on length are the caller's (`encodeExample`).
 */
export interface Tokenizer {
  /** @throws UsageError if a pair is given to a model of single texts */
  encode(text: string, pair?: string): Encoding;
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

/**
 * A pretrained model: its graph, and what turns text into the graph's inputs.
 *
 * Inputs of the graph: `ids` `[B, T]` int64, `mask` `[B, T]` float32 (1 a real token, 0 padding). Outputs: `hidden`
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
  readonly head: HeadPlace;
  /** Numbers in the weights: a tied weight counts once, constants such as position signals do not. */
  readonly parameters: number;
}
