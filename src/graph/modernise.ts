import { BadFileError } from '../core/errors.ts';
import { attributesOf } from './build.ts';
import { evaluateConstant } from './evaluate-constant.ts';
import type { Attribute, Graph, Node, Tensor } from './graph.ts';
import { float32, int64, sizeOf } from './graph.ts';
import { knownTensor } from './known-tensor.ts';
import { MODERNISE_RULES } from './modernise-rules.ts';
import type { Known } from './shape-rule.ts';
import { inferNode } from './shapes.ts';

/** Operator sets whose forms we know: what exporters have written since 2019. */
const OPSETS: readonly [number, number] = [11, 24];

/**
 * Brings the graph of a foreign ONNX file into the form of our own graphs: operator set 18; constants as initializers;
 * what can be computed from constants and known sizes, computed; no identities and no dropout; names of their own for
 * the biases and norms that an exporter found equal and stored once. The graph computes the same.
 *
 * @param graph as `decodeForeignModel` gave it, its inputs with the sizes that are to be followed
 * @throws BadFileError if the operator set, an operator or a form of it is not one of ours
 */
export function modernise(graph: Graph, opset: number, where: string): Graph {
  const [oldest, newest] = OPSETS;
  if (opset < oldest || opset > newest) {
    throw new BadFileError(
      where,
      `the operator set must be ${oldest} to ${newest}, got ${opset}; export the model again with opset_version=18`,
    );
  }
  const state = startOf(graph);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => state.alias.get(input) ?? input);
    moderniseNode({ ...node, name: state.uniqueName(node.name), inputs }, opset, state);
  }
  const outputs = graph.outputs.map((output) => {
    const name = state.alias.get(output.name) ?? output.name;
    const known = state.values.get(name);
    if (known === undefined) {
      throw new BadFileError(where, `output "${output.name}" must be a value of the graph, got none such`);
    }
    return { name, dtype: known.dtype, shape: known.shape };
  });
  const used = new Set([...state.nodes.flatMap((node) => node.inputs), ...outputs.map(({ name }) => name)]);
  const initializers = new Map([...state.initializers].filter(([name]) => used.has(name)));
  return { ...graph, outputs, initializers, nodes: state.nodes };
}

interface State {
  readonly values: Map<string, Known>;
  readonly initializers: Map<string, Tensor>;
  readonly makers: Map<string, Node>;
  readonly nodes: Node[];
  /** What stands for a value that an identity made. */
  readonly alias: Map<string, string>;
  uniqueName(name: string): string;
}

function startOf(graph: Graph): State {
  const values = new Map<string, Known>();
  for (const { name, dtype, shape } of graph.inputs) values.set(name, { dtype, shape });
  for (const [name, tensor] of graph.initializers) values.set(name, knownTensor(tensor));
  const taken = new Set<string>();
  return {
    values,
    initializers: new Map(graph.initializers),
    makers: new Map(),
    nodes: [],
    alias: new Map(),
    uniqueName(name) {
      let unique = name;
      for (let count = 2; taken.has(unique); count += 1) unique = `${name}.${count}`;
      taken.add(unique);
      return unique;
    },
  };
}

function moderniseNode(node: Node, opset: number, state: State): void {
  const { values, initializers } = state;
  const constant = (name: string, tensor: Tensor): string => {
    if (!initializers.has(name)) {
      initializers.set(name, tensor);
      values.set(name, knownTensor(tensor));
    }
    return name;
  };
  if (node.op === 'Constant') {
    constant(node.outputs[0]!, constantOf(node));
    return;
  }
  const rule = MODERNISE_RULES[node.op];
  if (rule === undefined) {
    place(node, state);
    return;
  }
  rule({
    node,
    opset,
    known: (value) => values.get(value),
    tensor: (value) => initializers.get(value),
    maker: (value) => state.makers.get(value),
    constant: (part, tensor) => constant(`${node.name}.${part}`, tensor),
    ints: (list) => constant(`const.i64.${list.join('.')}`, int64([list.length], list)),
    scalar: (value) => constant(`const.f32.${value}`, float32([], [value])),
    add(op, inputs, part, attributes = {}) {
      const output = `${node.outputs[0]}.${part}`;
      const name = state.uniqueName(`${node.name}.${part}`);
      place({ op, name, inputs, outputs: [output], attributes: attributesOf(attributes) }, state);
      return state.alias.get(output) ?? output;
    },
    last(op, inputs, attributes = {}) {
      place({ ...node, op, inputs, attributes: attributesOf(attributes) }, state);
    },
  });
}

/** Puts a node of our own form into the graph, or what it comes to: a constant, or another value. */
function place(node: Node, state: State): void {
  const { values, initializers, alias } = state;
  const [input, output] = [node.inputs[0] ?? '', node.outputs[0]!];
  const makeConstant = (tensor: Tensor): void => {
    initializers.set(output, tensor);
    values.set(output, knownTensor(tensor));
  };
  if (node.op === 'Identity') {
    const stored = initializers.get(input);
    // Equal biases that were stored once are layers' own again; a table that is used twice stays one.
    if (stored !== undefined && stored.shape.length < 2) makeConstant(stored);
    else alias.set(output, input);
    return;
  }
  const value = ahead(node, state);
  if (value !== null) {
    makeConstant(value);
    return;
  }
  state.nodes.push(node);
  for (const made of node.outputs) state.makers.set(made, node);
}

/** What a node comes to, from constants or from known sizes; null where it must run. What is known of it is kept. */
function ahead(node: Node, { values, initializers }: State): Tensor | null {
  const constants = node.inputs.map((name) => initializers.get(name));
  const single = node.outputs.length === 1;
  if (single && constants.length > 0 && constants.every((one) => one !== undefined)) {
    const value = evaluateConstant(node, constants);
    if (value !== null) return value;
  }
  inferNode(node, values);
  const known = values.get(node.outputs[0]!);
  const [entries, shape] = [known?.entries, known?.shape ?? []];
  const numbers = entries?.filter((entry) => typeof entry === 'number');
  if (!single || known?.dtype !== 'int64' || numbers === undefined || numbers.length !== entries?.length)
    return null;
  const sizes = shape.filter((size) => typeof size === 'number');
  return sizes.length === shape.length && sizeOf(sizes) === numbers.length ? int64(sizes, numbers) : null;
}

/** The tensor of a Constant node in any of its forms. */
function constantOf(node: Node): Tensor {
  const [name, attribute] = Object.entries(node.attributes)[0] ?? [];
  const made: Partial<Record<string, (value: Attribute['value']) => Tensor>> = {
    value: (value) => value as Tensor,
    value_int: (value) => int64([], [value as number]),
    value_ints: (value) => int64([(value as readonly number[]).length], value as readonly number[]),
    value_float: (value) => float32([], [value as number]),
    value_floats: (value) => float32([(value as readonly number[]).length], value as readonly number[]),
  };
  const make = made[name ?? ''];
  if (make !== undefined && attribute !== undefined) return make(attribute.value);
  throw new BadFileError(
    `node "${node.name}" (Constant)`,
    `it must hold numbers, got ${name === undefined ? 'nothing' : `attribute "${name}"`}; export the model again`,
  );
}
