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
}

export function initialState(adapter: Adapter): TuneState {
  const tensors = trainableNames(adapter).map((name) =>
    trained(name, Float32Array.from(adapter.tensors.get(name)!.data as Float32Array)),
  );
  return { step: 0, tensors };
}

/** The adapter with its trained tensors replaced by those of a state. */
export function withState(adapter: Adapter, state: TuneState): Adapter {
  const values = new Map(state.tensors.map(({ name, value }) => [name, value]));
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
  for (const { name, value, first, second } of state.tensors) {
    for (const [kind, data] of Object.entries({ value, first, second })) {
      tensors.set(`${kind}:${name}`, float32([data.length], data));
    }
  }
  return encodeSafetensors(tensors, {
    format: 'holdfast-checkpoint',
    plan,
    step: String(state.step),
    ...(score === null ? {} : { score: String(score) }),
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
  const step = Number(metadata.step);
  if (!Number.isSafeInteger(step) || step < 0) {
    const got = metadata.step === undefined ? 'nothing' : `"${metadata.step}"`;
    throw new BadFileError(where, `must state its step, got ${got}; start anew with --force`);
  }
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
  const trainedTensors = trainableNames(adapter).map((name) => ({
    name,
    value: part('value', name),
    first: part('first', name),
    second: part('second', name),
  }));
  const score = metadata.score === undefined ? null : Number(metadata.score);
  return { state: { step, tensors: trainedTensors }, score };
}
