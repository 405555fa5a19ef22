/** How the element types of a safetensors file become typed arrays. */

/** The dtypes of a file that we read. */
export type StoredType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I8' | 'U8' | 'BOOL';

/** Our element types and the arrays that hold them; `bool` is one byte a value. */
export interface DataOfType {
  readonly float64: Float64Array;
  readonly float32: Float32Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}

/** One tensor of a file; row-major, `data.length` is the product of `shape`. */
export interface StoredTensor {
  readonly dtype: keyof DataOfType;
  readonly shape: readonly number[];
  readonly data: DataOfType[keyof DataOfType];
}

export const ELEMENT_BYTES: Readonly<Record<StoredType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** What each of our element types is called in a file. */
export const STORED_AS: Readonly<Record<keyof DataOfType, StoredType>> = {
  float64: 'F64',
  float32: 'F32',
  int64: 'I64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
};

type Elements = {
  [K in keyof DataOfType]: { readonly dtype: K; readonly data: DataOfType[K] };
}[keyof DataOfType];

/** The elements in `bytes`, little-endian; null if a BOOL byte is neither 0 nor 1. Half floats widen to float32, I8 to int32. */
export function elementsOf(type: StoredType, bytes: Uint8Array): Elements | null {
  const { buffer, byteOffset, length } = aligned(bytes, ELEMENT_BYTES[type]);
  const count = length / ELEMENT_BYTES[type];
  switch (type) {
    case 'F64':
      return { dtype: 'float64', data: new Float64Array(buffer, byteOffset, count) };
    case 'F32':
      return { dtype: 'float32', data: new Float32Array(buffer, byteOffset, count) };
    case 'F16':
      return {
        dtype: 'float32',
        data: Float32Array.from(new Uint16Array(buffer, byteOffset, count), halfToNumber),
      };
    case 'BF16':
      return { dtype: 'float32', data: brainToFloat32(new Uint16Array(buffer, byteOffset, count)) };
    case 'I64':
      return { dtype: 'int64', data: new BigInt64Array(buffer, byteOffset, count) };
    case 'I32':
      return { dtype: 'int32', data: new Int32Array(buffer, byteOffset, count) };
    case 'I8':
      return { dtype: 'int32', data: Int32Array.from(new Int8Array(buffer, byteOffset, count)) };
    case 'U8':
      return { dtype: 'uint8', data: new Uint8Array(buffer, byteOffset, count) };
    case 'BOOL': {
      const data = new Uint8Array(buffer, byteOffset, count);
      return data.every((value) => value <= 1) ? { dtype: 'bool', data } : null;
    }
  }
}

/** The same bytes at a place where an array of `size`-byte elements may start: a copy only if they are not there yet. */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function brainToFloat32(halves: Uint16Array): Float32Array {
  const bits = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(bits.buffer);
}
