import test from 'ava';
import { trainableCounts } from '../../src/adapter/adapter.ts';
import { chosenPlaces, startAdapter } from '../../src/adapter/start.ts';
import { float32 } from '../../src/graph/graph.ts';
import { transpose } from '../../src/graph/transpose.ts';
import { architectureOf } from '../../src/model/hf/architecture.ts';
import type { Weights } from '../../src/model/hf/checkpoint.ts';
import { decoderGraph } from '../../src/model/hf/decoder.ts';

/** GPT-2 Medium's config.json, as far as it gives shapes. */
const MEDIUM = {
  model_type: 'gpt2',
  n_embd: 1024,
  n_layer: 24,
  n_head: 16,
  n_positions: 1024,
  vocab_size: 50257,
};

/** A checkpoint of shapes alone: all tensors are views of the same zeros, which nobody reads. */
function shapesOnly(): Weights {
  const zeros = new Float32Array(MEDIUM.vocab_size * MEDIUM.n_embd);
  return {
    where: 'shapes',
    has: () => false,
    take: (_, shape) => {
      const sizes = shape.map(Number);
      const count = sizes.reduce((product, size) => product * size, 1);
      return float32(sizes, zeros.subarray(0, count));
    },
    turned: transpose,
  };
}

test('trainableCounts: on the true shapes of GPT-2 Medium LoRA on c_attn (r = 4) has 393216 and (IA)^3 147456', (t) => {
  const a = architectureOf(MEDIUM, 'config.json');
  const graph = decoderGraph(a, shapesOnly(), { pooling: 'own', prefix: '', isTied: true });
  const head = { width: 1024, outputs: 2, scale: 1, labels: ['a', 'b'] };
  const settings = { seed: 1, groups: 64, rank: 4, alpha: 32 };
  const count = (method: 'lora' | 'ia3', glob: string) =>
    trainableCounts(startAdapter(graph, method, chosenPlaces(graph, method, glob), settings, head));
  t.is(count('lora', '*c_attn').withoutHead, 393_216);
  t.deepEqual(count('ia3', '*'), { withoutHead: 147_456, withHead: 147_456 + 2 * 1024 + 2 });
});
