/**
 * The slow, obvious reference of the test suite: every ONNX operator that our graphs use, in float64 and plain loops.
 * Graph passes and engines are checked against it.
 */
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { ELEMENTWISE } from './interpreter64-elementwise.ts';
import { LAYOUT } from './interpreter64-layout.ts';
import { PRODUCT } from './interpreter64-product.ts';
import type { Operator, Value } from './value64.ts';
import { fromTensor, toTensor } from './value64.ts';

/** Every operator that the interpreter knows. */
export const OPERATORS64: Readonly<Record<string, Operator>> = { ...ELEMENTWISE, ...LAYOUT, ...PRODUCT };

/** Runs a graph; float32 tensors become float64 ones, whole numbers and booleans keep their type. */
export function interpret64(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const values = run(graph, feeds);
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, toTensor(values.get(name)!)]));
}

/** As interpret64, with every value of the graph. */
export function interpretAll64(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
  return new Map([...run(graph, feeds)].map(([name, value]) => [name, toTensor(value)]));
}

function run(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const { name } of graph.inputs) {
    const feed = feeds[name];
    if (feed === undefined) throw new RangeError(`interpret64: input "${name}" must be fed`);
    values.set(name, fromTensor(feed));
  }
  for (const [name, tensor] of graph.initializers) values.set(name, fromTensor(tensor));
  for (const node of graph.nodes) {
    const operator = OPERATORS64[node.op];
    if (operator === undefined)
      throw new RangeError(`interpret64: no operator ${node.op} (node "${node.name}")`);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const outputs = operator(node, inputs);
    node.outputs.forEach((name, index) => {
      if (name !== '') values.set(name, outputs[index]!);
    });
  }
  return values;
}
