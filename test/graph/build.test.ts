import test from 'ava';
import { attributesOf, buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';

test('attributesOf(values) tells whole numbers, floats and lists apart, and knows the floats of ONNX', (t) => {
  t.deepEqual(attributesOf({ axis: -1, epsilon: 1, alpha: 0.5, perm: [1, 0], reduction: 'add' }), {
    axis: { type: 'int', value: -1 },
    epsilon: { type: 'float', value: 1 },
    alpha: { type: 'float', value: 0.5 },
    perm: { type: 'ints', value: [1, 0] },
    reduction: { type: 'string', value: 'add' },
  });
});

test('buildGraph(name) shares equal constants and refuses a name that is taken', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', [2]);
  t.is(g.scalar(1), g.scalar(1));
  t.is(g.ints([1, 2]), g.ints([1, 2]));
  t.throws(() => g.constant('x', float32([], [1])), {
    instanceOf: RangeError,
    message: 'buildGraph: the value "x" exists already',
  });
});

test('buildGraph(name, from) continues a graph and leaves the first one as it was', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', [2]);
  g.node('Tanh', ['x'], { name: 'y' });
  g.output('y', 'float32', [2]);
  const first = g.finish();
  const more = buildGraph('h', first, false);
  more.node('Exp', ['y'], { name: 'z' });
  t.deepEqual(
    more.finish().nodes.map((node) => node.name),
    ['y', 'z'],
  );
  t.deepEqual(more.finish().outputs, []);
  t.deepEqual(
    first.nodes.map((node) => node.name),
    ['y'],
  );
});
