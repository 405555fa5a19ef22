import { BadFileError } from '../../core/errors.ts';
import { cos, sin } from '../../core/math.ts';
import { buildGraph, type GraphBuilder } from '../../graph/build.ts';
import { float32, type Graph, type Tensor } from '../../graph/graph.ts';
import { maskBias, meanOfTokens } from '../padding.ts';
import { attention } from './attention.ts';
import { pairBias, pairFeatures, pairMasks, pairMeans, pairPlaces } from './pairs.ts';

/** Width of an embedding. */
export const WIDTH = 512;

/** Positions that the model knows: the reference drops the tokens behind them. */
export const MAX_TOKENS = 128;

/** Rows of the embedding: the 8,000 pieces and two spare ones. */
export const EMBEDDINGS = 8002;

const LAYER_NORM_EPSILON = 1e-6;

/** Variables live in the checkpoint under one of these; what follows names the variable in our graph. */
const SCOPES = [
  'module/Encoder_en/KonaTransformer/Encode/',
  'module_apply_default/Encoder_en/KonaTransformer/Encode/',
  'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack/',
  'module/Encoder_en/',
  'module/',
];

/**
 * USE-lite as a graph: ids `[B, T]` and mask `[B, T]` to `hidden` `[B, T, 512]` and `pooled` `[B, 512]`.
 *
 * The input of the first block is twice the embedding plus the position signal. Two blocks with layer norms in front
 * (epsilon 1e-6, none at the end), four heads, ReLU feed-forward 512-1536-512; the first block goes from 256 to 512, its
 * residual through a dense of its own. Pooled: mean over real tokens, dense, tanh, unit length.
 *
 * Of `pair`s a row holds two texts, told apart by `typeIds` `[B, T]`; no token sees the other text, each text has its own
 * embedding, and `pooled` `[B, 1024]` compares the two (`pairFeatures`).
 * Source: the graph in the package's `model.json` (Universal Sentence Encoder lite).
 * @throws BadFileError if a weight is missing or has another shape
 */
export function useLiteGraph(
  checkpoint: ReadonlyMap<string, Tensor>,
  where: string,
  texts: 'single' | 'pair' = 'single',
): Graph & { parameters: number } {
  const b = buildGraph(texts === 'single' ? 'use-lite' : 'use-lite-pairs');
  let parameters = 0;
  const weight = (name: string, shape: readonly number[], as: string): string => {
    const tensor = find(checkpoint, name, shape, where);
    parameters += tensor.data.length;
    return b.constant(as, tensor);
  };
  const linear = (
    input: string,
    layer: string,
    size: readonly [number, number],
    names: readonly [string, string],
  ) => {
    const kernel = weight(names[0], size, `${layer}.weight`);
    const bias = weight(names[1], [size[1]], `${layer}.bias`);
    return b.node('Add', [b.node('MatMul', [input, kernel], { name: layer }), bias], {
      name: `${layer}.biased`,
    });
  };
  const dense = (input: string, layer: string, size: readonly [number, number], kernel = 'kernel/part_0') =>
    linear(input, layer, size, [`${layer}/${kernel}`, `${layer}/bias/ConcatPartitions/concat`]);
  const norm = (input: string, scope: string, width: number) => {
    const name = `${scope}/layer_norm`;
    const from = `${scope}/layer_prepostprocess/layer_norm/layer_norm`;
    const scale = weight(`${from}_scale/ConcatPartitions/concat`, [width], `${name}.scale`);
    const bias = weight(`${from}_bias/ConcatPartitions/concat`, [width], `${name}.bias`);
    const epsilon = { type: 'float', value: LAYER_NORM_EPSILON } as const;
    return b.node('LayerNormalization', [input, scale, bias], { name, attributes: { axis: -1, epsilon } });
  };

  const ids = b.input('ids', 'int64', ['B', 'T']);
  const mask = b.input('mask', 'float32', ['B', 'T']);
  const pair = texts === 'single' ? null : pairMasks(b, mask, b.input('typeIds', 'int64', ['B', 'T']));
  const embedding = weight('Embeddings_en', [EMBEDDINGS, 256], 'Embeddings_en');
  const embedded = b.node('Gather', [embedding, ids], { name: 'embedded', attributes: { axis: 0 } });
  const table = b.constant('const.TimingSignal', positionSignal(checkpoint, where));
  const places = pair === null ? firstPlaces(b, table, ids) : placesAt(b, table, pairPlaces(b, pair));
  const timed = b.node('Add', [embedded, places], { name: 'timed' });
  const paddingBias = pair === null ? maskBias(b, mask) : pairBias(b, pair);

  let state = b.node('Add', [timed, embedded], { name: 'Layer_0.input' });
  for (const [block, width] of [256, 512].entries()) {
    const scope = `Layer_${block}/TransformerLayer`;
    const heads = `${scope}/MultiheadAttention`;
    const qkv = dense(norm(state, scope, width), `${heads}/qkv_transform_single`, [width, 3 * width]);
    const mixed = attention(b, qkv, paddingBias, { name: heads, width });
    const attended = dense(mixed, `${heads}/output_transform_single`, [width, 512]);
    const residual =
      width === 512 ? state : dense(state, `${scope}/dense`, [256, 512], 'kernel/ConcatPartitions/concat');
    state = b.node('Add', [attended, residual], { name: `${scope}/attended` });

    const inner = dense(
      norm(state, `${scope}/FFN`, 512),
      `${scope}/FFN/conv1`,
      [512, 1536],
      'Tensordot/Reshape_1',
    );
    const active = b.node('Relu', [inner], { name: `${scope}/FFN/relu` });
    const outer = dense(active, `${scope}/FFN/conv2`, [1536, 512], 'Tensordot/Reshape_1');
    state = b.node('Add', [outer, state], { name: block === 1 ? 'hidden' : `${scope}/output` });
  }
  b.output('hidden', 'float32', ['B', 'T', 512]);

  const mean = pair === null ? meanOfTokens(b, state, mask) : pairMeans(b, state, pair);
  const layer = 'hidden_layers/tanh_layer_0';
  const tanh = b.node('Tanh', [linear(mean, layer, [512, 512], [`${layer}/weights`, `${layer}/bias`])], {
    name: 'tanh',
  });
  if (pair === null) {
    unitLength(b, tanh, 'pooled', 1);
    b.output('pooled', 'float32', ['B', WIDTH]);
  } else {
    pairFeatures(b, unitLength(b, tanh, 'embeddings', 2), WIDTH, 'pooled');
    b.output('pooled', 'float32', ['B', 2 * WIDTH]);
  }
  return { ...b.finish(), parameters };
}

/** The weight `name` under the one scope that has it, as `shape` (kernels of 1x1 convolutions lose their ones). */
function find(
  checkpoint: ReadonlyMap<string, Tensor>,
  name: string,
  shape: readonly number[],
  where: string,
): Tensor {
  const scope = SCOPES.find((each) => checkpoint.has(each + name));
  const tensor = scope === undefined ? undefined : checkpoint.get(scope + name);
  if (tensor === undefined) {
    throw new BadFileError(where, `must have a weight "${name}", got none; install the package again`);
  }
  const [got, wanted] = [tensor.shape, shape].map((each) => each.filter((size) => size !== 1).join(', '));
  if (got !== wanted) {
    throw new BadFileError(where, `"${name}" must be [${wanted}], got [${got}]; install the package again`);
  }
  return { ...tensor, shape };
}

/** The position signal, `[128, 256]`: 128 sines and 128 cosines of position x scale. */
function positionSignal(checkpoint: ReadonlyMap<string, Tensor>, where: string): Tensor {
  const scales = find(checkpoint, 'Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1', [128], where)
    .data as Float32Array;
  const signal = new Float32Array(MAX_TOKENS * 256);
  for (let position = 0; position < MAX_TOKENS; position += 1) {
    for (const [k, scale] of scales.entries()) {
      // The reference multiplies in float32 before it takes the sine.
      const angle = Math.fround(position * scale);
      signal[position * 256 + k] = sin(angle);
      signal[position * 256 + 128 + k] = cos(angle);
    }
  }
  return float32([MAX_TOKENS, 256], signal);
}

/** The signal of the first T places, `[T, 256]`. */
function firstPlaces(b: GraphBuilder, table: string, ids: string): string {
  const length = b.node('Shape', [ids], { name: 'length', attributes: { start: 1, end: 2 } });
  const first = b.node('Slice', [table, b.ints([0]), length, b.ints([0])], { name: 'timing.first' });
  // Moves nothing: it says that the slice has T rows, which shape inference cannot know of a slice, and refuses T > 128.
  const shape = b.node('Concat', [length, b.ints([256])], { name: 'timing.shape', attributes: { axis: 0 } });
  return b.node('Reshape', [first, shape], { name: 'timing' });
}

/** The signal at each token's own place, `[B, T, 256]`. */
function placesAt(b: GraphBuilder, table: string, places: string): string {
  return b.node('Gather', [table, places], { name: 'timing', attributes: { axis: 0 } });
}

/** Rows scaled to unit length along an axis; the squared length counts as 1e-12 at least. */
function unitLength(b: GraphBuilder, value: string, name: string, axis: number): string {
  const square = b.node('Mul', [value, value], { name: `${name}.square` });
  const sum = b.node('ReduceSum', [square, b.ints([axis])], {
    name: `${name}.sum`,
    attributes: { keepdims: 1 },
  });
  const length = b.node('Sqrt', [b.node('Clip', [sum, b.scalar(1e-12)], { name: `${name}.clipped` })], {
    name: `${name}.length`,
  });
  return b.node('Div', [value, length], { name });
}
