import { activate } from '../../graph/activate.ts';
import { buildGraph, type GraphBuilder } from '../../graph/build.ts';
import { type Graph, int64 } from '../../graph/graph.ts';
import { attend } from '../attention.ts';
import { maskBias, meanOfTokens } from '../padding.ts';
import { type Architecture, countsFromPadding, type EncoderFamily } from './architecture.ts';
import type { Weights } from './checkpoint.ts';
import { LAYER_NAMES } from './layer-names.ts';
import { relativeBias } from './relative-bias.ts';
import { type Layers, layersOf } from './weights.ts';

/** How the tokens of a text become one vector. `own`: the pooler where the checkpoint has one, else the first token. */
export type Pooling = 'own' | 'mean' | 'cls';

export type EncoderArchitecture = Architecture & { readonly family: EncoderFamily };

/** TensorProto.DataType of int64. */
const INT64 = 7;

/**
 * An encoder of Hugging Face's layout as a graph: word, position and type embeddings, a norm, blocks with layer norms
 * behind the sums. `pooled`: BERT's pooler is tanh of a dense layer over the first token.
 * MPNet adds one table of
 * biases by distance to the scores of all blocks; ELECTRA's embeddings may be narrower than its blocks, with a linear layer between.
 * Source: the classes BertModel, RobertaModel, XLMRobertaModel, CamembertModel, ElectraModel, DistilBertModel and MPNetModel of
 * transformers 4.57.
 * @throws BadFileError if a weight is missing or has another shape
 */
export function encoderGraph(
  a: EncoderArchitecture,
  checkpoint: Weights,
  { pooling, prefix }: { readonly pooling: Pooling; readonly prefix: string },
): Graph {
  const b = buildGraph(a.family);
  const names = LAYER_NAMES[a.family];
  const layers = layersOf(b, checkpoint, a.epsilon);

  const ids = b.input('ids', 'int64', ['B', 'T']);
  const mask = b.input('mask', 'float32', ['B', 'T']);
  let state = embeddings(b, layers, a, `${prefix}embeddings`, ids);
  if (a.embeddingWidth !== undefined && a.embeddingWidth !== a.width)
    state = layers.linear(state, `${prefix}embeddings_project`, [a.embeddingWidth, a.width]);
  let bias = maskBias(b, mask);
  if (a.family === 'mpnet') {
    const table = layers.table(`${prefix}encoder.relative_attention_bias.weight`, [32, a.heads]);
    bias = b.node('Add', [relativeBias(b, table, ids, a.positions), bias], { name: 'scores.bias' });
  }
  for (let index = 0; index < a.blocks; index += 1) {
    const block = `${prefix}${names.block(index)}`;
    const part = (key: keyof typeof names.parts) => `${block}.${names.parts[key]}`;
    const square = [a.width, a.width] as const;
    const input = state;
    const qkv = (['query', 'key', 'value'] as const).map((key) => layers.linear(input, part(key), square));
    const mixed = attend(b, qkv as [string, string, string], bias, {
      name: `${block}.attention`,
      width: a.width,
      heads: a.heads,
    });
    const attended = layers.linear(mixed, part('attentionOutput'), square);
    const first = b.node('Add', [attended, state], { name: `${block}.attended` });
    const middle = layers.norm(first, part('attentionNorm'), a.width);
    const inner = layers.linear(middle, part('inner'), [a.width, a.feedForward]);
    const active = activate(b, a.activation, inner, `${block}.active`);
    const outer = layers.linear(active, part('outer'), [a.feedForward, a.width]);
    const second = b.node('Add', [outer, middle], { name: `${block}.output.sum` });
    const last = part('outputNorm');
    state = layers.norm(second, last, a.width, index === a.blocks - 1 ? 'hidden' : last);
  }
  b.output('hidden', 'float32', ['B', 'T', a.width]);
  pool(b, layers, a, state, mask, pooling, `${prefix}pooler.dense`, checkpoint);
  b.output('pooled', 'float32', ['B', a.width]);
  return b.finish();
}

/** The model's prefix in this checkpoint: `bert.` in one of a whole model, none in one of a bare encoder. */
export function prefixOf({ family }: Architecture, names: { has(name: string): boolean }): string {
  const [prefix, words] =
    family === 'gpt2'
      ? ['transformer.', 'wte.weight']
      : [LAYER_NAMES[family].prefix, 'embeddings.word_embeddings.weight'];
  return names.has(words) && !names.has(`${prefix}${words}`) ? '' : prefix;
}

/** The first token's row: `[B, T, D]` to `[B, D]`. */
export function firstToken(b: GraphBuilder, hidden: string, name: string): string {
  const index = b.constant(`${name}.index`, int64([], [0]));
  return b.node('Gather', [hidden, index], { name, attributes: { axis: 1 } });
}

function pool(
  b: GraphBuilder,
  layers: Layers,
  a: Architecture,
  hidden: string,
  mask: string,
  pooling: Pooling,
  pooler: string,
  checkpoint: Weights,
): void {
  if (pooling === 'mean') {
    b.node('Identity', [meanOfTokens(b, hidden, mask)], { name: 'pooled' });
  } else if (pooling === 'own' && checkpoint.has(`${pooler}.weight`)) {
    const dense = layers.linear(firstToken(b, hidden, 'first'), pooler, [a.width, a.width]);
    b.node('Tanh', [dense], { name: 'pooled' });
  } else {
    firstToken(b, hidden, 'pooled');
  }
}

function embeddings(b: GraphBuilder, layers: Layers, a: Architecture, scope: string, ids: string): string {
  const width = a.embeddingWidth ?? a.width;
  const words = layers.table(`${scope}.word_embeddings.weight`, [a.vocabularySize, width]);
  let sum = pick(b, words, ids, `${scope}.words`);
  const types = `${scope}.token_type_embeddings.weight`;
  const positions = `${scope}.position_embeddings.weight`;
  if (a.typeCount === 1) {
    // The one type stands at every token.
    const row = layers.table(types, [1, width]);
    sum = b.node('Add', [sum, row], { name: `${scope}.typed` });
  }
  if (a.typeCount > 1) {
    const typeIds = b.input('typeIds', 'int64', ['B', 'T']);
    const rows = pick(b, layers.table(types, [a.typeCount, width]), typeIds, `${scope}.types`);
    sum = b.node('Add', [sum, rows], { name: `${scope}.typed` });
  }
  const table = layers.table(positions, [a.positions, width]);
  const placed = countsFromPadding(a.family)
    ? placesOfRoberta(b, table, ids, a.padId, scope)
    : firstPlaces(b, table, ids, { width }, scope);
  const total = b.node('Add', [sum, placed], { name: `${scope}.sum` });
  return layers.norm(total, `${scope}.LayerNorm`, width);
}

/** Rows of a table by ids. */
export function pick(b: GraphBuilder, table: string, ids: string, name: string): string {
  return b.node('Gather', [table, ids], { name, attributes: { axis: 0 } });
}

/** The first T rows of the table, `[T, D]`. */
export function firstPlaces(
  b: GraphBuilder,
  table: string,
  ids: string,
  { width }: Pick<Architecture, 'width'>,
  scope: string,
): string {
  const length = b.node('Shape', [ids], { name: 'length', attributes: { start: 1, end: 2 } });
  const first = b.node('Slice', [table, b.ints([0]), length, b.ints([0])], { name: `${scope}.places.first` });
  // Moves nothing: it says that the slice has T rows, which shape inference cannot know, and refuses a T beyond the table.
  const shape = b.node('Concat', [length, b.ints([width])], {
    name: `${scope}.places.shape`,
    attributes: { axis: 0 },
  });
  return b.node('Reshape', [first, shape], { name: `${scope}.places` });
}

/** RoBERTa counts tokens from `padId` + 1 on and leaves out those whose id is `padId`, which all have place `padId`. */
function placesOfRoberta(b: GraphBuilder, table: string, ids: string, padId: number, scope: string): string {
  const pad = b.constant(`${scope}.pad`, int64([], [padId]));
  const axis = b.constant(`${scope}.axis`, int64([], [1]));
  const isPad = b.node('Equal', [ids, pad], { name: `${scope}.isPad` });
  const isToken = b.node('Not', [isPad], { name: `${scope}.isToken` });
  const ones = b.node('Cast', [isToken], { name: `${scope}.ones`, attributes: { to: INT64 } });
  const count = b.node('CumSum', [ones, axis], { name: `${scope}.count` });
  const counted = b.node('Mul', [count, ones], { name: `${scope}.counted` });
  return pick(b, table, b.node('Add', [counted, pad], { name: `${scope}.place` }), `${scope}.places`);
}
