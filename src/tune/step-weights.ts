import type { Tensor } from '../graph/graph.ts';

/** The weights that training sees instead of the model's own: those of a written chip. */
export interface StepWeights {
  /** The linear layers that it has weights of. */
  readonly layers: readonly string[];
  /**
   * The weights at a step (counted from 0) by layer, `[in, out]`: a function of the step alone. The arrays may be
   * overwritten by the next call.
   */
  at(step: number): Readonly<Record<string, Tensor>>;
}
