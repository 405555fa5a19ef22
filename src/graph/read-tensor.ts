import { BadFileError } from '../core/errors.ts';
import { elementsOf } from '../core/safetensors-elements.ts';
import type { DataType, Tensor, TensorData } from './graph.ts';
import { sizeOf } from './graph.ts';
import * as onnx from './onnx-fields.ts';
import type { Field } from './protobuf.ts';
import { readFields, readVarint } from './protobuf.ts';

/** Reads `length` bytes from `offset` of a file that a model names, into a buffer of their own; `where` for messages. */
export type ExternalData = (location: string, offset: number, length: number, where: string) => Uint8Array;

/**
 * Reads a TensorProto, its values in `raw_data`, in the typed lists or in another file. Half floats widen to float32.
 * @throws BadFileError on any disagreement
 */
export function decodeTensor(
  bytes: Uint8Array,
  where: string,
  external?: ExternalData,
): { name: string; tensor: Tensor } {
  const fields = readFields(bytes, where);
  const nameField = fields.findLast((field) => field.field === onnx.TENSOR.name);
  const name = nameField?.wire === 'bytes' ? new TextDecoder().decode(nameField.bytes) : '';
  const at = `${where}, tensor "${name}"`;
  const code = Number(intsOf(fields, onnx.TENSOR.dtype, at).at(-1) ?? 0n);
  const dtype = dataTypeOf(code, at);
  const shape = intsOf(fields, onnx.TENSOR.dimension, at).map((size) => safeInt(size, at));
  if (shape.some((size) => size < 0)) {
    throw new BadFileError(at, `its sizes must not be negative, got [${shape.join(', ')}]`);
  }
  const count = sizeOf(shape);
  const half = HALVES[code];
  const size = half === undefined ? onnx.ELEMENT_BYTES[dtype] : 2;
  const outside = isExternal(fields) ? externalBytes(fields, count * size, at, external) : undefined;
  const raw = fields.findLast((field) => field.field === onnx.TENSOR.raw);
  const content = outside ?? (raw?.wire === 'bytes' ? raw.bytes : undefined);
  let data: TensorData;
  if (half !== undefined) {
    const listed = content ?? Uint8Array.from(intsOf(fields, onnx.TENSOR.int32s, at).flatMap(twoBytes));
    if (listed.length !== count * 2) {
      throw new BadFileError(at, `${count} half floats must take ${count * 2} bytes, got ${listed.length}`);
    }
    data = elementsOf(half, listed)!.data as Float32Array;
  } else if (outside !== undefined) data = ARRAYS[dtype](outside.buffer as ArrayBuffer);
  else data = content === undefined ? fromLists(dtype, fields, at) : fromBytes(dtype, content, count, at);
  if (data.length !== count) {
    throw new BadFileError(at, `shape [${shape.join(', ')}] must hold ${count} values, got ${data.length}`);
  }
  return { name, tensor: { dtype, shape, data } };
}

/** Codes of the half floats, and what safetensors calls them. */
const HALVES: Readonly<Record<number, 'F16' | 'BF16'>> = { 10: 'F16', 16: 'BF16' };

function twoBytes(value: bigint): number[] {
  return [Number(value & 0xffn), Number((value >> 8n) & 0xffn)];
}

function isExternal(fields: readonly Field[]): boolean {
  return fields.some(
    ({ field, ...value }) =>
      field === onnx.TENSOR.external ||
      (field === onnx.TENSOR.location && value.wire === 'varint' && value.number !== 0n),
  );
}

function externalBytes(
  fields: readonly Field[],
  length: number,
  at: string,
  external: ExternalData | undefined,
): Uint8Array {
  if (external === undefined) {
    throw new BadFileError(
      at,
      'its values must be inside the file, got external data; save the model in one file',
    );
  }
  const entries = new Map<string, string>();
  for (const one of fields) {
    if (one.field !== onnx.TENSOR.external || one.wire === 'varint') continue;
    const parts = readFields(one.bytes, at);
    const text = (field: number) => {
      const found = parts.findLast((part) => part.field === field);
      return found?.wire === 'bytes' ? new TextDecoder().decode(found.bytes) : '';
    };
    entries.set(text(onnx.ENTRY.key), text(onnx.ENTRY.value));
  }
  const number = (key: string, absent: number): number => {
    const value = entries.get(key);
    if (value === undefined) return absent;
    if (/^\d+$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
    throw new BadFileError(at, `its ${key} must be a whole number, got "${value}"; export the model again`);
  };
  const [offset, stated] = [number('offset', 0), number('length', length)];
  if (stated !== length) {
    throw new BadFileError(at, `its values must take ${length} bytes, got a length of ${stated}`);
  }
  return external(entries.get('location') ?? '', offset, length, at);
}

/** The element type behind an ONNX code; half floats count as float32, in which they are computed. @throws BadFileError for the types that our graphs do not have. */
export function dataTypeOf(code: number, where: string): DataType {
  if (HALVES[code] !== undefined) return 'float32';
  const found = (Object.keys(onnx.DATA_TYPE) as DataType[]).find((dtype) => onnx.DATA_TYPE[dtype] === code);
  if (found === undefined) {
    throw new BadFileError(
      where,
      `its element type must be one of ${Object.keys(onnx.DATA_TYPE).join(', ')}, got ONNX code ${code}; convert the model`,
    );
  }
  return found;
}

/** A 64-bit whole number as a JavaScript number. @throws BadFileError beyond 2^53. */
export function safeInt(value: bigint, where: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new BadFileError(where, `a number must be within 2^53, got ${value}`);
  }
  return Number(value);
}

/** The whole numbers of a field, packed or one by one. */
export function intsOf(fields: readonly Field[], field: number, where: string): bigint[] {
  const values: bigint[] = [];
  for (const one of fields) {
    if (one.field !== field) continue;
    if (one.wire === 'varint') values.push(BigInt.asIntN(64, one.number));
    else if (one.wire === 'bytes') {
      for (let position = 0; position < one.bytes.length; ) {
        const { value, next } = readVarint(one.bytes, position, where);
        values.push(BigInt.asIntN(64, value));
        position = next;
      }
    } else
      throw new BadFileError(
        where,
        `field ${field} must hold whole numbers, got ${one.wire}; the file is not ONNX`,
      );
  }
  return values;
}

/** The float32 numbers of a field, packed or one by one. */
export function floatsOf(fields: readonly Field[], field: number, where: string): number[] {
  return words(fields, field, 4, where).map((bytes) => viewOf(bytes).getFloat32(0, true));
}

/** The 4- or 8-byte words of a field, packed or one by one. */
function words(fields: readonly Field[], field: number, size: 4 | 8, where: string): Uint8Array[] {
  return fields.flatMap((one) => {
    if (one.field !== field) return [];
    if (one.wire === 'varint' || one.bytes.length % size !== 0) {
      throw new BadFileError(where, `field ${field} must hold ${size}-byte numbers; the file is not ONNX`);
    }
    return Array.from({ length: one.bytes.length / size }, (_, index) =>
      one.bytes.subarray(index * size, (index + 1) * size),
    );
  });
}

function fromBytes(dtype: DataType, bytes: Uint8Array, count: number, where: string): TensorData {
  const needed = count * onnx.ELEMENT_BYTES[dtype];
  if (bytes.length !== needed) {
    throw new BadFileError(
      where,
      `${count} values of ${dtype} must take ${needed} bytes, got ${bytes.length}`,
    );
  }
  // Copied, so that the values are aligned and do not keep the whole file in memory.
  return ARRAYS[dtype](new Uint8Array(bytes).buffer);
}

const ARRAYS: Readonly<Record<DataType, (buffer: ArrayBuffer) => TensorData>> = {
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  int64: (buffer) => new BigInt64Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  uint8: (buffer) => new Uint8Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
};

function fromLists(dtype: DataType, fields: readonly Field[], where: string): TensorData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(floatsOf(fields, onnx.TENSOR.floats, where));
    case 'float64':
      return Float64Array.from(words(fields, onnx.TENSOR.doubles, 8, where), (bytes) =>
        viewOf(bytes).getFloat64(0, true),
      );
    case 'int64':
      return BigInt64Array.from(intsOf(fields, onnx.TENSOR.int64s, where));
    case 'int32':
      return Int32Array.from(intsOf(fields, onnx.TENSOR.int32s, where), Number);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(intsOf(fields, onnx.TENSOR.int32s, where), Number);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
