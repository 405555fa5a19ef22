import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import type { Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import type { Head } from './adapter.ts';
import type { Method } from './method.ts';

/** Spread of a new head's weights: small enough to start near chance, not zero, so that adapters get a gradient at once. */
const INITIAL_STD = 0.02;

/** A new head: seeded normal weights, zero bias. */
export function initialHead({ width, outputs }: Head, seed: number): Map<string, Tensor> {
  const weight = new Float32Array(width * outputs);
  fillNormals(stream(seed, 'head'), weight);
  return new Map([
    [
      'head.weight',
      float32(
        [width, outputs],
        weight.map((z) => z * INITIAL_STD),
      ),
    ],
    ['head.bias', float32([outputs], new Float32Array(outputs))],
  ]);
}

/** The frozen probe: no layer is adapted; the head alone is trained. */
export const head: Method = {
  rate: 5e-3,
  learnsStd: false,
  places: () => [],
  start: () => ({ options: {}, tensors: new Map() }),
  checkOptions: () => {},
  forms: () => [],
  replaced: () => new Map(),
  attach: () => ({}),
  fold: () => new Map(),
};
