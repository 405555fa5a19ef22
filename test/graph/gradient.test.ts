import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { addGradients } from '../../src/graph/gradient.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { printGraph } from '../../src/graph/print.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { operatorCases } from '../support/operator-cases.ts';

/** loss = sum of (x w + b)^2 over a batch, w frozen or not. */
function regression(trained: boolean): Graph {
  const g = buildGraph('regression');
  g.input('x', 'float32', ['B', 2]);
  g.input('b', 'float32', [3]);
  const values = float32([2, 3], [1, 2, 3, 4, 5, 6]);
  const w = trained ? g.input('w', 'float32', [2, 3]) : g.constant('w', values);
  const y = g.node('Add', [g.node('MatMul', ['x', w], { name: 'product' }), 'b'], { name: 'y' });
  g.node('ReduceSum', [g.node('Mul', [y, y], { name: 'squares' })], {
    name: 'loss',
    attributes: { keepdims: 0 },
  });
  g.output('loss', 'float32', []);
  return g.finish();
}

test('addGradients(graph, loss, wrt) adds what is needed and no more', (t) => {
  const added = printGraph(addGradients(regression(false), 'loss', ['b']));
  t.is(
    added,
    `graph regression
input x f32[B, 2]
input b f32[3]
const w f32[2, 3] = 1 2 3 4 5 6
const const.i64.0 i64[1] = 0
product = MatMul(x, w) f32[B, 3]
y = Add(product, b) f32[B, 3]
squares = Mul(y, y) f32[B, 3]
loss = ReduceSum(squares, keepdims=0) f32[]
gradient.0.Add = Add(y, y) f32[B, 3]
gradient.b = ReduceSum(gradient.0.Add, const.i64.0, keepdims=0) @gradient.1.ReduceSum f32[3]
output loss f32[]
output gradient.b f32[3]
`,
  );
});

test('addGradients(graph, loss, wrt) gives no gradient to frozen weights and nothing in front of the first trained value', (t) => {
  const frozen = addGradients(regression(false), 'loss', ['b']);
  t.false(
    frozen.nodes
      .slice(4)
      .some((node) => node.op === 'MatMul' || node.op === 'Gemm' || node.op === 'Transpose'),
  );
  const trained = addGradients(regression(true), 'loss', ['b', 'w']);
  t.is(trained.nodes.filter((node) => node.op === 'Gemm').length, 1);
});

test('addGradients(graph, loss, wrt) leaves the forward pass as it was', (t) => {
  for (const { graph, wrt } of operatorCases.filter((one) => one.wrt !== undefined)) {
    const after = addGradients(graph, 'loss', wrt!);
    const forward = after.nodes.slice(0, graph.nodes.length);
    t.deepEqual(
      forward.map((node) =>
        node.op === 'LayerNormalization' ? { ...node, outputs: node.outputs.slice(0, 1) } : node,
      ),
      graph.nodes,
    );
    t.deepEqual(after.inputs, graph.inputs);
  }
});

test('addGradients(graph, loss, wrt) makes a graph that checkGraph accepts', (t) => {
  for (const { graph, wrt } of operatorCases) {
    if (wrt !== undefined) t.notThrows(() => checkGraph(addGradients(graph, 'loss', wrt)));
  }
});

test('addGradients(graph, loss, wrt) is the same graph each time', (t) => {
  const { graph, wrt } = operatorCases.find((one) => one.name.startsWith('transformer, all'))!;
  t.deepEqual(addGradients(graph, 'loss', wrt!), addGradients(graph, 'loss', wrt!));
});

test('addGradients(graph, loss, wrt) makes no two equal nodes', (t) => {
  const { graph, wrt } = operatorCases.find((one) => one.name.startsWith('transformer, all'))!;
  const nodes = addGradients(graph, 'loss', wrt!).nodes.slice(graph.nodes.length);
  const keys = nodes.map((node) => JSON.stringify([node.op, node.inputs, node.attributes]));
  t.is(new Set(keys).size, keys.length);
});

test('addGradients(graph, loss, wrt) can differentiate by a value inside the graph and by the loss itself', (t) => {
  const graph = addGradients(regression(false), 'loss', ['loss', 'y']);
  const feeds = { x: float32([1, 2], [1, 1]), b: float32([3], [0, 0, 1]) };
  const results = interpret64(graph, feeds);
  t.deepEqual([...results['gradient.y']!.data], [10, 14, 20]);
  t.deepEqual([...results['gradient.loss']!.data], [1]);
});

test('addGradients(graph, loss, wrt) can be added to a graph that has gradients already', (t) => {
  const once = addGradients(regression(true), 'loss', ['b']);
  const twice = addGradients(once, 'loss', ['w']);
  t.notThrows(() => checkGraph(twice));
  t.deepEqual(
    twice.outputs.map((output) => output.name),
    ['loss', 'gradient.b', 'gradient.w'],
  );
});

function scalarLoss(build: (g: ReturnType<typeof buildGraph>) => string): Graph {
  const g = buildGraph('g');
  g.input('x', 'float32', ['B', 4]);
  g.node('ReduceSum', [build(g)], { name: 'loss', attributes: { keepdims: 0 } });
  g.output('loss', 'float32', []);
  return g.finish();
}

test('addGradients(graph, loss, wrt) names the node that cannot be differentiated', (t) => {
  const rounded = scalarLoss((g) => g.node('Round', ['x'], { name: 'codes' }));
  t.throws(() => addGradients(rounded, 'loss', ['x']), {
    message:
      'node "codes" (Round): it has no gradient (its slope is 0 almost everywhere); keep it out of the path from the trained values to the loss',
  });
  const scattered = scalarLoss((g) => {
    const index = g.constant('index', int64([1, 4], [0, 0, 0, 0]));
    return g.node('ScatterElements', ['x', index, g.constant('u', float32([1, 4], [1, 2, 3, 4]))], {
      name: 'put',
    });
  });
  const error = t.throws(() => addGradients(scattered, 'loss', ['x']));
  t.true(
    error.message.startsWith(
      'node "put" (ScatterElements): its operator must have a gradient rule (Abs, Add, ',
    ),
  );
  t.true(
    error.message.endsWith(
      '), got ScatterElements; keep it out of the path from the trained values to the loss',
    ),
  );
  const power = scalarLoss((g) => g.node('Pow', [g.scalar(2), 'x'], { name: 'p' }));
  t.throws(() => addGradients(power, 'loss', ['x']), {
    message:
      'node "p" (Pow): its exponent must be a constant to take its gradient, got the computed value "x"',
  });
});

test('addGradients(graph, loss, wrt) refuses sizes that do not tell how they broadcast', (t) => {
  const g = buildGraph('g');
  g.input('x', 'float32', ['N']);
  g.input('y', 'float32', ['M']);
  g.node('ReduceSum', [g.node('Mul', ['x', 'y'], { name: 'm' })], {
    name: 'loss',
    attributes: { keepdims: 0 },
  });
  g.output('loss', 'float32', []);
  t.throws(() => addGradients(g.finish(), 'loss', ['x']), {
    message:
      'value "x": its shape [N] must tell whether it is repeated to [m.size0]; give equal sizes equal names',
  });
});

test('addGradients(graph, loss, wrt) refuses a loss or a value that it cannot take', (t) => {
  const graph = regression(false);
  const message = (loss: string, wrt: readonly string[]) =>
    t.throws(() => addGradients(graph, loss, wrt), { instanceOf: RangeError }).message;
  t.is(message('y', ['b']), 'addGradients: the loss "y" must be a float32 scalar, got float32 [B, 3]');
  t.is(message('cost', ['b']), 'addGradients: the loss "cost" must be a float32 scalar, got no such value');
  t.is(message('loss', ['c']), 'addGradients: "c" must be a float32 value, got no such value');
  t.is(message('loss', ['b', 'b']), 'addGradients: "b" must be asked for once, got it twice');
  const cut = scalarLoss((g) =>
    g.node('Cast', [g.node('Greater', ['x', g.scalar(0)])], { attributes: { to: 1 } }),
  );
  t.throws(() => addGradients(cut, 'loss', ['x']), {
    instanceOf: RangeError,
    message: 'addGradients: "x" must lead to the loss "loss", got no path that has a gradient',
  });
});
