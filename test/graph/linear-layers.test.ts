import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';

const matrix = (rows: number, columns: number) => float32([rows, columns], new Float32Array(rows * columns));
const vector = (length: number) => float32([length], new Float32Array(length));

test('linearLayers(graph) finds a MatMul and the bias that follows', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', ['B', 'T', 2]);
  const product = g.node('MatMul', ['x', g.constant('w', matrix(2, 3))], { name: 'up' });
  g.node('Add', [g.constant('b', vector(3)), product], { name: 'upped' });
  t.deepEqual(linearLayers(g.finish()), [
    { name: 'up', input: 'x', output: 'upped', weight: 'w', bias: 'b', transposed: false, in: 2, out: 3 },
  ]);
});

test('linearLayers(graph) finds a Gemm, its C and its transposed weight', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', ['B', 2]);
  g.node('Gemm', ['x', g.constant('w', matrix(3, 2)), g.constant('b', vector(3))], {
    name: 'fc',
    attributes: { transB: 1 },
  });
  t.deepEqual(linearLayers(g.finish()), [
    { name: 'fc', input: 'x', output: 'fc', weight: 'w', bias: 'b', transposed: true, in: 2, out: 3 },
  ]);
});

test('linearLayers(graph) takes no bias that is a residual, of another size, or behind a product used twice', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', ['B', 3]);
  g.node('Add', [g.node('MatMul', ['x', g.constant('w0', matrix(3, 3))], { name: 'residual' }), 'x']);
  g.node('Add', [g.node('MatMul', ['x', g.constant('w1', matrix(3, 3))], { name: 'scalar' }), g.scalar(1)]);
  const twice = g.node('MatMul', ['x', g.constant('w2', matrix(3, 3))], { name: 'twice' });
  g.node('Add', [twice, g.constant('b', vector(3))]);
  g.node('Tanh', [twice]);
  const shown = g.node('MatMul', ['x', g.constant('w3', matrix(3, 3))], { name: 'shown' });
  g.node('Add', [shown, 'b']);
  g.output('shown', 'float32', ['B', 3]);
  const found = linearLayers(g.finish());
  t.deepEqual(
    found.map(({ name, output, bias }) => [name, output, bias]),
    [
      ['residual', 'residual', null],
      ['scalar', 'scalar', null],
      ['twice', 'twice', null],
      ['shown', 'shown', null],
    ],
  );
});

test('linearLayers(graph) leaves out products of two computed values', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', [2, 2]);
  g.node('MatMul', ['x', 'x']);
  g.node('MatMul', [g.constant('w', matrix(2, 2)), 'x']);
  t.deepEqual(linearLayers(g.finish()), []);
});
