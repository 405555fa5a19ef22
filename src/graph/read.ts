import { BadFileError } from '../core/errors.ts';
import type { Attribute, Dimension, Graph, Node, Tensor, ValueInfo } from './graph.ts';
import { OPSET } from './graph.ts';
import * as onnx from './onnx-fields.ts';
import type { Field } from './protobuf.ts';
import { readFields } from './protobuf.ts';
import { dataTypeOf, decodeTensor, type ExternalData, floatsOf, intsOf, safeInt } from './read-tensor.ts';

/**
 * Reads an ONNX file of our own operator set into a graph. An input that also has an initializer counts as the constant
 * that it defaults to.
 * @param where the file's name, for messages
 * @throws BadFileError if the bytes are not an ONNX model, are cut short, use another operator set or something that
 *   our graphs do not have (subgraphs, other domains, external or sparse data, other element types)
 */
export function decodeModel(bytes: Uint8Array, where: string): Graph {
  const { graph, opset } = decodeForeignModel(bytes, where);
  if (opset !== OPSET) {
    throw new BadFileError(
      where,
      `the operator set must be ${OPSET}, got ${opset}; export the model again with opset_version=${OPSET}`,
    );
  }
  return graph;
}

/**
 * Reads an ONNX file of any operator set: its nodes are as the file has them (see `modernise`).
 * @param external reads values that lie in other files; without it they are refused
 * @throws BadFileError as decodeModel does
 */
export function decodeForeignModel(
  bytes: Uint8Array,
  where: string,
  external?: ExternalData,
): { graph: Graph; opset: number } {
  if (bytes.length === 0) {
    throw new BadFileError(
      where,
      'an ONNX model must hold a graph, got an empty file; fetch or export it again',
    );
  }
  const fields = readFields(bytes, where);
  const opset = opsetOf(fields, where);
  const graph = fields.find((field) => field.field === onnx.MODEL.graph);
  if (graph === undefined) throw new BadFileError(where, 'an ONNX model must hold a graph, got none');
  return { graph: decodeGraph(bytesOf(graph, where), where, external), opset };
}

/** The properties written beside the graph. @throws BadFileError as decodeModel does. */
export function decodeMetadata(bytes: Uint8Array, where: string): Record<string, string> {
  const entries = all(readFields(bytes, where), onnx.MODEL.metadata, where).map((entry): [string, string] => {
    const fields = readFields(entry, where);
    return [text(fields, onnx.ENTRY.key, where), text(fields, onnx.ENTRY.value, where)];
  });
  return Object.fromEntries(entries);
}

function opsetOf(fields: readonly Field[], where: string): number {
  const versions = all(fields, onnx.MODEL.opset, where).flatMap((entry) => {
    const parts = readFields(entry, where);
    const domain = text(parts, onnx.OPSET_ID.domain, where);
    return domain === '' || domain === 'ai.onnx' ? [int(parts, onnx.OPSET_ID.version, where, 0)] : [];
  });
  if (versions.length !== 1) {
    throw new BadFileError(
      where,
      `the operator set must be ${OPSET}, got ${versions.join(' and ') || 'none'}; export the model again with opset_version=${OPSET}`,
    );
  }
  return versions[0]!;
}

function decodeGraph(bytes: Uint8Array, where: string, external?: ExternalData): Graph {
  const fields = readFields(bytes, where);
  if (all(fields, onnx.GRAPH.sparse, where).length > 0) {
    throw new BadFileError(
      where,
      'weights must be dense, got sparse initializers; export the model without them',
    );
  }
  // Before the tensors: what a node is says more of a foreign file than the element types of its weights.
  const nodes = all(fields, onnx.GRAPH.node, where).map((one) => decodeNode(one, where));
  const initializers = new Map<string, Tensor>();
  for (const one of all(fields, onnx.GRAPH.initializer, where)) {
    const { name, tensor } = decodeTensor(one, where, external);
    if (initializers.has(name))
      throw new BadFileError(where, `an initializer's name must be its own, got "${name}" twice`);
    initializers.set(name, tensor);
  }
  const inputs = all(fields, onnx.GRAPH.input, where).map((one) => decodeValue(one, where));
  return {
    name: text(fields, onnx.GRAPH.name, where),
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs: all(fields, onnx.GRAPH.output, where).map((one) => decodeValue(one, where)),
    initializers,
    nodes,
  };
}

/** Operators, standard or ONNX Runtime's own, that only a model with weights in integers has. */
const QUANTISED =
  /^(QLinear|QAttention|QGemm|QEmbed|QOrdered|QuantizeLinear|DynamicQuantize|DequantizeLinear|MatMulInteger|MatMulNBits|MatMulBnb4|ConvInteger|GatherBlockQuantized)/;

function decodeNode(bytes: Uint8Array, where: string): Node {
  const fields = readFields(bytes, where);
  const name = text(fields, onnx.NODE.name, where);
  const op = text(fields, onnx.NODE.op, where);
  const domain = text(fields, onnx.NODE.domain, where);
  if (QUANTISED.test(op)) {
    throw new BadFileError(
      where,
      `its weights must be floats, got a quantised model: node "${name}" (${op}); take the float32 or float16 file of the same model`,
    );
  }
  if (domain !== '' && domain !== 'ai.onnx') {
    throw new BadFileError(
      where,
      `node "${name}" (${op}) must be of the standard operator set, got domain "${domain}"; export the model without fused operators`,
    );
  }
  const attributes = all(fields, onnx.NODE.attribute, where).map((one) =>
    decodeAttribute(one, `node "${name}" (${op})`, where),
  );
  const outputs = all(fields, onnx.NODE.output, where).map((one) => decodeText(one, where));
  return {
    op,
    // Names are optional in the format; ours must be unique, so a nameless node takes its first output's.
    name: name === '' ? (outputs.find((output) => output !== '') ?? '') : name,
    inputs: all(fields, onnx.NODE.input, where).map((one) => decodeText(one, where)),
    outputs,
    attributes: Object.fromEntries(attributes),
  };
}

function decodeAttribute(bytes: Uint8Array, node: string, where: string): [string, Attribute] {
  const fields = readFields(bytes, where);
  const name = text(fields, onnx.ATTRIBUTE.name, where);
  const type = int(fields, onnx.ATTRIBUTE.type, where, 0);
  const at = `${where}, ${node}, attribute "${name}"`;
  const kind = (Object.keys(onnx.ATTRIBUTE_TYPE) as (keyof typeof onnx.ATTRIBUTE_TYPE)[]).find(
    (key) => onnx.ATTRIBUTE_TYPE[key] === type,
  );
  switch (kind) {
    case 'int':
      return [name, { type: 'int', value: int(fields, onnx.ATTRIBUTE.int, at, 0) }];
    case 'float':
      return [name, { type: 'float', value: floatsOf(fields, onnx.ATTRIBUTE.float, at).at(-1) ?? 0 }];
    case 'string':
      return [name, { type: 'string', value: text(fields, onnx.ATTRIBUTE.string, at) }];
    case 'ints':
      return [
        name,
        { type: 'ints', value: intsOf(fields, onnx.ATTRIBUTE.ints, at).map((value) => safeInt(value, at)) },
      ];
    case 'floats':
      return [name, { type: 'floats', value: floatsOf(fields, onnx.ATTRIBUTE.floats, at) }];
    case 'strings':
      return [
        name,
        { type: 'strings', value: all(fields, onnx.ATTRIBUTE.strings, at).map((one) => decodeText(one, at)) },
      ];
    case 'tensor': {
      const tensor = all(fields, onnx.ATTRIBUTE.tensor, at).at(-1);
      if (tensor === undefined) throw new BadFileError(at, 'a tensor attribute must hold a tensor, got none');
      return [name, { type: 'tensor', value: decodeTensor(tensor, at).tensor }];
    }
    case undefined:
      throw new BadFileError(
        at,
        `its kind must be a number, text, tensor or a list of these, got code ${type}`,
      );
  }
}

function decodeValue(bytes: Uint8Array, where: string): ValueInfo {
  const fields = readFields(bytes, where);
  const name = text(fields, onnx.VALUE.name, where);
  const at = `${where}, value "${name}"`;
  const one = (parts: readonly Field[], field: number, what: string): Field[] => {
    const found = all(parts, field, at).at(-1);
    if (found === undefined) throw new BadFileError(at, `it must have ${what}, got none`);
    return readFields(found, at);
  };
  const type = one(one(fields, onnx.VALUE.type, 'a type'), onnx.TYPE.tensor, 'a tensor type');
  const dtype = dataTypeOf(int(type, onnx.TENSOR_TYPE.dtype, at, 0), at);
  const shape = one(type, onnx.TENSOR_TYPE.shape, 'a shape');
  const dimensions = all(shape, onnx.SHAPE.dimension, at).map((entry, axis): Dimension => {
    const parts = readFields(entry, at);
    if (parts.some((part) => part.field === onnx.DIMENSION.size))
      return int(parts, onnx.DIMENSION.size, at, 0);
    const symbol = text(parts, onnx.DIMENSION.name, at);
    // A size that the file leaves open gets a name of its own.
    return symbol === '' ? `${name}.${axis}` : symbol;
  });
  return { name, dtype, shape: dimensions };
}

function bytesOf(field: Field, where: string): Uint8Array {
  if (field.wire !== 'bytes') {
    throw new BadFileError(
      where,
      `field ${field.field} must hold bytes, got a ${field.wire}; the file is not ONNX`,
    );
  }
  return field.bytes;
}

function all(fields: readonly Field[], field: number, where: string): Uint8Array[] {
  return fields.filter((one) => one.field === field).map((one) => bytesOf(one, where));
}

function text(fields: readonly Field[], field: number, where: string): string {
  const found = all(fields, field, where).at(-1);
  return found === undefined ? '' : decodeText(found, where);
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BadFileError(where, 'a name must be UTF-8 text; the file is not ONNX', cause);
  }
}

function int(fields: readonly Field[], field: number, where: string, absent: number): number {
  const found = fields.findLast((one) => one.field === field);
  if (found === undefined) return absent;
  if (found.wire !== 'varint') {
    throw new BadFileError(
      where,
      `field ${field} must hold a whole number, got ${found.wire}; the file is not ONNX`,
    );
  }
  return safeInt(BigInt.asIntN(64, found.number), where);
}
