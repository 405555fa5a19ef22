import type { Adapter } from '../adapter/adapter.ts';
import { trainableNames } from '../adapter/adapter.ts';
import { BadFileError } from '../core/errors.ts';
import { decodeSafetensors } from '../core/safetensors.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import type { Tensor } from '../graph/graph.ts';
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
  const values = new Map(state.tensors.map((tensor) => [tensor.name, tensor.value]));
  const tensors = new Map(
    [...adapter.tensors].map(([name, tensor]): [string, Tensor] => {
      const value = values.get(name);
      return [name, value === undefined ? tensor : { ...tensor, data: value }];
    }),
  );
  return { ...adapter, tensors };
}

/** A checkpoint's bytes. `plan` is a fingerprint of everything that training depends on. */
export function encodeState(state: TuneState, plan: string): Uint8Array {
  const tensors = new Map<string, { dtype: 'float32'; shape: number[]; data: Float32Array }>();
  for (const { name, value, first, second } of state.tensors) {
    for (const [kind, data] of Object.entries({ value, first, second })) {
      tensors.set(`${kind}:${name}`, { dtype: 'float32', shape: [data.length], data });
    }
  }
  return encodeSafetensors(tensors, { format: 'holdfast-checkpoint', plan, step: String(state.step) });
}

/** @throws BadFileError if the checkpoint is of another plan (other model, data, options or seed). */
export function decodeState(bytes: Uint8Array, adapter: Adapter, plan: string, where: string): TuneState {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  if (metadata.plan !== plan) {
    throw new BadFileError(where, 'must be a checkpoint of the same model, data, options and seed, got another plan; repeat the options of the first run, or start anew with --force');
  }
  const step = Number(metadata.step);
  const part = (kind: string, name: string): Float32Array => {
    const tensor = tensors.get(`${kind}:${name}`);
    if (tensor === undefined || !(tensor.data instanceof Float32Array)) {
      throw new BadFileError(where, `must hold "${kind}:${name}", got nothing; start anew with --force`);
    }
    return Float32Array.from(tensor.data);
  };
  return {
    step,
    tensors: trainableNames(adapter).map((name) => ({
      name,
      value: part('value', name),
      first: part('first', name),
      second: part('second', name),
    })),
  };
}
