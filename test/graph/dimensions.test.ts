import test from 'ava';
import { minus, over, plus, times } from '../../src/graph/dimensions.ts';

test('plus(a, b) writes equal sums alike', (t) => {
  t.is(plus(2, 3), 5);
  t.is(plus('T', 0), 'T');
  t.is(plus('T', 1), '(T+1)');
  t.is(plus(plus('S', 1), 'B'), plus(plus('B', 'S'), 1));
  t.is(plus('T', 'T'), '2*T');
});

test('minus(a, b) undoes plus(a, b)', (t) => {
  t.is(minus(plus('T', 7), 7), 'T');
  t.is(minus(plus('S', 'T'), 'S'), 'T');
  t.is(minus('T', 'T'), 0);
  t.is(minus('T', 1), '(T-1)');
});

test('times(...sizes) writes equal products alike', (t) => {
  t.is(times('T', 4, 'B'), '4*B*T');
  t.is(times(2, 3), 6);
  t.is(times(), 1);
  t.is(times('B', 0), 0);
  t.is(times(plus('T', 1), 'B'), times('B', plus(1, 'T')));
});

test('over(a, b) divides what divides, else is undefined', (t) => {
  t.is(over(times('B', 'T', 8), times('T', 2)), '4*B');
  t.is(over(12, 4), 3);
  t.is(over(12, 5), undefined);
  t.is(over('B', 'T'), undefined);
  t.is(over(times(plus('T', 1), 'B'), 'B'), '(T+1)');
});

test('plus(a, b) keeps a name with signs in it as one name', (t) => {
  t.is(minus(plus('batch-size', 2), 2), 'batch-size');
  t.is(minus(plus('past+T', 'batch-size'), 'past+T'), 'batch-size');
});
