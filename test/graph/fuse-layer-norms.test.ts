import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { fuseLayerNorms } from '../../src/graph/fuse-layer-norms.ts';
import { float32, type Graph } from '../../src/graph/graph.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';

/** The nine operators of a layer norm over `[B, 4]`; `axis` of the means, `also` a further output. */
function parts(axis: number, also?: string): Graph {
  const b = buildGraph('norm');
  b.input('x', 'float32', ['B', 4]);
  const mean = (value: string, name: string) => b.node('ReduceMean', [value, b.ints([axis])], { name });
  const centred = b.node('Sub', ['x', mean('x', 'mean')], { name: 'centred' });
  const variance = mean(b.node('Pow', [centred, b.scalar(2)], { name: 'square' }), 'variance');
  const guarded = b.node('Add', [variance, b.scalar(1e-5)], { name: 'guarded' });
  const normal = b.node('Div', [centred, b.node('Sqrt', [guarded], { name: 'root' })], { name: 'normal' });
  const scaled = b.node('Mul', [normal, b.constant('scale', float32([4], [1, 2, -1, 0.5]))], {
    name: 'scaled',
  });
  b.node('Add', [scaled, b.constant('shift', float32([4], [0.1, 0, 3, -1]))], { name: 'y' });
  b.output('y', 'float32', ['B', 4]);
  if (also !== undefined) b.output(also, 'float32', ['B', 4]);
  return b.finish();
}

test('fuseLayerNorms(graph) makes one node of the nine, which computes the same', (t) => {
  const graph = parts(-1);
  const fused = fuseLayerNorms(graph);
  t.deepEqual(
    fused.nodes.map(({ op, name, inputs }) => [op, name, inputs]),
    [['LayerNormalization', 'y', ['x', 'scale', 'shift']]],
  );
  t.deepEqual([...fused.initializers.keys()], ['scale', 'shift']);
  const feeds = { x: float32([3, 4], spread(12, 1)) };
  const [before, after] = [interpret64(graph, feeds).y!, interpret64(fused, feeds).y!];
  for (const [index, value] of before.data.entries()) {
    t.true(Math.abs(Number(value) - Number(after.data[index])) < 1e-6);
  }
});

test('fuseLayerNorms(graph) leaves a norm over another axis, and one whose inner values are used', (t) => {
  for (const graph of [parts(0), parts(-1, 'normal')]) t.is(fuseLayerNorms(graph), graph);
});
