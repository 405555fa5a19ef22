import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { printGraph } from '../../src/graph/print.ts';

test('printGraph(graph) is one line a value, with types', (t) => {
  const g = buildGraph('tiny');
  g.input('x', 'float32', ['B', 'T', 4]);
  g.constant('w', float32([4, 3], new Float32Array(12)));
  const product = g.node('MatMul', ['x', 'w'], { name: 'up' });
  g.nodes('Split', [product, g.ints([1, 2])], 2, {
    name: 'parts',
    outputs: ['a', 'b'],
    attributes: { axis: -1 },
  });
  g.node('Clip', ['b', '', g.scalar(0.1)], { name: 'y' });
  g.output('y', 'float32', ['B', 'T', 2]);
  t.is(
    printGraph(g.finish()),
    `graph tiny
input x f32[B, T, 4]
const w f32[4, 3]
const const.i64.1.2 i64[2] = 1 2
const const.f32.0.1 f32[] = 0.1
up = MatMul(x, w) f32[B, T, 3]
a, b = Split(up, const.i64.1.2, axis=-1) @parts f32[B, T, 1] f32[B, T, 2]
y = Clip(b, -, const.f32.0.1) f32[B, T, 2]
output y f32[B, T, 2]
`,
  );
});
