import test from 'ava';
import { trainableNames } from '../../src/adapter/adapter.ts';
import { BadFileError } from '../../src/core/errors.ts';
import { encodeSafetensors } from '../../src/core/safetensors.ts';
import { step } from '../../src/tune/optimizer.ts';
import { decodeState, encodeState, initialState, withState } from '../../src/tune/state.ts';
import { moved, tinyGraph, untrained } from '../support/tiny-model.ts';

const WHERE = 'out/checkpoint.safetensors';

const adapter = moved(untrained(tinyGraph(), 'stochgrasp', 5));

/** A state some updates on, so that no part of it is zero. */
function someState() {
  const state = { ...initialState(adapter), step: 2 };
  for (const tensor of state.tensors) {
    for (const count of [1, 2]) {
      const gradient = tensor.value.map((value) => value * count);
      step(tensor, gradient, 0.01, count, { kind: 'adamw', weightDecay: 0.1 });
    }
  }
  return state;
}

test('initialState: copies the trained tensors, so that training leaves the adapter as it is', (t) => {
  const state = initialState(adapter);
  t.is(state.step, 0);
  t.deepEqual(
    state.tensors.map(({ name }) => name),
    trainableNames(adapter),
  );
  const before = Array.from(adapter.tensors.get('head.bias')!.data, Number);
  state.tensors.find(({ name }) => name === 'head.bias')!.value.fill(9);
  t.deepEqual(Array.from(adapter.tensors.get('head.bias')!.data, Number), before);
});

test('withState: replaces what is trained and keeps the group maps', (t) => {
  const state = someState();
  const after = withState(adapter, state);
  for (const { name, value } of state.tensors) t.deepEqual(after.tensors.get(name)!.data, value);
  t.deepEqual([...after.tensors.keys()], [...adapter.tensors.keys()]);
  t.is(after.tensors.get('pooler.group'), adapter.tensors.get('pooler.group'));
});

test('encodeState, decodeState: value and moments come back to the bit, with the score if there is one', (t) => {
  const state = someState();
  t.deepEqual(decodeState(encodeState(state, 'plan'), adapter, 'plan', WHERE), { state, score: null });
  for (const score of [0.1 + 0.2, 0, Number.NEGATIVE_INFINITY]) {
    t.deepEqual(decodeState(encodeState(state, 'plan', score), adapter, 'plan', WHERE), { state, score });
  }
  t.deepEqual(encodeState(state, 'plan'), encodeState(someState(), 'plan'));
});

test('decodeState: refuses a checkpoint of another plan, and another file', (t) => {
  const message = `${WHERE}: must be a checkpoint of the same model, data, options and seed, got another plan; repeat the options of the first run, or start anew with --force`;
  for (const bytes of [encodeState(someState(), 'another'), encodeSafetensors(new Map())]) {
    t.throws(() => decodeState(bytes, adapter, 'plan', WHERE), { instanceOf: BadFileError, message });
  }
});

test('decodeState: refuses a checkpoint that lacks a tensor, a number or its step', (t) => {
  const state = someState();
  const without = { ...state, tensors: state.tensors.slice(0, -1) };
  t.throws(() => decodeState(encodeState(without, 'plan'), adapter, 'plan', WHERE), {
    instanceOf: BadFileError,
    message: `${WHERE}: must hold 3 numbers "value:head.bias", got nothing; start anew with --force`,
  });
  const short = {
    ...state,
    tensors: state.tensors.map((each) => ({ ...each, second: new Float32Array(2) })),
  };
  t.throws(() => decodeState(encodeState(short, 'plan'), adapter, 'plan', WHERE), {
    instanceOf: BadFileError,
    message: `${WHERE}: must hold 4 numbers "second:block.first.logGamma", got 2; start anew with --force`,
  });
  t.throws(() => decodeState(encodeSafetensors(new Map(), { plan: 'plan' }), adapter, 'plan', WHERE), {
    instanceOf: BadFileError,
    message: `${WHERE}: must state its step, got nothing; start anew with --force`,
  });
});
