import test from 'ava';
import { classesOf, outcomesOf, packOutcomes, unpackOutcomes } from '../../src/data/outcomes.ts';

test('packOutcomes: one bit an example, the first lowest; unpackOutcomes gives them back', (t) => {
  const outcomes = outcomesOf([1, 0, 1, 1, 0, 0, 0, 0, 1], [1, 1, 1, 0, 1, 1, 1, 1, 1]);
  t.deepEqual([...outcomes], [1, 0, 1, 0, 0, 0, 0, 0, 1]);
  t.is(packOutcomes(outcomes), Buffer.from([0b101, 1]).toString('base64'));
  t.deepEqual(unpackOutcomes(packOutcomes(outcomes), 9), outcomes);
});

test('unpackOutcomes: refuses a text of another length', (t) => {
  t.throws(() => unpackOutcomes('AA==', 9), {
    instanceOf: RangeError,
    message: 'unpackOutcomes: 9 outcomes take 2 bytes, got 1',
  });
});

test('classesOf: the greatest logit, the first of equal ones, -1 for NaN', (t) => {
  t.deepEqual([...classesOf([1, 2, 3, 3, 1, Number.NaN, -5, -4], 2)], [1, 0, -1, 1]);
});
