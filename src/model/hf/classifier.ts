import { BadFileError } from '../../core/errors.ts';
import { activateHead } from '../../graph/activate.ts';
import { buildGraph } from '../../graph/build.ts';
import type { Graph, Tensor } from '../../graph/graph.ts';
import type { Classifier, HeadLayers } from '../model.ts';
import type { Weights } from './checkpoint.ts';
import { type EncoderArchitecture, firstToken, type Pooling } from './encoder.ts';
import { LAYER_NAMES } from './layer-names.ts';
import { layersOf } from './weights.ts';

/**
 * The task head of a fine-tuned checkpoint behind its encoder; undefined where there is none. BERT: a linear layer on
 * the pooler. The others have a dense layer of their own on the first token, and a linear one: RoBERTa and MPNet with tanh between,
 * DistilBERT with ReLU, ELECTRA with GELU.
 * Source: the classes *ForSequenceClassification of transformers 4.57.
 * @param graph the encoder's graph
 * @throws BadFileError if a weight is missing or has another shape, or the labels are not as many as the logits
 */
export function classifierOf(
  a: EncoderArchitecture,
  checkpoint: Weights,
  graph: Graph,
  { pooling, prefix }: { readonly pooling: Pooling; readonly prefix: string },
): Classifier | undefined {
  const { dense, activation, last } = LAYER_NAMES[a.family].classifier;
  if (a.hasClassifier === false || (a.hasClassifier === null && !checkpoint.has(`${last}.weight`))) {
    return undefined;
  }
  const taken = new Map<string, Tensor>();
  const take: Weights['take'] = (name, shape) => {
    const tensor = taken.get(name) ?? checkpoint.take(name, shape);
    taken.set(name, tensor);
    return tensor;
  };
  const outputs = take(`${last}.bias`, [null]).shape[0]!;
  if (a.labels !== null && a.labels.length !== outputs) {
    throw new BadFileError(
      checkpoint.where,
      `the head must have as many outputs as config.json has labels (${a.labels.length}), got ${outputs}; mend "id2label"`,
    );
  }
  const b = buildGraph(graph.name, { ...graph, outputs: [] });
  const layers = layersOf(b, { ...checkpoint, take }, a.epsilon);
  const onPooled = dense === 'pooler' && pooling === 'own';
  const name = dense === 'pooler' ? `${prefix}pooler.dense` : dense;
  let features = 'pooled';
  // Without a pooler of its own the encoder pooled otherwise: taking it then says that it is missing.
  if (!onPooled || !graph.initializers.has(`${name}.weight`)) {
    const product = layers.linear(firstToken(b, 'hidden', 'logits.first'), name, [a.width, a.width]);
    features = activateHead(b, activation, product, 'logits.features');
  }
  const logits = layers.linear(features, last, [a.width, outputs]);
  b.node('Identity', [logits], { name: 'logits' });
  b.output('logits', 'float32', ['B', outputs]);
  for (const { name, dtype, shape } of graph.outputs) b.output(name, dtype, shape);
  const names = a.labels ?? Array.from({ length: outputs }, (_, index) => `LABEL_${index}`);
  // A BERT that pools otherwise: its own head reads a pooler that is no output of the encoder.
  const tensors = dense === 'pooler' && !onPooled ? new Map<string, Tensor>() : taken;
  return { graph: b.finish(), outputs, labels: outputs === 1 ? [] : names, tensors };
}

/**
 * The head that the family's classifiers have, for a new task: BERT's pooler stays as it is, and its classifier is
 * trained; the others' dense layer is trained too.
 * @returns null where the folder pools in another way than those classes do
 */
export function headLayersOf(
  a: EncoderArchitecture,
  pooling: Pooling,
  hasPooler: boolean,
): HeadLayers | null {
  const { dense, activation, last } = LAYER_NAMES[a.family].classifier;
  if (dense !== 'pooler') {
    return pooling === 'mean' ? null : { input: 'firstToken', dense: { name: dense, activation }, last };
  }
  return pooling === 'own' && hasPooler ? { input: 'pooled', last } : null;
}
