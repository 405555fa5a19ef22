import { type Adapter, headNames, headOf } from '../adapter/adapter.ts';
import { drawnLayers } from '../adapter/methods.ts';
import { EngineError } from '../core/errors.ts';
import { batches, type Encoded } from '../data/batches.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { float32, int64 } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Model } from '../model/model.ts';
import type { Engine } from '../runtime/engine.ts';
import { layerDraws } from './draws.ts';
import { epochBatches } from './epochs.ts';
import { type Optimizer, step } from './optimizer.ts';
import { rateFactor, type Schedule } from './schedule.ts';
import { initialState, type TuneState, withState } from './state.ts';
import { type Loss, trainingGraph } from './training-graph.ts';

export interface TuneOptions {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Peak learning rate of the adapter, and of the head. */
  readonly rate: number;
  readonly headRate: number;
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  readonly shuffle: boolean;
}

export interface TuneData {
  readonly examples: readonly Encoded[];
  /** One a example: the class index, or the score of a regression. */
  readonly labels: readonly number[];
}

/** What one step did, counted from 1. `loss` is that before the step's update. */
export interface StepLog {
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
}

/**
 * Trains an adapter and its head; the model's own weights stay as they are.
 *
 * The run is a function of its arguments: batches, draws and the first values come from keyed streams.
 *
 * @param from Where to go on from (a checkpoint); default: the adapter as it is.
 * @param afterStep Called after each step with what it did and the state after it (not to be kept: it moves on).
 * @throws EngineError at the first loss or gradient that is not a finite number, naming step and tensor.
 */
export async function tune(
  engine: Engine,
  model: Model,
  adapter: Adapter,
  data: TuneData,
  options: TuneOptions,
  afterStep: (log: StepLog, state: TuneState) => Promise<void> | void,
  from: TuneState = initialState(adapter),
): Promise<Adapter> {
  const graph = trainingGraph(model.graph, adapter, options.loss);
  const session = await engine.load(graph);
  const lengths = data.examples.map((example) => example.ids.length);
  const layers = noisyLayers(adapter, model.graph);
  const ofHead = headNames(adapter);
  let state = from;
  let epoch = -1;
  let order: number[][] = [];
  try {
    while (state.step < options.steps) {
      const batchesAnEpoch = Math.ceil(lengths.length / options.batch);
      const epochNow = Math.floor(state.step / batchesAnEpoch);
      if (epochNow !== epoch) {
        epoch = epochNow;
        order = epochBatches(lengths, options.batch, options.seed, epoch, options.shuffle);
      }
      const chosen = order[state.step % batchesAnEpoch]!;
      const batch = batches(data.examples, {
        size: chosen.length,
        order: chosen,
        padId: model.tokenizer.padId,
      })[0]!;
      const feeds: Record<string, Tensor> = {
        ids: int64(batch.shape, batch.ids),
        mask: float32(batch.shape, batch.mask),
        ...(batch.typeIds === undefined ? {} : { typeIds: int64(batch.shape, batch.typeIds) }),
        ...labelFeeds(chosen, batch.shape[0], data.labels, adapter, options.loss.kind),
        ...layerDraws(layers, batch.shape, options.seed, state.step, options.loss.draw),
      };
      for (const tensor of state.tensors) {
        feeds[tensor.name] = { ...adapter.tensors.get(tensor.name)!, data: tensor.value };
      }
      const results = await session.run(feeds);
      const loss = (results.loss!.data as Float32Array)[0]!;
      if (!Number.isFinite(loss)) throw notFinite(state.step, 'the loss', loss);
      const factor = rateFactor(state.step, options.steps, options.schedule);
      for (const tensor of state.tensors) {
        const gradient = results[`gradient.${tensor.name}`]!.data as Float32Array;
        const bad = gradient.findIndex((value) => !Number.isFinite(value));
        if (bad >= 0) throw notFinite(state.step, `the gradient of "${tensor.name}"`, gradient[bad]!);
        const rate = ofHead.has(tensor.name) ? options.headRate : options.rate;
        step(tensor, gradient, rate * factor, state.step + 1, options.optimizer);
      }
      const log = { step: state.step + 1, loss, lr: options.rate * factor };
      state = { ...state, step: state.step + 1 };
      await afterStep(log, state);
    }
  } finally {
    await session.release();
  }
  return withState(adapter, state);
}

function noisyLayers(adapter: Adapter, graph: Graph): { name: string; in: number; seesTokens: boolean }[] {
  const drawn = new Set(drawnLayers(adapter));
  if (drawn.size === 0) return [];
  const shapes = inferShapes(graph);
  return linearLayers(graph)
    .filter((layer) => drawn.has(layer.name))
    .map((layer) => ({
      name: layer.name,
      in: layer.in,
      seesTokens: shapes.get(layer.input)!.shape.length === 3,
    }));
}

/** Rows beyond the chosen examples only pad the batch: their weight is 0. */
function labelFeeds(
  chosen: readonly number[],
  rows: number,
  labels: readonly number[],
  adapter: Adapter,
  kind: Loss['kind'],
): Record<string, Tensor> {
  const { outputs } = headOf(adapter);
  const wanted = new Float32Array(rows * outputs);
  const weights = new Float32Array(rows);
  chosen.forEach((example, row) => {
    if (kind === 'classification') wanted[row * outputs + labels[example]!] = 1;
    else wanted[row] = labels[example]!;
    weights[row] = 1 / chosen.length;
  });
  return { labels: float32([rows, outputs], wanted), rowWeights: float32([rows], weights) };
}

function notFinite(step: number, what: string, got: number): EngineError {
  return new EngineError(
    `training step ${step}`,
    `${what} must be a finite number, got ${got}; start again with a lower --lr and --force`,
  );
}
