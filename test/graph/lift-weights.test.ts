import test from 'ava';
import { float32 } from '../../src/graph/graph.ts';
import { liftedInput, liftWeights } from '../../src/graph/lift-weights.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { toyFeeds, toyGraph } from '../support/toy.ts';

test('liftWeights: fed with its own weights, as x W has them, the graph computes what it did', (t) => {
  const graph = toyGraph();
  const lifted = liftWeights(graph, ['second', 'first']);
  t.deepEqual(lifted.inputs.slice(graph.inputs.length), [
    { name: 'second.written', dtype: 'float32', shape: [7, 4] },
    { name: 'first.written', dtype: 'float32', shape: [5, 7] },
  ]);
  t.deepEqual([...lifted.initializers.keys()], ['first.bias', 'second.bias']);
  const { data: turned } = graph.initializers.get('second.kernel')!;
  const second = Float32Array.from({ length: 28 }, (_, at) =>
    Number(turned[(at % 4) * 7 + Math.floor(at / 4)]),
  );
  const weights = {
    [liftedInput('first')]: graph.initializers.get('first.kernel')!,
    [liftedInput('second')]: float32([7, 4], second),
  };
  t.deepEqual(
    interpret64(lifted, { ...toyFeeds(), ...weights }).pooled,
    interpret64(graph, toyFeeds()).pooled,
  );
});

test('liftWeights: of no layer leaves the graph as it is; an unknown layer is refused', (t) => {
  t.deepEqual(liftWeights(toyGraph(), []), toyGraph());
  t.throws(() => liftWeights(toyGraph(), ['third']), {
    instanceOf: RangeError,
    message: 'liftWeights: "third" must be a linear layer of graph "toy"',
  });
});
