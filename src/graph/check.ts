import { BadFileError } from '../core/errors.ts';
import { ARITY } from './arity.ts';
import { nodeTitle } from './attributes.ts';
import type { DataType, Graph, Node } from './graph.ts';
import { sizeOf } from './graph.ts';
import { inferShapes } from './shapes.ts';

const ARRAYS: Readonly<Record<DataType, string>> = {
  float32: 'Float32Array',
  float64: 'Float64Array',
  int64: 'BigInt64Array',
  int32: 'Int32Array',
  uint8: 'Uint8Array',
  bool: 'Uint8Array',
};

/**
 * Checks that a graph is one: names are unique, values are made before they are used, operators are known and have the
 * right number of inputs, constants fill their shapes, element types and shapes fit everywhere and the declared outputs
 * are what the nodes make.
 * @throws BadFileError naming the first thing that is wrong
 */
export function checkGraph(graph: Graph): void {
  const where = `graph "${graph.name}"`;
  checkConstants(graph, where);
  checkNames(graph, where);
  for (const node of graph.nodes) checkArity(node);
  const shapes = inferShapes(graph);
  for (const output of graph.outputs) {
    const known = shapes.get(output.name);
    if (known === undefined) {
      throw new BadFileError(
        where,
        `output "${output.name}" must be a value of the graph, got no such value`,
      );
    }
    const sizesAgree =
      known.shape.length === output.shape.length &&
      known.shape.every(
        (size, axis) =>
          typeof size === 'string' || typeof output.shape[axis] === 'string' || size === output.shape[axis],
      );
    if (known.dtype !== output.dtype || !sizesAgree) {
      throw new BadFileError(
        where,
        `output "${output.name}" must be as declared, ${output.dtype} [${output.shape.join(', ')}], got ${known.dtype} [${known.shape.join(', ')}]`,
      );
    }
  }
}

function checkConstants(graph: Graph, where: string): void {
  for (const [name, { dtype, shape, data }] of graph.initializers) {
    if (data.length !== sizeOf(shape)) {
      throw new BadFileError(
        where,
        `constant "${name}" of shape [${shape.join(', ')}] must hold ${sizeOf(shape)} values, got ${data.length}`,
      );
    }
    if (data.constructor.name !== ARRAYS[dtype]) {
      throw new BadFileError(
        where,
        `constant "${name}" of ${dtype} must be held in a ${ARRAYS[dtype]}, got ${data.constructor.name}`,
      );
    }
  }
}

function checkNames(graph: Graph, where: string): void {
  const made = new Set<string>();
  const make = (name: string, what: string): void => {
    if (name === '') throw new BadFileError(where, `${what} must have a name, got an empty one`);
    if (made.has(name))
      throw new BadFileError(where, `the value "${name}" must be made once, got it again from ${what}`);
    made.add(name);
  };
  for (const input of graph.inputs) make(input.name, 'an input');
  for (const name of graph.initializers.keys()) make(name, 'a constant');
  const names = new Set<string>();
  for (const node of graph.nodes) {
    if (names.has(node.name))
      throw new BadFileError(where, `node names must be unique, got "${node.name}" twice`);
    names.add(node.name);
    for (const input of node.inputs) {
      if (input !== '' && !made.has(input)) {
        const later = graph.nodes.some((other) => other.outputs.includes(input));
        throw new BadFileError(
          nodeTitle(node),
          `its input "${input}" must be made before it, got ${later ? 'a value made later' : 'no such value'}`,
        );
      }
    }
    for (const output of node.outputs) if (output !== '') make(output, nodeTitle(node));
  }
  const outputs = new Set<string>();
  for (const { name } of graph.outputs) {
    if (outputs.has(name))
      throw new BadFileError(where, `an output must be listed once, got "${name}" twice`);
    outputs.add(name);
  }
}

function checkArity(node: Node): void {
  const arity = ARITY[node.op];
  // An operator without an entry is unknown to the shape rules as well, which say so.
  if (arity === undefined) return;
  const [least, most] = arity;
  const count = node.inputs.length;
  if (count < least || count > most) {
    const range =
      least === most
        ? `${least}`
        : most === Number.POSITIVE_INFINITY
          ? `${least} or more`
          : `${least} to ${most}`;
    throw new BadFileError(nodeTitle(node), `it must have ${range} inputs, got ${count}`);
  }
  const missing = node.inputs.slice(0, least).indexOf('');
  if (missing >= 0) throw new BadFileError(nodeTitle(node), `input ${missing} must be given, got none`);
}
