import { type Adapter, headOf } from '../adapter/adapter.ts';
import { drawnLayers } from '../adapter/methods.ts';
import { batches, type Encoded } from '../data/batches.ts';
import { float32, type Graph, int64, type Tensor } from '../graph/graph.ts';
import { liftedInput } from '../graph/lift-weights.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { inferShapes } from '../graph/shapes.ts';
import { layerDraws } from './draws.ts';
import { dropoutMasks } from './dropout.ts';
import { cut } from './epochs.ts';
import { hasNoiseTerm, type Loss } from './training-graph.ts';

export interface TuneData {
  readonly examples: readonly Encoded[];
  /** One a example: the class index, or the score of a regression. */
  readonly labels: readonly number[];
}

/** What does not change from step to step. */
export interface StepSetup {
  readonly adapter: Adapter;
  readonly data: TuneData;
  readonly loss: Loss;
  readonly padId: number;
  /** Examples in a part at most. */
  readonly batch: number;
  readonly seed: number;
  /** Each example has a second row with the negative of its draws. */
  readonly mirrored: boolean;
  /** The layers with draws in front of them. */
  readonly noisy: readonly DrawnLayer[];
  /** The layers with dropout beside them. */
  readonly dropped: readonly DrawnLayer[];
}

/** A layer that something is drawn for at each step. */
export interface DrawnLayer {
  readonly name: string;
  readonly in: number;
  readonly seesTokens: boolean;
}

/** The layers that an adapter is trained with draws in front of. */
export function noisyLayers(adapter: Adapter, graph: Graph): DrawnLayer[] {
  return layersNamed(graph, drawnLayers(adapter));
}

/**
 * The layers that an adapter is trained with dropout beside.
 * @param training The training graph: a layer that no logit depends on is not in it.
 */
export function droppedLayers(adapter: Adapter, graph: Graph, training: Graph): DrawnLayer[] {
  const inputs = new Set(training.inputs.map(({ name }) => name));
  return layersNamed(
    graph,
    adapter.options.layers.filter((name) => inputs.has(`${name}.dropout`)),
  );
}

function layersNamed(graph: Graph, names: readonly string[]): DrawnLayer[] {
  if (names.length === 0) return [];
  const wanted = new Set(names);
  const shapes = inferShapes(graph);
  return linearLayers(graph)
    .filter((layer) => wanted.has(layer.name))
    .map((layer) => ({
      name: layer.name,
      in: layer.in,
      seesTokens: shapes.get(layer.input)!.shape.length === 3,
    }));
}

/**
 * The feeds of one step in parts of at most `batch` examples: texts, labels and draws. The losses of the parts add up to
 * the step's: its mean over all examples, and once the noise-aware term.
 *
 * @param chosen The step's examples.
 * @param step Counted from 0.
 * @param drawFactor What the draws are multiplied by.
 */
export function stepFeeds(
  setup: StepSetup,
  chosen: readonly number[],
  step: number,
  drawFactor: number,
): Record<string, Tensor>[] {
  const { adapter, data, loss, batch, seed, mirrored, noisy, dropped, padId } = setup;
  return cut(chosen, batch).map((once, index) => {
    const examples = mirrored ? [...once, ...once] : once;
    const all = mirrored ? 2 * chosen.length : chosen.length;
    const texts = batches(data.examples, { size: examples.length, order: examples, padId })[0]!;
    const [rows, tokens] = texts.shape;
    const drawn = [mirrored ? once.length : rows, tokens] as const;
    const full = layerDraws(noisy, drawn, seed, step, loss.draw, { index, firstRow: index * batch });
    const draws = drawFactor === 1 ? full : scaled(full, drawFactor);
    const masks = dropoutMasks(dropped, drawn, adapter.options.dropout ?? 0, { seed, step, part: index });
    return {
      ids: int64(texts.shape, texts.ids),
      mask: float32(texts.shape, texts.mask),
      ...(texts.typeIds === undefined ? {} : { typeIds: int64(texts.shape, texts.typeIds) }),
      ...labelFeeds(examples, rows, all, data.labels, adapter, loss.kind),
      ...(loss.inParts === true && hasNoiseTerm(adapter, loss)
        ? { share: float32([], [once.length / chosen.length]) }
        : {}),
      ...(mirrored ? followedBy(draws, scaled(draws, -1)) : draws),
      ...(mirrored ? followedBy(masks, masks) : masks),
    };
  });
}

type Draws = Readonly<Record<string, Tensor>>;

function scaled(draws: Draws, factor: number): Draws {
  return mapped(draws, ({ shape, data }) =>
    float32(
      shape,
      (data as Float32Array).map((value) => factor * value),
    ),
  );
}

/**
 * Rows followed by others: by the same, or by their negatives; of a draw and its negative what is linear in the draw cancels in
 * the gradient.
 */
function followedBy(draws: Draws, others: Draws): Draws {
  return mapped(draws, ({ shape, data }, name) => {
    const both = new Float32Array(2 * data.length);
    both.set(data as Float32Array);
    both.set(others[name]!.data as Float32Array, data.length);
    return float32([2 * shape[0]!, ...shape.slice(1)], both);
  });
}

function mapped(draws: Draws, change: (tensor: Tensor, name: string) => Tensor): Draws {
  return Object.fromEntries(Object.entries(draws).map(([name, tensor]) => [name, change(tensor, name)]));
}

/**
 * The feeds that all parts of a step share: the adapter's tensors, trained ones as they are now, and the written weights.
 *
 * @param graph The training graph: only what it has an input for is fed.
 */
export function sharedFeeds(
  graph: Graph,
  adapter: Adapter,
  tensors: readonly { readonly name: string; readonly value: Float32Array }[],
  weights: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const all = new Map(adapter.tensors);
  for (const { name, value } of tensors) all.set(name, { ...adapter.tensors.get(name)!, data: value });
  for (const [layer, weight] of Object.entries(weights)) all.set(liftedInput(layer), weight);
  return Object.fromEntries(
    graph.inputs.flatMap(({ name }) => {
      const tensor = all.get(name);
      return tensor === undefined ? [] : [[name, tensor] as const];
    }),
  );
}

/** Rows beyond the examples only pad the batch: their weight is 0. */
function labelFeeds(
  examples: readonly number[],
  rows: number,
  all: number,
  labels: readonly number[],
  adapter: Adapter,
  kind: Loss['kind'],
): Record<string, Tensor> {
  const { outputs } = headOf(adapter);
  const wanted = new Float32Array(rows * outputs);
  const weights = new Float32Array(rows);
  examples.forEach((example, row) => {
    if (kind === 'classification') wanted[row * outputs + labels[example]!] = 1;
    else wanted[row] = labels[example]!;
    weights[row] = 1 / all;
  });
  return { labels: float32([rows, outputs], wanted), rowWeights: float32([rows], weights) };
}
