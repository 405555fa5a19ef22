import type { Attribute, Dimension, Graph, Node, Tensor, ValueInfo } from './graph.ts';
import { OPSET, sizeOf } from './graph.ts';
import * as onnx from './onnx-fields.ts';
import type { Piece } from './protobuf.ts';
import {
  bytesField,
  float32Bytes,
  floatField,
  intField,
  join,
  piece,
  sequence,
  textField,
  varint,
} from './protobuf.ts';

/** The format's own limit on one file (a signed 32-bit length). */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * A graph as an ONNX file (IR version 8, operator set 18). Equal graphs give equal bytes: nothing of time, machine or
 * map order enters except the graph's own order of initializers.
 * @param metadata written as the model's properties, sorted by key
 * @throws RangeError if a tensor does not fill its shape or the file would pass 2 GB
 */
export function encodeModel(graph: Graph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries = Object.keys(metadata)
    .sort()
    .map((key) => entry(key, metadata[key]!));
  const model = modelOf(graph, entries);
  if (model.length > MAX_MODEL_BYTES) {
    throw new RangeError(
      `encodeModel: an ONNX file must have at most ${MAX_MODEL_BYTES} bytes, got ${model.length}; lift weights out to graph inputs`,
    );
  }
  return join(model);
}

function modelOf(graph: EncodedGraph, entries: readonly Piece[]): Piece {
  return sequence([
    intField(onnx.MODEL.irVersion, onnx.IR_VERSION),
    textField(onnx.MODEL.producer, 'holdfast'),
    bytesField(onnx.MODEL.graph, encodeGraph(graph)),
    bytesField(onnx.MODEL.opset, intField(onnx.OPSET_ID.version, OPSET)),
    ...entries.map((one) => bytesField(onnx.MODEL.metadata, one)),
  ]);
}

/** A constant whose values the file names, by the place where they are. */
interface ApartTensor extends Tensor {
  readonly location: string;
}

type EncodedGraph = Omit<Graph, 'initializers'> & {
  readonly initializers: ReadonlyMap<string, Tensor | ApartTensor>;
};

/** Weights of fewer bytes than this stay in the file. */
const APART_BYTES = 2 ** 12;

/** A graph's ONNX file without its large constants, and these by the names under which the file asks for them. */
export interface ModelApart {
  readonly model: Uint8Array;
  readonly weights: ReadonlyMap<string, Uint8Array>;
}

/**
 * As encodeModel, but with the values of large constants left where they are, as external data of one location each: no
 * copy is made of them, and together they may pass the 2 GB that one file can hold.
 * @throws RangeError as encodeModel
 */
export function encodeModelApart(graph: Graph): ModelApart {
  const weights = new Map<string, Uint8Array>();
  const initializers = new Map<string, Tensor | ApartTensor>();
  for (const [name, tensor] of graph.initializers) {
    const { data } = tensor;
    const apart = data.byteLength >= APART_BYTES;
    if (apart) weights.set(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    initializers.set(name, apart ? { ...tensor, location: name } : tensor);
  }
  return { model: join(modelOf({ ...graph, initializers }, [])), weights };
}

function entry(key: string, value: string): Piece {
  return sequence([textField(onnx.ENTRY.key, key), textField(onnx.ENTRY.value, value)]);
}

function encodeGraph(graph: EncodedGraph): Piece {
  return sequence([
    ...graph.nodes.map((node) => bytesField(onnx.GRAPH.node, encodeNode(node))),
    textField(onnx.GRAPH.name, graph.name === '' ? 'graph' : graph.name),
    ...[...graph.initializers].map(([name, tensor]) =>
      bytesField(onnx.GRAPH.initializer, encodeTensor(tensor, name)),
    ),
    ...graph.inputs.map((value) => bytesField(onnx.GRAPH.input, encodeValue(value))),
    ...graph.outputs.map((value) => bytesField(onnx.GRAPH.output, encodeValue(value))),
  ]);
}

function encodeNode(node: Node): Piece {
  // An empty name stands for an optional input left out, so it must be written and not skipped.
  const names = (field: number, values: readonly string[]) =>
    values.map((value) => bytesField(field, text(value)));
  const attributes = Object.keys(node.attributes).sort();
  return sequence([
    ...names(onnx.NODE.input, node.inputs),
    ...names(onnx.NODE.output, node.outputs),
    textField(onnx.NODE.name, node.name),
    textField(onnx.NODE.op, node.op),
    ...attributes.map((key) => bytesField(onnx.NODE.attribute, encodeAttribute(key, node.attributes[key]!))),
  ]);
}

function encodeAttribute(name: string, attribute: Attribute): Piece {
  return sequence([
    textField(onnx.ATTRIBUTE.name, name),
    attributeValue(attribute),
    intField(onnx.ATTRIBUTE.type, onnx.ATTRIBUTE_TYPE[attribute.type]),
  ]);
}

function attributeValue(attribute: Attribute): Piece {
  switch (attribute.type) {
    case 'int':
      return intField(onnx.ATTRIBUTE.int, attribute.value);
    case 'float':
      return floatField(onnx.ATTRIBUTE.float, attribute.value);
    case 'string':
      return bytesField(onnx.ATTRIBUTE.string, text(attribute.value));
    case 'ints':
      return bytesField(onnx.ATTRIBUTE.ints, sequence(attribute.value.map((value) => varint(value))));
    case 'floats':
      return bytesField(onnx.ATTRIBUTE.floats, float32Bytes(attribute.value));
    case 'strings':
      return sequence(attribute.value.map((value) => bytesField(onnx.ATTRIBUTE.strings, text(value))));
    case 'tensor':
      return bytesField(onnx.ATTRIBUTE.tensor, encodeTensor(attribute.value, ''));
  }
}

function encodeTensor(tensor: Tensor | ApartTensor, name: string): Piece {
  const { dtype, shape, data } = tensor;
  const bytes = sizeOf(shape) * onnx.ELEMENT_BYTES[dtype];
  if (data.byteLength !== bytes) {
    throw new RangeError(
      `encodeModel: tensor "${name}" of ${dtype} [${shape.join(', ')}] must have ${bytes} bytes, got ${data.byteLength}`,
    );
  }
  return sequence([
    shape.length === 0
      ? sequence([])
      : bytesField(onnx.TENSOR.dimension, sequence(shape.map((size) => varint(size)))),
    intField(onnx.TENSOR.dtype, onnx.DATA_TYPE[dtype]),
    textField(onnx.TENSOR.name, name),
    // The format wants little-endian bytes, which is what typed arrays hold on every machine that Node ships for but s390x.
    ...('location' in tensor
      ? externalData(tensor.location, bytes)
      : [bytesField(onnx.TENSOR.raw, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]),
  ]);
}

function externalData(location: string, bytes: number): Piece[] {
  const entries = { location, offset: '0', length: String(bytes) };
  return [
    ...Object.entries(entries).map(([key, value]) => bytesField(onnx.TENSOR.external, entry(key, value))),
    intField(onnx.TENSOR.location, 1),
  ];
}

function encodeValue(value: ValueInfo): Piece {
  const shape = sequence(value.shape.map((size) => bytesField(onnx.SHAPE.dimension, encodeDimension(size))));
  const tensorType = sequence([
    intField(onnx.TENSOR_TYPE.dtype, onnx.DATA_TYPE[value.dtype]),
    bytesField(onnx.TENSOR_TYPE.shape, shape),
  ]);
  return sequence([
    textField(onnx.VALUE.name, value.name),
    bytesField(onnx.VALUE.type, bytesField(onnx.TYPE.tensor, tensorType)),
  ]);
}

function encodeDimension(size: Dimension): Piece {
  return typeof size === 'number'
    ? intField(onnx.DIMENSION.size, size)
    : textField(onnx.DIMENSION.name, size);
}

function text(value: string): Piece {
  return piece(new TextEncoder().encode(value));
}
