import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import type { Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import type { Head } from './adapter.ts';

/** Spread of a new head's weights: small enough to start near chance, not zero, so that adapters get a gradient at once. */
const INITIAL_STD = 0.02;

/** A new head: seeded normal weights, zero bias. */
export function initialHead(head: Head, seed: number): Map<string, Tensor> {
  const weight = new Float32Array(head.width * head.outputs);
  fillNormals(stream(seed, 'head'), weight);
  return new Map([
    [
      'head.weight',
      float32(
        [head.width, head.outputs],
        weight.map((z) => z * INITIAL_STD),
      ),
    ],
    ['head.bias', float32([head.outputs], new Float32Array(head.outputs))],
  ]);
}
