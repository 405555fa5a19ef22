import { BadFileError } from '../../core/errors.ts';
import { buildGraph } from '../../graph/build.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Classifier } from '../model.ts';
import type { Architecture } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { firstToken, type Pooling } from './encoder.ts';
import { LAYER_NAMES } from './layer-names.ts';
import { layersOf } from './weights.ts';

/**
 * The task head of a fine-tuned checkpoint behind its encoder; undefined where there is none. BERT: a linear layer on
 * the pooler. RoBERTa: dense, tanh, linear on the first token. DistilBERT: dense, ReLU, linear on the first token.
 * Source: the classes *ForSequenceClassification of transformers 4.30.
 * @param graph the encoder's graph
 * @throws BadFileError if a weight is missing or has another shape, or the labels are not as many as the logits
 */
export function classifierOf(
  a: Architecture,
  checkpoint: Checkpoint,
  graph: Graph,
  { pooling, prefix }: { readonly pooling: Pooling; readonly prefix: string },
): Classifier | undefined {
  const { dense, activation, last } = LAYER_NAMES[a.family].classifier;
  if (a.hasClassifier === false || (a.hasClassifier === null && !checkpoint.has(`${last}.weight`))) {
    return undefined;
  }
  const bias = checkpoint.take(`${last}.bias`, [null]);
  const outputs = bias.shape[0]!;
  if (a.labels !== null && a.labels.length !== outputs) {
    throw new BadFileError(
      checkpoint.where,
      `the head must have as many outputs as config.json has labels (${a.labels.length}), got ${outputs}; mend "id2label"`,
    );
  }
  const withBias = {
    ...checkpoint,
    take: (name: string, shape: readonly (number | null)[]) =>
      name === `${last}.bias` ? bias : checkpoint.take(name, shape),
  };
  const b = buildGraph(graph.name, { ...graph, outputs: [] });
  const layers = layersOf(b, withBias, a.epsilon);
  const onPooled = dense === 'pooler' && pooling === 'own';
  const name = dense === 'pooler' ? `${prefix}pooler.dense` : dense;
  let features = 'pooled';
  // Without a pooler of its own the encoder pooled otherwise: taking it then says that it is missing.
  if (!onPooled || !graph.initializers.has(`${name}.weight`)) {
    const product = layers.linear(firstToken(b, 'hidden', 'logits.first'), name, [a.width, a.width]);
    features = b.node(activation, [product], { name: 'logits.features' });
  }
  const logits = layers.linear(features, last, [a.width, outputs]);
  b.node('Identity', [logits], { name: 'logits' });
  b.output('logits', 'float32', ['B', outputs]);
  for (const { name, dtype, shape } of graph.outputs) b.output(name, dtype, shape);
  const made = b.finish();
  const weight = made.initializers.get(`${last}.weight`)!;
  const names = a.labels ?? Array.from({ length: outputs }, (_, index) => `LABEL_${index}`);
  return {
    graph: made,
    outputs,
    labels: outputs === 1 ? [] : names,
    ...(onPooled ? { onPooled: { weight, bias } } : {}),
  };
}
