import test from 'ava';
import { npyBytes } from '../../src/core/npy.ts';

test('npyBytes(values, shape) has the header of NumPy and the values at a multiple of 64', (t) => {
  const bytes = npyBytes(new Float32Array([1, 2, 3, 4, 5, 6]), [1, 2, 3]);
  t.deepEqual([...bytes.subarray(0, 10)], [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
  const header = new TextDecoder().decode(bytes.subarray(10, 128));
  t.is(header.trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }");
  t.is(header.at(-1), '\n');
  t.is(bytes.length, 128 + 24);
  t.is(new DataView(bytes.buffer).getFloat32(128 + 20, true), 6);
});

test('npyBytes(values, shape) writes one axis as NumPy does, and refuses a wrong shape', (t) => {
  const text = new TextDecoder('latin1').decode(npyBytes(new Float32Array(2), [2]));
  t.true(text.includes("'shape': (2,), }"));
  t.throws(() => npyBytes(new Float32Array(2), [3]), {
    message: 'npyBytes: shape [3] must hold 2 values, got 3',
  });
});
