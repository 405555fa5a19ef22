import { BadFileError } from '../../core/errors.ts';
import { activate } from '../../graph/activate.ts';
import { buildGraph, type GraphBuilder } from '../../graph/build.ts';
import { type Graph, int64, type Tensor } from '../../graph/graph.ts';
import { DATA_TYPE } from '../../graph/onnx-fields.ts';
import { attend } from '../attention.ts';
import type { Classifier, HeadLayers } from '../model.ts';
import { maskBias, meanOfTokens } from '../padding.ts';
import type { Architecture } from './architecture.ts';
import type { Weights } from './checkpoint.ts';
import { firstPlaces, firstToken, type Pooling, pick } from './encoder.ts';
import { positionsOf } from './relative-bias.ts';
import { LANGUAGE_HEAD } from './stored-weights.ts';
import { layersOf } from './weights.ts';

export interface DecoderHow {
  readonly pooling: Pooling;
  readonly prefix: string;
  /** Whether the language head is the word embedding. */
  readonly isTied: boolean;
}

/**
 * A GPT-2 of Hugging Face's layout as a graph: word and position embeddings, blocks with layer norms in front of
 * attention and feed-forward, tokens seeing those before them and themselves, and a last norm, behind which is `hidden`.
 * `pooled` is a text's last token that is not padding. Source: the class GPT2Model of transformers 4.57.
 * @throws BadFileError if a weight is missing or has another shape
 */
export function decoderGraph(a: Architecture, checkpoint: Weights, how: DecoderHow): Graph {
  const { prefix, pooling } = how;
  const b = buildGraph(a.family);
  const layers = layersOf(b, checkpoint, a.epsilon);
  const ids = b.input('ids', 'int64', ['B', 'T']);
  const mask = b.input('mask', 'float32', ['B', 'T']);
  const words = pick(
    b,
    layers.table(`${prefix}wte.weight`, [a.vocabularySize, a.width]),
    ids,
    `${prefix}words`,
  );
  const places = firstPlaces(
    b,
    layers.table(`${prefix}wpe.weight`, [a.positions, a.width]),
    ids,
    a,
    `${prefix}wpe`,
  );
  let state = b.node('Add', [words, places], { name: `${prefix}embedded` });
  const positions = positionsOf(b, ids);
  const bias = b.node('Add', [causalBias(b, positions), maskBias(b, mask)], { name: 'scores.bias' });
  for (let index = 0; index < a.blocks; index += 1) {
    const block = `${prefix}h.${index}`;
    const normed = layers.norm(state, `${block}.ln_1`, a.width);
    const fused = layers.conv1d(normed, `${block}.attn.c_attn`, [a.width, 3 * a.width]);
    const sizes = b.ints([a.width, a.width, a.width]);
    const qkv = b.nodes('Split', [fused, sizes], 3, { name: `${block}.attn.qkv`, attributes: { axis: -1 } });
    const mixed = attend(b, qkv as [string, string, string], bias, {
      name: `${block}.attn`,
      width: a.width,
      heads: a.heads,
    });
    const attended = layers.conv1d(mixed, `${block}.attn.c_proj`, [a.width, a.width]);
    const middle = b.node('Add', [attended, state], { name: `${block}.attended` });
    const inner = layers.conv1d(layers.norm(middle, `${block}.ln_2`, a.width), `${block}.mlp.c_fc`, [
      a.width,
      a.feedForward,
    ]);
    const active = activate(b, a.activation, inner, `${block}.mlp.active`);
    const outer = layers.conv1d(active, `${block}.mlp.c_proj`, [a.feedForward, a.width]);
    state = b.node('Add', [outer, middle], { name: `${block}.output` });
  }
  const hidden = layers.norm(state, `${prefix}ln_f`, a.width, 'hidden');
  b.output('hidden', 'float32', ['B', 'T', a.width]);
  if (pooling === 'mean') b.node('Identity', [meanOfTokens(b, hidden, mask)], { name: 'pooled' });
  else if (pooling === 'cls') firstToken(b, hidden, 'pooled');
  else lastToken(b, hidden, a, 'pooled');
  b.output('pooled', 'float32', ['B', a.width]);
  return b.finish();
}

/** -1e9 where a key stands behind its query, else 0: `[1, 1, T, T]`. */
function causalBias(b: GraphBuilder, positions: string): string {
  const queries = b.node('Unsqueeze', [positions, b.ints([1])], { name: 'causal.queries' });
  const behind = b.node('Greater', [positions, queries], { name: 'causal.behind' });
  const hidden = b.node('Cast', [behind], { name: 'causal.hidden', attributes: { to: DATA_TYPE.float32 } });
  const bias = b.node('Mul', [hidden, b.scalar(-1e9)], { name: 'causal' });
  return b.node('Unsqueeze', [bias, b.ints([0, 1])], { name: 'causal.bias' });
}

/**
 * The last token of a text whose id is not that of padding, `[B, D]`: a product with rows that hold one 1. As
 * transformers' classifiers choose it; they take padding by its id, wherever it stands.
 */
function lastToken(b: GraphBuilder, hidden: string, a: Architecture, name: string): string {
  let counts = b.node('Cast', ['mask'], { name: 'last.real', attributes: { to: DATA_TYPE.int64 } });
  if (a.statesPadding) {
    const pad = b.constant('last.padding', int64([], [a.padId]));
    const isPad = b.node('Equal', ['ids', pad], { name: 'last.isPadding' });
    const isToken = b.node('Not', [isPad], { name: 'last.isToken' });
    const tokens = b.node('Cast', [isToken], { name: 'last.tokens', attributes: { to: DATA_TYPE.int64 } });
    counts = b.node('Mul', [counts, tokens], { name: 'last.counts' });
  }
  const places = b.node('Mul', [counts, 'positions'], { name: 'last.places' });
  const place = b.node('ReduceMax', [places, b.ints([1])], {
    name: 'last.place',
    attributes: { keepdims: 1 },
  });
  const isLast = b.node('Equal', ['positions', place], { name: 'last.isLast' });
  const chosen = b.node('Cast', [isLast], { name: 'last.chosen', attributes: { to: DATA_TYPE.float32 } });
  const row = b.node('Unsqueeze', [chosen, b.ints([1])], { name: 'last.row' });
  const picked = b.node('MatMul', [row, hidden], { name: 'last.token' });
  return b.node('Squeeze', [picked, b.ints([1])], { name });
}

const SCORE = 'score';

/** The head that transformers' GPT-2 classifiers have: one layer on the last token. */
export const DECODER_HEAD: HeadLayers = { input: 'pooled', last: SCORE, isBare: true };

/**
 * What a GPT-2 gives beside its hidden states: the logits of the next token, `[B, T, V]`, by the word embedding or a head
 * of its own; of a fine-tuned classifier `[B, outputs]`, by a layer without bias.
 * @throws BadFileError as decoderGraph, or if the labels are not as many as the logits
 */
export function decoderClassifier(
  a: Architecture,
  checkpoint: Weights,
  graph: Graph,
  { prefix, isTied, pooling }: DecoderHow,
): Classifier {
  const b = buildGraph(graph.name, { ...graph, outputs: [] });
  const isScored = a.hasClassifier ?? checkpoint.has(`${SCORE}.weight`);
  const finish = (): Graph => {
    for (const { name, dtype, shape } of graph.outputs) b.output(name, dtype, shape);
    return b.finish();
  };
  const times = (rows: string, weight: string, name: string) =>
    b.node('Gemm', [rows, weight], { name, attributes: { transB: 1 } });
  if (!isScored) {
    const table = isTied
      ? `${prefix}wte.weight`
      : b.constant(LANGUAGE_HEAD, checkpoint.take(LANGUAGE_HEAD, [a.vocabularySize, a.width]));
    // A product of rows, for the table stands [V, D]: no second copy of it is made.
    const rows = b.node('Reshape', ['hidden', b.ints([-1, a.width])], { name: 'logits.rows' });
    const product = times(rows, table, 'lm_head');
    const sizes = b.node('Shape', ['ids'], { name: 'logits.sizes' });
    const shape = b.node('Concat', [sizes, b.ints([a.vocabularySize])], {
      name: 'logits.shape',
      attributes: { axis: 0 },
    });
    b.node('Reshape', [product, shape], { name: 'logits' });
    b.output('logits', 'float32', ['B', 'T', a.vocabularySize]);
    return { graph: finish(), outputs: a.vocabularySize, labels: [], tensors: new Map() };
  }
  const weight = checkpoint.take(`${SCORE}.weight`, [null, a.width]);
  const outputs = weight.shape[0]!;
  if (a.labels !== null && a.labels.length !== outputs) {
    throw new BadFileError(
      checkpoint.where,
      `the head must have as many outputs as config.json has labels (${a.labels.length}), got ${outputs}; mend "id2label"`,
    );
  }
  // A folder that pools otherwise has a head all the same that reads the last token.
  const token = pooling === 'own' ? 'pooled' : lastToken(b, 'hidden', a, 'logits.token');
  times(token, b.constant(`${SCORE}.weight`, weight), SCORE);
  b.node('Identity', [SCORE], { name: 'logits' });
  b.output('logits', 'float32', ['B', outputs]);
  const names = a.labels ?? Array.from({ length: outputs }, (_, index) => `LABEL_${index}`);
  const tensors = new Map<string, Tensor>(pooling === 'own' ? [[`${SCORE}.weight`, weight]] : []);
  return { graph: finish(), outputs, labels: outputs === 1 ? [] : names, tensors };
}
