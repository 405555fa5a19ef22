/**
 * The wire format of protocol buffers, as much of it as ONNX uses: varints, 32- and 64-bit words and length-delimited
 * fields. See https://protobuf.dev/programming-guides/encoding.
 */
import { BadFileError } from '../core/errors.ts';

/** Bytes in pieces, joined once at the end, so that large tensors are copied once however deep they are nested. */
export interface Piece {
  readonly length: number;
  readonly parts: readonly Uint8Array[];
}

const EMPTY: Piece = { length: 0, parts: [] };
const utf8 = new TextEncoder();

/** Bytes as a piece. */
export function piece(bytes: Uint8Array): Piece {
  return { length: bytes.length, parts: [bytes] };
}

/** The bytes of `pieces` one after another. */
export function sequence(pieces: readonly Piece[]): Piece {
  return {
    length: pieces.reduce((sum, one) => sum + one.length, 0),
    parts: pieces.flatMap((one) => one.parts),
  };
}

/** Copies the parts of `whole` into one array. */
export function join(whole: Piece): Uint8Array {
  const bytes = new Uint8Array(whole.length);
  let position = 0;
  for (const part of whole.parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** A base-128 number, lowest seven bits first; a negative one as its 64-bit two's complement. */
export function varint(value: number | bigint): Piece {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return piece(Uint8Array.from(bytes));
}

/** Field `field` holding a whole number. */
export function intField(field: number, value: number | bigint): Piece {
  return sequence([varint(field * 8), varint(value)]);
}

/** Field `field` holding a float32. */
export function floatField(field: number, value: number): Piece {
  return sequence([varint(field * 8 + 5), piece(float32Bytes([value]))]);
}

/** Field `field` holding bytes or a nested message; written even when empty. */
export function bytesField(field: number, value: Piece | Uint8Array): Piece {
  const content = value instanceof Uint8Array ? piece(value) : value;
  return sequence([varint(field * 8 + 2), varint(content.length), content]);
}

/** Field `field` holding text; nothing where the text is empty, which is the format's default. */
export function textField(field: number, value: string): Piece {
  return value === '' ? EMPTY : bytesField(field, utf8.encode(value));
}

/** float32 values as little-endian bytes. */
export function float32Bytes(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** One field as it stands in a message. `number` is set for varints, `bytes` for all others. */
export type Field =
  | { readonly field: number; readonly wire: 'varint'; readonly number: bigint }
  | { readonly field: number; readonly wire: 'bytes' | 'word32' | 'word64'; readonly bytes: Uint8Array };

/**
 * The fields of a message in their order; every length is checked against the bytes there are.
 * @throws BadFileError where the bytes are not a message.
 */
export function readFields(bytes: Uint8Array, where: string): Field[] {
  const fields: Field[] = [];
  let position = 0;
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - position) {
      throw new BadFileError(
        where,
        `a field of ${length} bytes must end inside its message, got ${bytes.length - position} bytes left; the file is truncated or not ONNX`,
      );
    }
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const key = readVarint(bytes, position, where);
    position = key.next;
    const field = Number(key.value >> 3n);
    const wire = Number(key.value & 7n);
    if (field === 0)
      throw new BadFileError(where, 'a field number must be 1 or more, got 0; the file is not ONNX');
    if (wire === 0) {
      const content = readVarint(bytes, position, where);
      position = content.next;
      fields.push({ field, wire: 'varint', number: content.value });
    } else if (wire === 1) fields.push({ field, wire: 'word64', bytes: take(8) });
    else if (wire === 5) fields.push({ field, wire: 'word32', bytes: take(4) });
    else if (wire === 2) {
      const length = readVarint(bytes, position, where);
      position = length.next;
      fields.push({ field, wire: 'bytes', bytes: take(Number(length.value)) });
    } else {
      throw new BadFileError(
        where,
        `a field's wire type must be 0, 1, 2 or 5, got ${wire}; the file is not ONNX`,
      );
    }
  }
  return fields;
}

/** The varint at `position`, unsigned, and the position after it. @throws BadFileError where it does not end. */
export function readVarint(
  bytes: Uint8Array,
  position: number,
  where: string,
): { value: bigint; next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[position + index];
    if (byte === undefined) {
      throw new BadFileError(
        where,
        'a number must end inside its message; the file is truncated or not ONNX',
      );
    }
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: position + index + 1 };
  }
  throw new BadFileError(where, 'a number must have at most 10 bytes; the file is not ONNX');
}
