import type { Attribute, DataType, Dimension, Graph, Node, Tensor } from './graph.ts';
import { inferShapes } from './shapes.ts';

const SHORT: Readonly<Record<DataType, string>> = {
  float32: 'f32',
  float64: 'f64',
  int64: 'i64',
  int32: 'i32',
  uint8: 'u8',
  bool: 'bool',
};

/** Longest constant that is printed with its values. */
const MAX_VALUES = 8;

/**
 * A graph as compact text, one line a value, for reading and for golden tests:
 *
 *     graph tiny
 *     input x f32[B, 4]
 *     const w f32[4, 3]
 *     y = MatMul(x, w) f32[B, 3]
 *     output y f32[B, 3]
 *
 * Unused constants are printed too. A node whose name is not its first output's is marked `@name`.
 * @throws BadFileError if shapes do not fit
 */
export function printGraph(graph: Graph): string {
  const shapes = inferShapes(graph);
  const typeOf = (value: string): string => {
    const known = shapes.get(value);
    return known === undefined ? '-' : printType(known.dtype, known.shape);
  };
  return [
    `graph ${graph.name}`,
    ...graph.inputs.map((input) => `input ${input.name} ${printType(input.dtype, input.shape)}`),
    ...[...graph.initializers].map(([name, tensor]) => `const ${name} ${printTensor(tensor)}`),
    ...graph.nodes.map((node) => printNode(node, typeOf)),
    ...graph.outputs.map((output) => `output ${output.name} ${printType(output.dtype, output.shape)}`),
    '',
  ].join('\n');
}

function printType(dtype: DataType, shape: readonly Dimension[]): string {
  return `${SHORT[dtype]}[${shape.join(', ')}]`;
}

function printTensor(tensor: Tensor): string {
  const type = printType(tensor.dtype, tensor.shape);
  if (tensor.data.length > MAX_VALUES) return type;
  const values = Array.from(tensor.data as ArrayLike<number | bigint>, (value) =>
    typeof value === 'bigint' ? String(value) : String(Number(value.toPrecision(7))),
  );
  return `${type} = ${values.join(' ')}`;
}

function printNode(node: Node, typeOf: (value: string) => string): string {
  const attributes = Object.keys(node.attributes)
    .sort()
    .map((key) => `${key}=${printAttribute(node.attributes[key]!)}`);
  const inputs = node.inputs.map((input) => (input === '' ? '-' : input));
  const outputs = node.outputs.map((output) => (output === '' ? '-' : output));
  const mark = node.name === node.outputs[0] ? '' : ` @${node.name}`;
  const call = `${node.op}(${[...inputs, ...attributes].join(', ')})`;
  return `${outputs.join(', ')} = ${call}${mark} ${node.outputs.map(typeOf).join(' ')}`;
}

function printAttribute(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
      return String(attribute.value);
    case 'float':
      return String(Number(attribute.value.toPrecision(7)));
    case 'string':
      return JSON.stringify(attribute.value);
    case 'tensor':
      return printTensor(attribute.value);
    default:
      return `[${attribute.value.join(' ')}]`;
  }
}
