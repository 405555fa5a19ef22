import { type Adapter, headOf } from '../adapter/adapter.ts';
import { attachAdapter } from '../adapter/attach.ts';
import { batches } from '../data/batches.ts';
import type { EvaluationData } from '../evaluate/evaluation-data.ts';
import { modelFeeds } from '../evaluate/model-feeds.ts';
import type { Sample } from '../evaluate/sample.ts';
import { scoreLogits } from '../evaluate/score.ts';
import type { Tensor } from '../graph/graph.ts';
import { liftable, liftedInput, liftWeights } from '../graph/lift-weights.ts';
import type { Model } from '../model/model.ts';
import type { Engine } from '../runtime/engine.ts';

type LayerWeights = Readonly<Record<string, Tensor>>;

/**
 * The logits of the clean digital model with its adapter, `[examples, outputs]`.
 *
 * @param weights Weights by layer, `[in, out]`, instead of the model's own: a written chip without converters.
 */
export async function cleanLogits(
  engine: Engine,
  model: Model,
  adapter: Adapter,
  data: Pick<EvaluationData, 'examples' | 'padId' | 'tokens'>,
  weights: LayerWeights = {},
): Promise<Float32Array> {
  const attached = attachAdapter(model.graph, adapter, { parameters: 'constant', draws: 'none' });
  const layers = liftable(attached, Object.keys(weights));
  const graph = liftWeights(attached, layers);
  const lifted = Object.fromEntries(layers.map((layer) => [liftedInput(layer), weights[layer]!]));
  const session = await engine.load(graph);
  const { outputs } = headOf(adapter);
  const { tokens, padId } = data;
  const logits = new Float32Array(data.examples.length * outputs);
  try {
    for (const batch of batches(data.examples, { size: tokens, tokens, order: 'length', padId })) {
      const values = (await session.run({ ...modelFeeds(batch), ...lifted })).logits!.data as Float32Array;
      batch.indices.forEach((example, row) => {
        logits.set(values.subarray(row * outputs, (row + 1) * outputs), example * outputs);
      });
    }
  } finally {
    await session.release();
  }
  return logits;
}

/** The metrics of the clean digital model with its adapter, or of a written chip with it. */
export async function cleanMetrics(
  engine: Engine,
  model: Model,
  adapter: Adapter,
  data: EvaluationData,
  weights: LayerWeights = {},
): Promise<Sample['metrics']> {
  const logits = await cleanLogits(engine, model, adapter, data, weights);
  return scoreLogits(logits, headOf(adapter).outputs, data).metrics;
}
