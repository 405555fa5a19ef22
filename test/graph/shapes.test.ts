import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import { addGradients } from '../../src/graph/gradient.ts';
import type { Dimension, Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { inferShapes, SHAPE_RULES } from '../../src/graph/shapes.ts';
import { interpretAll64, OPERATORS64 } from '../support/interpreter64.ts';
import { operatorCases } from '../support/operator-cases.ts';

/** The number behind a size; names that inputs do not bind are bound where they are first met. */
function sizeValue(size: Dimension, names: Map<string, number>, met: number): number {
  if (typeof size === 'number') return size;
  if (!names.has(size) && /^[\w.]+$/.test(size)) names.set(size, met);
  const bound = names.get(size);
  if (bound !== undefined) return bound;
  const sum = size.replace(/^\(|\)$/g, '').replaceAll('-', '+-');
  return sum
    .split('+')
    .filter((term) => term !== '')
    .map((term) => term.split('*').reduce((product, factor) => product * factorOf(factor, names), 1))
    .reduce((a, b) => a + b);
}

function factorOf(factor: string, names: ReadonlyMap<string, number>): number {
  const sign = factor.startsWith('-') ? -1 : 1;
  const name = factor.replace(/^-/, '');
  return sign * (names.get(name) ?? Number(name));
}

function compare(graph: Graph, feeds: Readonly<Record<string, Tensor>>): string[] {
  const names = new Map<string, number>();
  for (const { name, shape } of graph.inputs) {
    shape.forEach((size, axis) => {
      if (typeof size === 'string') names.set(size, feeds[name]!.shape[axis]!);
    });
  }
  const shapes = inferShapes(graph);
  return [...interpretAll64(graph, feeds)].flatMap(([name, tensor]) => {
    const known = shapes.get(name)!;
    const got = known.shape.map((size, axis) => sizeValue(size, names, tensor.shape[axis]!));
    const dtype = known.dtype === 'float32' ? 'float64' : known.dtype;
    const same =
      dtype === tensor.dtype &&
      got.length === tensor.shape.length &&
      got.every((size, axis) => size === tensor.shape[axis]);
    return same ? [] : [`${name}: ${known.dtype} [${known.shape}] against ${tensor.dtype} [${tensor.shape}]`];
  });
}

test('inferShapes(graph) gives what the interpreter makes, for every value of every operator case', (t) => {
  for (const { name, graph, feeds } of operatorCases) t.deepEqual(compare(graph, feeds), [], name);
});

test('inferShapes(graph) gives what the interpreter makes, for every value of every gradient graph', (t) => {
  for (const { name, graph, feeds, wrt } of operatorCases) {
    if (wrt !== undefined) t.deepEqual(compare(addGradients(graph, 'loss', wrt), feeds), [], name);
  }
});

test('SHAPE_RULES has every operator of the interpreter, and no other', (t) => {
  t.deepEqual(Object.keys(SHAPE_RULES).sort(), Object.keys(OPERATORS64).sort());
});

test('SHAPE_RULES has no operator without an operator case', (t) => {
  const used = new Set(operatorCases.flatMap(({ graph }) => graph.nodes.map((node) => node.op)));
  t.deepEqual(
    Object.keys(SHAPE_RULES).filter((op) => !used.has(op)),
    [],
  );
});

function shapeOf(build: (g: ReturnType<typeof buildGraph>) => string): readonly Dimension[] {
  const g = buildGraph('g');
  g.input('x', 'float32', ['B', 'T', 8]);
  g.input('ids', 'int64', ['B', 'T']);
  return inferShapes({ ...g.finish(), ...finished(g, build(g)) }).get('y')!.shape;
}

function finished(g: ReturnType<typeof buildGraph>, value: string): Graph {
  g.node('Identity', [value], { name: 'y' });
  return g.finish();
}

test('inferShapes(graph) keeps products of named sizes and takes them apart again', (t) => {
  t.deepEqual(
    shapeOf((g) => g.node('Reshape', ['x', g.ints([-1, 8])])),
    ['B*T', 8],
  );
  t.deepEqual(
    shapeOf((g) => g.node('Reshape', ['x', g.ints([0, -1])])),
    ['B', '8*T'],
  );
  t.deepEqual(
    shapeOf((g) => g.node('Reshape', ['x', g.ints([0, 0, 2, -1])])),
    ['B', 'T', 2, 4],
  );
});

test('inferShapes(graph) follows shapes under construction', (t) => {
  const dynamic = (g: ReturnType<typeof buildGraph>) => {
    const tokens = g.node('Gather', [g.node('Shape', ['ids']), g.constant('one', int64([], [1]))]);
    const shape = g.node(
      'Concat',
      [g.ints([-1]), g.node('Unsqueeze', [tokens, g.ints([0])]), g.ints([2, 4])],
      {
        attributes: { axis: 0 },
      },
    );
    return g.node('Reshape', ['x', shape]);
  };
  t.deepEqual(shapeOf(dynamic), ['B', 'T', 2, 4]);
});

test('inferShapes(graph) adds named sizes', (t) => {
  t.deepEqual(
    shapeOf((g) => g.node('Concat', ['x', 'x'], { attributes: { axis: 1 } })),
    ['B', '2*T', 8],
  );
  const all = 2 ** 31 - 1;
  t.deepEqual(
    shapeOf((g) => g.node('Slice', ['x', g.ints([1]), g.ints([all]), g.ints([1])])),
    ['B', '(T-1)', 8],
  );
});

const FAULTS: readonly [string, (g: ReturnType<typeof buildGraph>) => void, string][] = [
  [
    'an unknown operator',
    (g) => g.node('Gelu', ['x'], { name: 'act' }),
    `node "act" (Gelu): its operator must be one of ${Object.keys(SHAPE_RULES).sort().join(', ')}, got Gelu; rewrite it in these`,
  ],
  [
    'a product that does not meet',
    (g) => g.node('MatMul', ['x', g.constant('w', float32([3, 2], new Float32Array(6)))], { name: 'q' }),
    'node "q" (MatMul): the inner sizes of [B, T, 8] and [3, 2] must be equal, got 8 and 3',
  ],
  [
    'shapes that do not broadcast',
    (g) => g.node('Add', ['x', g.constant('b', float32([3], [1, 2, 3]))], { name: 'a' }),
    'node "a" (Add): shapes [B, T, 8] and [3] must broadcast, got 8 against 3',
  ],
  [
    'two element types',
    (g) => g.node('Mul', ['x', 'ids'], { name: 'm' }),
    'node "m" (Mul): its inputs must be of one element type, got float32 and int64; put a Cast in front',
  ],
  [
    'an axis outside',
    (g) => g.node('Softmax', ['x'], { name: 's', attributes: { axis: 3 } }),
    'node "s" (Softmax): axis must be within a value of rank 3, got 3',
  ],
  [
    'a value that is not there',
    (g) => g.node('Tanh', ['z'], { name: 't' }),
    'node "t" (Tanh): its input "z" must be made before it, got no such value',
  ],
  [
    'a shape that holds another number of values',
    (g) =>
      g.node('Reshape', [g.constant('c', float32([6], new Float32Array(6))), g.ints([4, -1])], { name: 'r' }),
    'node "r" (Reshape): shape [6] must divide into [4, -1]',
  ],
  [
    'an input left out',
    (g) => g.node('Where', ['', 'x', 'x'], { name: 'w' }),
    'node "w" (Where): input 0 must be given, got none',
  ],
];

for (const [title, build, message] of FAULTS) {
  test(`inferShapes(graph) says what is wrong: ${title}`, (t) => {
    const g = buildGraph('g');
    g.input('x', 'float32', ['B', 'T', 8]);
    g.input('ids', 'int64', ['B', 'T']);
    build(g);
    t.throws(() => inferShapes(g.finish()), { message });
  });
}
