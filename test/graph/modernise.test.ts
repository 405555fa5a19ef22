import test from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { type AttributeValue, buildGraph } from '../../src/graph/build.ts';
import { checkGraph } from '../../src/graph/check.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import { modernise } from '../../src/graph/modernise.ts';
import { interpret64 } from '../support/interpreter64.ts';

const X = float32([2, 3], [1, -2, 3, 4, 0, -6]);

interface Form {
  readonly op: string;
  readonly opset: number;
  readonly inputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly outputs?: number;
  /** Values of the outputs, one after another. */
  readonly gives: readonly number[];
}

/** A graph of one node of a foreign form, over `x` `[B, 3]`. */
function foreign({ op, inputs = ['x'], attributes = {}, constants = {}, outputs = 1 }: Form): Graph {
  const b = buildGraph('foreign');
  b.input('x', 'float32', ['B', 3]);
  for (const [name, tensor] of Object.entries(constants)) b.constant(name, tensor);
  const made = b.nodes(op, inputs, outputs, { name: 'y', attributes });
  for (const name of made) b.output(name, 'float32', ['?']);
  return b.finish();
}

const VALUES = Array.from(X.data, Number);
const root = Math.sqrt;
const gelu = (x: number) => (x / 2) * (1 + Math.tanh(root(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const matrix = float32([3, 2], [1, 0, 0, 1, 1, 1]);

const FORMS: readonly Form[] = [
  { op: 'Unsqueeze', opset: 11, attributes: { axes: [0] }, gives: VALUES },
  { op: 'ReduceMean', opset: 17, attributes: { axes: [-1], keepdims: 0 }, gives: [2 / 3, -2 / 3] },
  { op: 'ReduceSum', opset: 12, attributes: { axes: [1], keepdims: 0 }, gives: [2, -2] },
  { op: 'ReduceMax', opset: 17, attributes: { axes: [1], keepdims: 1 }, gives: [3, 4] },
  { op: 'ReduceL2', opset: 11, attributes: { axes: [1], keepdims: 0 }, gives: [root(14), root(52)] },
  {
    op: 'ReduceL2',
    opset: 18,
    inputs: ['x', 'axes'],
    constants: { axes: int64([1], [1]) },
    gives: [root(14), root(52)],
  },
  { op: 'Split', opset: 11, attributes: { axis: 1, split: [1, 2] }, outputs: 2, gives: [1, 4, -2, 3, 0, -6] },
  {
    op: 'Split',
    opset: 18,
    attributes: { axis: 1, num_outputs: 2 },
    outputs: 2,
    gives: [1, -2, 4, 0, 3, -6],
  },
  {
    op: 'Softmax',
    opset: 11,
    gives: [
      ...[1, -2, 3].map((x) => Math.exp(x) / (Math.exp(1) + Math.exp(-2) + Math.exp(3))),
      ...[4, 0, -6].map((x) => Math.exp(x) / (Math.exp(4) + 1 + Math.exp(-6))),
    ],
  },
  { op: 'Dropout', opset: 11, gives: VALUES },
  {
    op: 'Dropout',
    opset: 13,
    inputs: ['x', 'ratio'],
    constants: { ratio: float32([], [0.5]) },
    gives: VALUES,
  },
  { op: 'Flatten', opset: 13, gives: VALUES },
  { op: 'Sum', opset: 13, inputs: ['x', 'x', 'x'], gives: VALUES.map((x) => 3 * x) },
  {
    op: 'Gelu',
    opset: 20,
    attributes: { approximate: 'tanh' },
    gives: VALUES.map(gelu),
  },
  {
    op: 'GreaterOrEqual',
    opset: 16,
    inputs: ['x', 'zero'],
    constants: { zero: float32([], [0]) },
    gives: [1, 0, 1, 1, 1, 0],
  },
  {
    op: 'LessOrEqual',
    opset: 16,
    inputs: ['x', 'zero'],
    constants: { zero: float32([], [0]) },
    gives: [0, 1, 0, 0, 1, 1],
  },
  { op: 'IsNaN', opset: 13, gives: [0, 0, 0, 0, 0, 0] },
  { op: 'Cast', opset: 13, attributes: { to: 10 }, gives: VALUES },
  {
    op: 'Gemm',
    opset: 13,
    inputs: ['x', 'w', 'c'],
    attributes: { alpha: 2, beta: 3 },
    constants: { w: matrix, c: float32([2], [10, 20]) },
    gives: [2 * 4 + 30, 2 * 1 + 60, 2 * -2 + 30, 2 * -6 + 60],
  },
];

for (const form of FORMS) {
  const { op, opset, attributes = {}, gives } = form;
  test(`modernise(graph): ${op} of operator set ${opset} ${JSON.stringify(attributes)} computes the same`, (t) => {
    const graph = modernise(foreign(form), opset, 'm.onnx');
    t.notThrows(() => checkGraph(graph));
    const results = interpret64(graph, { x: X });
    const got = graph.outputs.flatMap(({ name }) => Array.from(results[name]?.data ?? X.data, Number));
    t.is(got.length, gives.length);
    got.forEach((value, index) => {
      t.true(Math.abs(value - gives[index]!) < 1e-6, `${value} against ${gives[index]}`);
    });
  });
}

test('modernise(graph): what comes from constants is a constant, and a weight behind its transpose makes a linear layer', (t) => {
  const b = buildGraph('g');
  b.input('x', 'float32', ['B', 3]);
  const size = b.node('Constant', [], {
    name: 'size',
    attributes: { value_float: { type: 'float', value: 16 } },
  });
  const scale = b.node('Div', [b.scalar(1), b.node('Sqrt', [size], { name: 'root' })], { name: 'scale' });
  const weight = b.node('Transpose', [b.constant('w', float32([2, 3], [1, 2, 3, 4, 5, 6]))], {
    name: 'turned',
    attributes: { perm: [1, 0] },
  });
  const same = b.node('Identity', [b.constant('bias', float32([2], [7, 8]))], { name: 'ownBias' });
  const product = b.node('MatMul', [b.node('Mul', ['x', scale], { name: 'scaled' }), weight], {
    name: 'product',
  });
  b.node('Add', [product, same], { name: 'y' });
  b.output('y', 'float32', ['B', 2]);
  const graph = modernise(b.finish(), 13, 'm.onnx');
  t.deepEqual(
    graph.nodes.map(({ op }) => op),
    ['Mul', 'MatMul', 'Add'],
  );
  t.deepEqual(graph.initializers.get('scale'), float32([], [0.25]));
  t.deepEqual([...graph.initializers.keys()].sort(), ['ownBias', 'scale', 'turned']);
  const [layer] = linearLayers(graph);
  t.like(layer, { weight: 'turned', bias: 'ownBias', in: 3, out: 2 });
});

test('modernise(graph): a Gemm over the rows of all tokens is a product over tokens', (t) => {
  const b = buildGraph('g');
  b.input('x', 'float32', ['B', 'T', 3]);
  const rows = b.node('Reshape', ['x', b.ints([-1, 3])], { name: 'rows' });
  b.node('Gemm', [rows, b.constant('w', matrix), b.constant('c', float32([2], [1, 2]))], { name: 'y' });
  b.output('y', 'float32', ['?', 2]);
  const graph = modernise(b.finish(), 13, 'm.onnx');
  const [layer] = linearLayers(graph);
  t.like(layer, { input: 'x', weight: 'w', bias: 'c' });
  const { shape, data } = interpret64(graph, { x: { ...X, shape: [1, 2, 3] } }).y!;
  t.deepEqual(shape, [2, 2]);
  t.deepEqual(Array.from(data, Number), [5, 3, -1, -4]);
});

test('modernise(graph): sizes are followed through an expansion with open sizes, and through the first rows of a table', (t) => {
  const b = buildGraph('g');
  b.input('ids', 'int64', ['B', 'T']);
  b.input('x', 'float32', ['B', 1, 1, 'T']);
  const length = b.node('Shape', ['ids'], { name: 'length', attributes: { start: 1, end: 2 } });
  const batch = b.node('Shape', ['ids'], { name: 'batch', attributes: { start: 0, end: 1 } });
  const wanted = b.node('Concat', [batch, b.ints([-1]), length, b.ints([-1])], {
    name: 'wanted',
    attributes: { axis: 0 },
  });
  const ones = b.node('ConstantOfShape', [b.ints([4])], {
    name: 'ones',
    attributes: { value: { type: 'tensor', value: int64([1], [1]) } },
  });
  const open = b.node(
    'Equal',
    [wanted, b.node('Mul', [ones, b.constant('minus', int64([], [-1]))], { name: 'open' })],
    { name: 'isOpen' },
  );
  b.node('Expand', ['x', b.node('Where', [open, ones, wanted], { name: 'sizes' })], { name: 'wide' });
  const table = b.constant('table', int64([1, 8], [0, 1, 2, 3, 4, 5, 6, 7]));
  b.node('Slice', [table, b.ints([0]), length, b.ints([1])], { name: 'places' });
  b.output('wide', 'float32', ['?', '?', '?', '?']);
  b.output('places', 'int64', ['?', '?']);
  const { outputs } = modernise(b.finish(), 14, 'm.onnx');
  t.deepEqual(
    outputs.map(({ shape }) => shape),
    [
      ['B', 1, 'T', 'T'],
      [1, 'T'],
    ],
  );
});

for (const [title, form, message] of [
  [
    'an old operator set',
    { op: 'Relu', opset: 9, gives: [] },
    'm.onnx: the operator set must be 11 to 24, got 9; export the model again with opset_version=18',
  ],
  [
    'a softmax over several axes',
    { op: 'Softmax', opset: 11, attributes: { axis: 0 }, gives: [] },
    'node "y" (Softmax): it must be along the last axis in operator set 11, got axis 0 of 2; export the model again with opset_version=18',
  ],
  [
    'a constant of texts',
    { op: 'Constant', opset: 13, inputs: [], attributes: { value_string: 'a' }, gives: [] },
    'node "y" (Constant): it must hold numbers, got attribute "value_string"; export the model again',
  ],
] as readonly [string, Form, string][]) {
  test(`modernise(graph) refuses ${title}`, (t) => {
    const error = t.throws(() => modernise(foreign(form), form.opset, 'm.onnx'), {
      instanceOf: BadFileError,
    });
    t.is(error?.message, message);
  });
}
