import test from 'ava';
import { buildGraph } from '../../src/graph/build.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32, int64 } from '../../src/graph/graph.ts';
import { decodeForeignModel, decodeMetadata, decodeModel } from '../../src/graph/read.ts';
import { encodeModel, encodeModelApart } from '../../src/graph/write.ts';
import { operatorCases } from '../support/operator-cases.ts';

/** A graph as the file can hold it: float attributes are float32. */
function asStored(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([key, attribute]) => [
        key,
        attribute.type === 'float' ? { ...attribute, value: Math.fround(attribute.value) } : attribute,
      ]),
    ),
  }));
  return { ...graph, nodes };
}

function everything(): Graph {
  const g = buildGraph('everything');
  g.input('x', 'float32', ['B', 3]);
  const dtypes: Tensor[] = [
    float32([2], [1.5, -0]),
    { dtype: 'float64', shape: [1, 2], data: Float64Array.of(1 / 3, 1e300) },
    int64([2], [-1, Number.MAX_SAFE_INTEGER]),
    { dtype: 'int32', shape: [2], data: Int32Array.of(-5, 7) },
    { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 1, 255) },
    { dtype: 'bool', shape: [], data: Uint8Array.of(1) },
    float32([0, 4], []),
  ];
  dtypes.forEach((tensor, index) => {
    g.constant(`constant ${index} ümlaut`, tensor);
  });
  g.node('Clip', ['x', '', g.scalar(2)], {
    name: 'y',
    attributes: {
      int: -7,
      float: 0.1,
      alpha: 1,
      string: 'text',
      ints: [1, -2, 2 ** 40],
      floats: { type: 'floats', value: [0.5, -1] },
      strings: { type: 'strings', value: ['a', ''] },
      tensor: { type: 'tensor', value: int64([1], [3]) },
      empty: { type: 'ints', value: [] },
    },
  });
  g.output('y', 'float32', ['B', 3]);
  return g.finish();
}

test('decodeModel(encodeModel(graph)) is the graph, for every kind of attribute and tensor', (t) => {
  const graph = everything();
  t.deepEqual(decodeModel(encodeModel(graph), 'file'), asStored(graph));
});

test('decodeModel(encodeModel(graph)) is the graph, for every operator case', (t) => {
  for (const { graph } of operatorCases)
    t.deepEqual(decodeModel(encodeModel(graph), 'file'), asStored(graph));
});

test('encodeModel(graph) gives the same bytes whatever the order of attributes and metadata', (t) => {
  const make = (attributes: Record<string, number>): Graph => {
    const g = buildGraph('g');
    g.input('x', 'float32', [2]);
    g.node('Softmax', ['x'], { name: 'y', attributes });
    return g.finish();
  };
  const one = encodeModel(make({ axis: 0, beta: 1 }), { a: '1', b: '2' });
  t.deepEqual(encodeModel(make({ beta: 1, axis: 0 }), { b: '2', a: '1' }), one);
});

test('encodeModel(graph, metadata) writes properties that decodeMetadata reads', (t) => {
  const bytes = encodeModel(everything(), { 'holdfast.seed': '0', empty: '' });
  t.deepEqual(decodeMetadata(bytes, 'file'), { 'holdfast.seed': '0', empty: '' });
});

test('encodeModel(graph) refuses a tensor that does not fill its shape', (t) => {
  const tensor: Tensor = { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2) };
  const graph: Graph = {
    name: 'g',
    inputs: [],
    outputs: [],
    initializers: new Map([['w', tensor]]),
    nodes: [],
  };
  t.throws(() => encodeModel(graph), {
    instanceOf: RangeError,
    message: 'encodeModel: tensor "w" of float32 [3] must have 12 bytes, got 8',
  });
});

test('encodeModelApart(graph) leaves large constants where they are, and its file asks for them by name', (t) => {
  const g = buildGraph('apart');
  g.input('x', 'float32', ['B', 64]);
  const values = Float32Array.from({ length: 64 * 32 + 1 }, (_, index) => index);
  // A view, as weights of one file are.
  const weight = float32([64, 32], values.subarray(1));
  g.node(
    'Add',
    [g.node('MatMul', ['x', g.constant('w', weight)]), g.constant('b', float32([32], values.slice(0, 32)))],
    {
      name: 'y',
    },
  );
  g.output('y', 'float32', ['B', 32]);
  const graph = g.finish();
  const { model, weights } = encodeModelApart(graph);
  t.true(model.length < 1000);
  t.deepEqual([...weights.keys()], ['w']);
  t.is(weights.get('w')!.buffer, values.buffer);
  const read = decodeForeignModel(model, 'file', (location, offset, length) =>
    weights.get(location)!.slice(offset, offset + length),
  );
  t.deepEqual(read, { graph, opset: 18 });
});
