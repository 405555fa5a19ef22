import test from 'ava';
import { initialHead } from '../../src/adapter/head.ts';

const HEAD = { width: 512, outputs: 2, scale: 10, labels: ['no', 'yes'] };

test('initialHead: weights are normal of std 0.02, bias zero', (t) => {
  const tensors = initialHead(HEAD, 1);
  const weight = tensors.get('head.weight')!;
  t.deepEqual(weight.shape, [512, 2]);
  t.deepEqual(Array.from(tensors.get('head.bias')!.data, Number), [0, 0]);
  const values = Array.from(weight.data, Number);
  const mean = values.reduce((sum, value) => sum + value, 0) / 1024;
  const std = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 1024);
  // Five standard errors: std / sqrt(n) of the mean, std / sqrt(2 n) of the std.
  t.true(Math.abs(mean) < (5 * 0.02) / Math.sqrt(1024));
  t.true(Math.abs(std - 0.02) < (5 * 0.02) / Math.sqrt(2048));
});

test('initialHead: is a function of its seed', (t) => {
  t.deepEqual(initialHead(HEAD, 7), initialHead(HEAD, 7));
  t.notDeepEqual(initialHead(HEAD, 7), initialHead(HEAD, 0));
});
