import test from 'ava';
import { rateFactor, riseFactor, type Schedule } from '../../src/tune/schedule.ts';

function factors(steps: number, schedule: Schedule): number[] {
  return Array.from({ length: steps }, (_, index) => rateFactor(index, steps, schedule));
}

test('rateFactor: linear rises over the warm-up and falls to one step above 0', (t) => {
  t.deepEqual(factors(6, { kind: 'linear', warmup: 1 / 3 }), [0.5, 1, 1, 0.75, 0.5, 0.25]);
});

test('rateFactor: linear without warm-up starts at 1', (t) => {
  t.deepEqual(factors(4, { kind: 'linear', warmup: 0 }), [1, 0.75, 0.5, 0.25]);
});

test('rateFactor: constant stays at 1 behind the warm-up', (t) => {
  t.deepEqual(factors(5, { kind: 'constant', warmup: 0.4 }), [0.5, 1, 1, 1, 1]);
});

test('rateFactor: a part of a step of warm-up is a whole one', (t) => {
  t.deepEqual(factors(4, { kind: 'constant', warmup: 0.3 }), [0.5, 1, 1, 1]);
});

test('rateFactor: one step, or a warm-up of all steps, is never 0 and never above 1', (t) => {
  t.deepEqual(factors(1, { kind: 'linear', warmup: 0.06 }), [1]);
  t.deepEqual(factors(4, { kind: 'linear', warmup: 1 }), [0.25, 0.5, 0.75, 1]);
});

test('riseFactor: rises over the share of all steps to 1 and stays there; without a share it is 1', (t) => {
  const factors = (share: number) => Array.from({ length: 4 }, (_, index) => riseFactor(index, 4, share));
  t.deepEqual(factors(0.5), [0.5, 1, 1, 1]);
  t.deepEqual(factors(1), [0.25, 0.5, 0.75, 1]);
  t.deepEqual(factors(0), [1, 1, 1, 1]);
});
