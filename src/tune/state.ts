import type { Adapter } from '../adapter/adapter.ts';
import { trainableNames } from '../adapter/adapter.ts';
import { BadFileError } from '../core/errors.ts';
import { decodeSafetensors } from '../core/safetensors.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import { type Trained, trained } from './optimizer.ts';

/** All that training moves: enough to go on to the same bytes as an unbroken run. */
export interface TuneState {
  /** Updates done. */
  readonly step: number;
  readonly tensors: readonly Trained[];
  /** The mean of each tensor's values after the last `steps` steps; absent before any is averaged. */
  readonly average?: Average;
}

export interface Average {
  readonly steps: number;
  /** In the order of the state's tensors. */
  readonly means: readonly Float32Array[];
}

/** An average with the present values of the tensors taken in. The means are updated in place. */
export function averaged(average: Average | undefined, tensors: readonly Trained[]): Average {
  const steps = (average?.steps ?? 0) + 1;
  const means = average?.means ?? tensors.map(({ value }) => new Float32Array(value.length));
  means.forEach((mean, index) => {
    const { value } = tensors[index]!;
    for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + (value[i]! - mean[i]!) / steps;
  });
  return { steps, means };
}

export function initialState(adapter: Adapter): TuneState {
  const tensors = trainableNames(adapter).map((name) =>
    trained(name, Float32Array.from(adapter.tensors.get(name)!.data as Float32Array)),
  );
  return { step: 0, tensors };
}

/** The adapter with its trained tensors replaced by those of a state, or by their means where it has them. */
export function withState(adapter: Adapter, state: TuneState): Adapter {
  const means = state.average?.means;
  const values = new Map(state.tensors.map((tensor, index) => [tensor.name, means?.[index] ?? tensor.value]));
  const tensors = new Map(
    [...adapter.tensors].map(([name, tensor]): [string, Tensor] => {
      const value = values.get(name);
      return [name, value === undefined ? tensor : { ...tensor, data: value }];
    }),
  );
  return { ...adapter, tensors };
}

/** What a checkpoint's file holds. */
export interface Checkpoint {
  readonly state: TuneState;
  /** The metric by which this state was chosen; null where none was computed. */
  readonly score: number | null;
}

/** A checkpoint's bytes. `plan` is a fingerprint of everything that training depends on. */
export function encodeState(state: TuneState, plan: string, score: number | null = null): Uint8Array {
  const tensors = new Map<string, Tensor>();
  const { average } = state;
  state.tensors.forEach(({ name, value, first, second }, index) => {
    const mean = average === undefined ? {} : { mean: average.means[index]! };
    for (const [kind, data] of Object.entries({ value, first, second, ...mean })) {
      tensors.set(`${kind}:${name}`, float32([data.length], data));
    }
  });
  const notes = {
    ...(score === null ? {} : { score: String(score) }),
    ...(average === undefined ? {} : { averaged: String(average.steps) }),
  };
  return encodeSafetensors(tensors, {
    format: 'holdfast-checkpoint',
    plan,
    step: String(state.step),
    ...notes,
  });
}

/** @throws BadFileError if the checkpoint is of another plan (other model, data, options or seed) or malformed. */
export function decodeState(bytes: Uint8Array, adapter: Adapter, plan: string, where: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  if (metadata.plan !== plan) {
    throw new BadFileError(
      where,
      'must be a checkpoint of the same model, data, options and seed, got another plan; repeat the options of the first run, or start anew with --force',
    );
  }
  const count = (text: string | undefined): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    const got = text === undefined ? 'nothing' : `"${text}"`;
    throw new BadFileError(where, `must state its step, got ${got}; start anew with --force`);
  };
  const step = count(metadata.step);
  const part = (kind: string, name: string): Float32Array => {
    const data = tensors.get(`${kind}:${name}`)?.data;
    const length = adapter.tensors.get(name)!.data.length;
    if (!(data instanceof Float32Array) || data.length !== length) {
      const got = data === undefined ? 'nothing' : `${data.length}`;
      throw new BadFileError(
        where,
        `must hold ${length} numbers "${kind}:${name}", got ${got}; start anew with --force`,
      );
    }
    return Float32Array.from(data);
  };
  const names = trainableNames(adapter);
  const trainedTensors = names.map((name) => ({
    name,
    value: part('value', name),
    first: part('first', name),
    second: part('second', name),
  }));
  const score = metadata.score === undefined ? null : Number(metadata.score);
  const state = { step, tensors: trainedTensors };
  if (metadata.averaged === undefined) return { state, score };
  const average = { steps: count(metadata.averaged), means: names.map((name) => part('mean', name)) };
  return { state: { ...state, average }, score };
}
