import test from 'ava';
import { float32 } from '../../src/graph/graph.ts';
import { transpose } from '../../src/graph/transpose.ts';
import { spread } from '../support/operator-case.ts';

test('transpose(tensor) turns rows into columns, and again into what there was, across its blocks', (t) => {
  t.deepEqual(transpose(float32([2, 3], [1, 2, 3, 4, 5, 6])), float32([3, 2], [1, 4, 2, 5, 3, 6]));
  const [rows, columns] = [70, 33];
  const matrix = float32([rows, columns], spread(rows * columns, 1, -1, 1));
  const turned = transpose(matrix);
  t.deepEqual(turned.shape, [columns, rows]);
  t.is(turned.data[20 * rows + 65], matrix.data[65 * columns + 20]);
  t.deepEqual(transpose(turned), matrix);
});
