import test from 'ava';
import { attributesOf } from '../../src/graph/build.ts';
import { evaluateConstant } from '../../src/graph/evaluate-constant.ts';
import { float32, int64, type Tensor } from '../../src/graph/graph.ts';

function evaluate(op: string, inputs: readonly Tensor[], attributes = {}): Tensor | null {
  return evaluateConstant(
    {
      op,
      name: 'n',
      inputs: inputs.map((_, k) => `${k}`),
      outputs: ['y'],
      attributes: attributesOf(attributes),
    },
    inputs,
  );
}

test('evaluateConstant(node, inputs) computes in float64 and rounds once; whole numbers are divided towards zero', (t) => {
  t.deepEqual(evaluate('Div', [float32([], [1]), float32([2], [3, 7])]), float32([2], [1 / 3, 1 / 7]));
  t.deepEqual(evaluate('Div', [int64([2], [7, -7]), int64([], [2])]), int64([2], [3, -3]));
  t.deepEqual(evaluate('Sqrt', [float32([2], [2, 9])]), float32([2], [Math.SQRT2, 3]));
  t.deepEqual(evaluate('Cast', [int64([2], [3, -4])], { to: 1 }), float32([2], [3, -4]));
});

test('evaluateConstant(node, inputs) gives weights another shape without a copy', (t) => {
  const weight = float32([2, 3], [1, 2, 3, 4, 5, 6]);
  t.is(evaluate('Unsqueeze', [weight, int64([1], [-1])])?.data, weight.data);
  t.deepEqual(evaluate('Unsqueeze', [weight, int64([1], [-1])])?.shape, [2, 3, 1]);
  t.deepEqual(evaluate('Transpose', [weight], { perm: [1, 0] }), float32([3, 2], [1, 4, 2, 5, 3, 6]));
});

test('evaluateConstant(node, inputs) leaves what it does not know, or has no number, to the engine', (t) => {
  t.is(evaluate('Relu', [float32([], [1])]), null);
  t.is(evaluate('Add', [float32([2], [1, 2]), float32([2, 1], [1, 2])]), null);
  t.is(evaluate('Div', [int64([], [1]), int64([], [0])]), null);
  t.is(evaluate('Reshape', [float32([2], [1, 2]), int64([1], [-1])]), null);
});
