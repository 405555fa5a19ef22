import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { float32 } from '../../src/graph/graph.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { erf, roundHalfEven } from '../support/interpreter64-elementwise.ts';

// The oracle is itself checked by hand, where a slip in a loop would not show elsewhere.

function close(
  t: { true(value: boolean, message?: string): void },
  tensor: Tensor,
  values: readonly number[],
): void {
  t.true(tensor.data.length === values.length);
  values.forEach((value, index) => {
    const got = Number(tensor.data[index]);
    t.true(
      Math.abs(got - value) <= 1e-12 * (1 + Math.abs(value)),
      `element ${index}: ${got} against ${value}`,
    );
  });
}

test('erf(x) has the known values (Abramowitz and Stegun, table 7.1)', (t) => {
  const known: [number, number][] = [
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.4, 0.9993114861033549],
    [3, 0.9999779095030014],
    [-1, -0.8427007929497149],
  ];
  for (const [x, value] of known) t.true(Math.abs(erf(x) - value) < 2e-15, `erf(${x}) = ${erf(x)}`);
});

test('roundHalfEven(x) rounds halves to the even neighbour', (t) => {
  t.deepEqual(
    [-2.5, -1.5, -0.5, 0.4, 0.5, 0.6, 1.5, 2.5, 3].map((x) => roundHalfEven(x) + 0),
    [-2, -2, 0, 0, 0, 1, 2, 2, 3],
  );
});

test('interpret64(graph) multiplies, normalises and reduces as by hand', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', [2, 2]);
  g.node('MatMul', ['x', g.constant('w', float32([2, 3], [1, 0, 2, 0, 1, 3]))], { name: 'product' });
  g.node(
    'LayerNormalization',
    ['x', g.constant('s', float32([2], [1, 2])), g.constant('b', float32([2], [0, 1]))],
    {
      name: 'norm',
      attributes: { axis: -1, epsilon: 0 },
    },
  );
  g.node('Softmax', ['x'], { name: 'share', attributes: { axis: 0 } });
  g.node('ReduceMean', ['x', g.ints([0])], { name: 'mean', attributes: { keepdims: 0 } });
  g.node('Transpose', ['x'], { name: 'turned' });
  for (const name of ['product', 'norm', 'share', 'mean', 'turned']) g.output(name, 'float32', []);
  const results = interpret64(g.finish(), { x: float32([2, 2], [1, 3, 5, 3]) });
  close(t, results.product!, [1, 3, 11, 5, 3, 19]);
  close(t, results.norm!, [-1, 3, 1, -1]);
  close(t, results.share!, [1 / (1 + Math.exp(4)), 0.5, 1 / (1 + Math.exp(-4)), 0.5]);
  close(t, results.mean!, [3, 3]);
  close(t, results.turned!, [1, 5, 3, 3]);
});
