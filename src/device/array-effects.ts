import type { StuckCells } from './faults.ts';

/** What an array does to one kind of its cells (`plus`, `minus`) beyond their laws. */
export interface ArrayEffects {
  /** Of the layer's `[rows, columns]` array. */
  readonly stuck: StuckCells | null;
  /** What the cells of each column are multiplied by, `[columns]`, at the tile row in question; null: 1. */
  readonly factors: Float32Array | null;
}
