import test from 'ava';
import { epochBatches } from '../../src/tune/epochs.ts';

const LENGTHS = Array.from({ length: 103 }, (_, i) => 3 + ((i * 37) % 29));

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const all = ascending(LENGTHS.map((_, i) => i));

for (const shuffle of [true, false]) {
  test(`epochBatches: each example once, in batches of at most the size; shuffled: ${shuffle}`, (t) => {
    for (const epoch of [0, 1, 7]) {
      const batches = epochBatches(LENGTHS, 4, 1, epoch, shuffle);
      t.is(batches.length, 26);
      t.deepEqual(ascending(batches.flat()), all);
      t.deepEqual(ascending(batches.map(({ length }) => length)), [3, ...new Array<number>(25).fill(4)]);
    }
  });
}

test('epochBatches: is a function of seed and epoch', (t) => {
  const first = epochBatches(LENGTHS, 4, 1, 0, true);
  t.deepEqual(epochBatches(LENGTHS, 4, 1, 0, true), first);
  t.notDeepEqual(epochBatches(LENGTHS, 4, 1, 1, true), first);
  t.notDeepEqual(epochBatches(LENGTHS, 4, 0, 0, true), first);
});

test('epochBatches: without shuffling the given order, in every epoch', (t) => {
  t.deepEqual(epochBatches([5, 1, 4, 2, 3], 2, 1, 3, false), [[0, 1], [2, 3], [4]]);
});

test('epochBatches: shuffled batches pad less than batches in random order would', (t) => {
  const padding = (batches: readonly (readonly number[])[]) =>
    batches.reduce((sum, batch) => {
      const lengths = batch.map((index) => LENGTHS[index]!);
      return sum + Math.max(...lengths) * lengths.length - lengths.reduce((a, b) => a + b);
    }, 0);
  t.true(padding(epochBatches(LENGTHS, 4, 1, 0, true)) < padding(epochBatches(LENGTHS, 4, 1, 0, false)) / 2);
});

test('epochBatches: no examples are no batches', (t) => {
  t.deepEqual(epochBatches([], 4, 1, 0, true), []);
});
