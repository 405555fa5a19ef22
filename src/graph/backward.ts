import type { AttributeValue } from './build.ts';
import { attributesOf } from './build.ts';
import type { Dimension, Graph, Node, Tensor } from './graph.ts';
import { float32, int64 } from './graph.ts';
import { knownTensor } from './known-tensor.ts';
import { inferNode, inferValues } from './shapes.ts';

/**
 * Adds the nodes of a backward pass behind a graph. Like the GraphBuilder, but it knows the shape of each value at
 * once, and makes equal nodes and equal constants only once, also those that the graph already has.
 */
export interface Backward {
  /** Adds a node with one output, or finds the one that there is. */
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string;
  /** Adds a node with several outputs. */
  nodes(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, AttributeValue>>,
  ): readonly string[];
  /** A float32 scalar constant. */
  scalar(value: number): string;
  /** An int64 vector constant. */
  ints(values: readonly number[]): string;
  /** A constant under a name that says what it holds; made on first use. */
  constant(name: string, make: () => Tensor): string;
  shape(value: string): readonly Dimension[];
  /** Entries of a short list of whole numbers; undefined where they are not known. */
  entries(value: string): readonly Dimension[] | undefined;
  /** The tensor behind a constant; undefined for a value that is computed or fed. */
  tensor(value: string): Tensor | undefined;
  /** The node that makes a value; undefined for inputs and constants. */
  maker(value: string): Node | undefined;
  /** Gives a node of the forward pass more outputs; returns the names of all. */
  widen(node: Node, count: number): readonly string[];
  finish(): BackwardPass;
}

export interface BackwardPass {
  /** The nodes of the graph, some with more outputs than before. */
  readonly forward: readonly Node[];
  readonly added: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** Starts a backward pass behind `graph`. @throws BadFileError as inferShapes does. */
export function startBackward(graph: Graph): Backward {
  const values = inferValues(graph);
  const initializers = new Map(graph.initializers);
  const forward = new Map(graph.nodes.map((node) => [node.name, node]));
  const added: Node[] = [];
  const makers = new Map<string, Node>();
  const found = new Map<string, string>();

  const remember = (node: Node): void => {
    for (const output of node.outputs) makers.set(output, node);
    if (node.outputs.length === 1) found.set(keyOf(node), node.outputs[0]!);
  };
  for (const node of graph.nodes) remember(node);

  let count = 0;
  const freshName = (op: string): string => {
    // A graph may hold an earlier gradient pass.
    while (values.has(`gradient.${count}.${op}`)) count += 1;
    count += 1;
    return `gradient.${count - 1}.${op}`;
  };

  const constant = (name: string, make: () => Tensor): string => {
    if (!initializers.has(name)) {
      const tensor = make();
      initializers.set(name, tensor);
      values.set(name, knownTensor(tensor));
    }
    return name;
  };

  return {
    node(op, inputs, given = {}) {
      const name = freshName(op);
      const node: Node = { op, name, inputs, outputs: [name], attributes: attributesOf(given) };
      const same = found.get(keyOf(node));
      if (same !== undefined) return same;
      inferNode(node, values);
      added.push(node);
      remember(node);
      return name;
    },
    nodes(op, inputs, count, given) {
      const name = freshName(op);
      const outputs = Array.from({ length: count }, (_, index) => `${name}.${index}`);
      const node: Node = { op, name, inputs, outputs, attributes: attributesOf(given) };
      inferNode(node, values);
      added.push(node);
      remember(node);
      return outputs;
    },
    scalar: (value) => constant(`const.f32.${value}`, () => float32([], [value])),
    ints: (list) => constant(`const.i64.${list.join('.')}`, () => int64([list.length], list)),
    constant,
    shape: (value) => values.get(value)!.shape,
    entries: (value) => values.get(value)!.entries,
    tensor: (value) => initializers.get(value),
    maker: (value) => makers.get(value),
    widen(node, count) {
      const present = forward.get(node.name)!;
      const outputs = Array.from(
        { length: count },
        (_, index) => present.outputs[index] || `${node.name}.gradient${index}`,
      );
      const wide = { ...present, outputs };
      forward.set(node.name, wide);
      inferNode(wide, values);
      return outputs;
    },
    finish: () => ({ forward: [...forward.values()], added, initializers }),
  };
}

/** Equal keys are equal computations. */
function keyOf(node: Node): string {
  const attributes = Object.keys(node.attributes)
    .sort()
    .map((key) => {
      const { type, value } = node.attributes[key]!;
      // A tensor is told apart by its identity alone: none is shared.
      return type === 'tensor' ? [key, node.name] : [key, value];
    });
  return JSON.stringify([node.op, node.inputs, attributes]);
}
