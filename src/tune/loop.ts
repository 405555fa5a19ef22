import { type Adapter, headNames, trainableNames } from '../adapter/adapter.ts';
import type { EngineError } from '../core/errors.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Model } from '../model/model.ts';
import type { Engine, Feeds } from '../runtime/engine.ts';
import { epochBatches } from './epochs.ts';
import { firstNotFinite } from './first-not-finite.ts';
import { checkFinite, checkValues, clipByNorm, joinParts, notFinite } from './gradients.ts';
import { type Optimizer, step } from './optimizer.ts';
import { rateFactor, riseFactor, type Schedule } from './schedule.ts';
import { initialState, type TuneState, withState } from './state.ts';
import {
  droppedLayers,
  noisyLayers,
  type StepSetup,
  sharedFeeds,
  stepFeeds,
  type TuneData,
} from './step-feeds.ts';
import type { StepWeights } from './step-weights.ts';
import { type Loss, lossGraph, trainingGraph } from './training-graph.ts';

export type { TuneData } from './step-feeds.ts';

export interface TuneOptions {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Peak learning rate of the adapter, and of the head. */
  readonly rate: number;
  readonly headRate: number;
  /** Examples that go through the graph at a time. */
  readonly batch: number;
  /** Batches whose gradients are added up for one update; default 1. */
  readonly accumulate?: number;
  /** Gradients are scaled down to this norm over all trained numbers; absent: they are taken as they are. */
  readonly clipNorm?: number;
  readonly steps: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** Each example goes through the graph twice, with a draw and with its negative. */
  readonly mirrored?: boolean;
  /** Share of all steps in which the draws rise from 0 to their full std, in [0, 1]; default 0. */
  readonly drawWarmup?: number;
}

/** What one step did, counted from 1. `loss` is that before the step's update. */
export interface StepLog {
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
  /** The gradients' norm before clipping; only where they are clipped. */
  readonly gradientNorm?: number;
}

/** Examples of a step. */
export function stepSize({ batch, accumulate = 1 }: Pick<TuneOptions, 'batch' | 'accumulate'>): number {
  return batch * accumulate;
}

/**
 * Trains an adapter and its head; the model's own weights stay as they are.
 *
 * The run is a function of its arguments: batches, draws and the first values come from keyed streams.
 *
 * @param weights Weights that each step sees instead of the model's own: those of a written chip. Null: the model's.
 * @param afterStep Called after each step with what it did and the state after it (not to be kept: it moves on).
 * @param from Where to go on from (a checkpoint); default: the adapter as it is.
 * @throws EngineError at the first loss, gradient or value that is not a finite number, naming step and layer or tensor; no
 *   state of that step is given to `afterStep`.
 */
export async function tune(
  engine: Engine,
  model: Model,
  adapter: Adapter,
  data: TuneData,
  given: TuneOptions,
  afterStep: (log: StepLog, state: TuneState) => Promise<void> | void,
  from: TuneState = initialState(adapter),
  weights: StepWeights | null = null,
): Promise<Adapter> {
  const size = stepSize(given);
  const options = { ...given, loss: { ...given.loss, inParts: size > given.batch } };
  const lifted = weights?.layers ?? [];
  const graph = trainingGraph(model.graph, adapter, options.loss, lifted);
  const session = await engine.load(graph);
  const names = trainableNames(adapter);
  const ofHead = headNames(adapter);
  const lengths = data.examples.map((example) => example.ids.length);
  const setup: StepSetup = {
    adapter,
    data,
    loss: options.loss,
    padId: model.tokenizer.padId,
    batch: options.batch,
    seed: options.seed,
    mirrored: options.mirrored ?? false,
    noisy: noisyLayers(adapter, model.graph),
    dropped: droppedLayers(adapter, model.graph, graph),
  };
  const stepsAnEpoch = Math.ceil(lengths.length / size);
  let state = from;
  let epoch = -1;
  let order: number[][] = [];
  try {
    while (state.step < options.steps) {
      const number = state.step + 1;
      const epochNow = Math.floor(state.step / stepsAnEpoch);
      if (epochNow !== epoch) {
        epoch = epochNow;
        order = epochBatches(lengths, size, options.seed, epoch, options.shuffle);
      }
      const shared = sharedFeeds(graph, adapter, state.tensors, weights?.at(state.step) ?? {});
      const scale = riseFactor(state.step, options.steps, options.drawWarmup ?? 0);
      const parts = stepFeeds(setup, order[state.step % stepsAnEpoch]!, state.step, scale);
      const results = [];
      for (const part of parts) {
        const result = await session.run({ ...part, ...shared });
        const loss = (result.loss!.data as Float32Array)[0]!;
        if (!Number.isFinite(loss)) {
          throw await lossFault(engine, model, setup, lifted, { ...part, ...shared }, number, loss);
        }
        results.push(result);
      }
      const joined = joinParts(results, names);
      checkFinite(number, names, joined.gradients);
      const { gradients, norm } =
        options.clipNorm === undefined
          ? { gradients: joined.gradients, norm: undefined }
          : clipByNorm(joined.gradients, options.clipNorm);
      const factor = rateFactor(state.step, options.steps, options.schedule);
      state.tensors.forEach((tensor, index) => {
        const rate = ofHead.has(tensor.name) ? options.headRate : options.rate;
        step(tensor, gradients[index]!, rate * factor, number, options.optimizer);
        checkValues(number, tensor);
      });
      const log = { step: number, loss: joined.loss, lr: options.rate * factor };
      state = { ...state, step: number };
      await afterStep(norm === undefined ? log : { ...log, gradientNorm: norm }, state);
    }
  } finally {
    await session.release();
  }
  return withState(adapter, state);
}

/** The error of a loss that is not finite: the forward pass is run once more to see where it went wrong. */
async function lossFault(
  engine: Engine,
  model: Model,
  { adapter, loss }: StepSetup,
  lifted: readonly string[],
  feeds: Feeds,
  number: number,
  got: number,
): Promise<EngineError> {
  const layers = linearLayers(model.graph).map((layer) => layer.name);
  const forward = lossGraph(model.graph, adapter, loss, lifted);
  const first = await firstNotFinite(engine, forward, feeds, [...layers, 'logits']);
  const where = first === null ? '' : ` (first in ${first === 'logits' ? 'the head' : `layer "${first}"`})`;
  return notFinite(number, 'the loss', `${got}${where}`);
}
