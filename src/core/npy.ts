/**
 * A float32 array as the bytes of a NumPy .npy file, version 1.0, little-endian, C order.
 * @param shape Its product is the length of the values.
 * @throws RangeError if it is not.
 */
export function npyBytes(values: Float32Array, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  if (count !== values.length) {
    throw new RangeError(
      `npyBytes: shape [${shape.join(', ')}] must hold ${values.length} values, got ${count}`,
    );
  }
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${axes}), }`;
  // Magic, version and length take 10 bytes; the data starts at a multiple of 64.
  const padding = (64 - ((10 + words.length + 1) % 64)) % 64;
  const header = `${words}${' '.repeat(padding)}\n`;
  const bytes = new Uint8Array(10 + header.length + 4 * count);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  for (let i = 0; i < count; i++) view.setFloat32(4 * i, values[i]!, true);
  return bytes;
}
