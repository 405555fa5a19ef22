import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/paths.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type StoredTensor,
} from '../../src/core/safetensors.ts';

/** A file of a header as given and so many data bytes. */
function file(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

const sample: ReadonlyMap<string, StoredTensor> = new Map<string, StoredTensor>([
  [
    'layer.weight',
    { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, 1e-40) },
  ],
  ['flags', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['10', { dtype: 'int32', shape: [1], data: Int32Array.of(-7) }],
  ['9', { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 5n) }],
  ['doubles', { dtype: 'float64', shape: [], data: Float64Array.of(Math.PI) }],
  ['codes', { dtype: 'uint8', shape: [0], data: new Uint8Array(0) }],
]);

test('decodeSafetensors: gives back what encodeSafetensors wrote, with its metadata', (t) => {
  const metadata = { kind: 'simulated', seed: '7' };
  const read = decodeSafetensors(encodeSafetensors(sample, metadata), 'f');
  t.deepEqual(read.metadata, metadata);
  t.deepEqual([...read.tensors.keys()].sort(), [...sample.keys()].sort());
  for (const [name, tensor] of sample) t.deepEqual(read.tensors.get(name), tensor, name);
});

test('encodeSafetensors: equal bytes whatever the order of tensors and metadata, aligned to eight bytes', (t) => {
  const bytes = encodeSafetensors(sample, { a: '1', b: '2' });
  const reversed = new Map([...sample].reverse());
  t.deepEqual(encodeSafetensors(reversed, { b: '2', a: '1' }), bytes);
  t.is(new DataView(bytes.buffer).getBigUint64(0, true) % 8n, 0n);
});

test('encodeSafetensors: exact bytes of a small file', (t) => {
  const bytes = encodeSafetensors(
    new Map([['a', { dtype: 'float32', shape: [1], data: Float32Array.of(1) }]]),
  );
  const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  t.deepEqual(bytes, file(header.padEnd(56), Uint8Array.of(0, 0, 0x80, 0x3f)));
});

test('decodeSafetensors: widens F16 and BF16 to float32 and I8 to int32', (t) => {
  const halves = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000, 0x3555];
  const brains = [0x3f80, 0xc040, 0x7f80, 0x0001];
  const data = new Uint8Array([
    ...new Uint8Array(Uint16Array.from([...halves, ...brains]).buffer),
    0xff,
    0x7f,
  ]);
  const read = decodeSafetensors(
    file(
      {
        half: { dtype: 'F16', shape: [7], data_offsets: [0, 14] },
        brain: { dtype: 'BF16', shape: [4], data_offsets: [14, 22] },
        small: { dtype: 'I8', shape: [2], data_offsets: [22, 24] },
      },
      data,
    ),
    'f',
  );
  const half = Float32Array.of(1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, -0, 1365 / 4096);
  t.deepEqual(read.tensors.get('half'), { dtype: 'float32', shape: [7], data: half });
  const brain = Float32Array.of(1, -3, Number.POSITIVE_INFINITY, 2 ** -133);
  t.deepEqual(read.tensors.get('brain'), { dtype: 'float32', shape: [4], data: brain });
  t.deepEqual(read.tensors.get('small'), { dtype: 'int32', shape: [2], data: Int32Array.of(-1, 127) });
});

test('readSafetensors: reads what the Python library writes (test/fixtures/safetensors-numpy.py)', async (t) => {
  const path = join(packageRoot(), 'test/fixtures/safetensors-numpy.safetensors');
  const { tensors, metadata } = await readSafetensors(path);
  t.deepEqual(metadata, { m: 'n' });
  t.deepEqual(
    tensors,
    new Map<string, StoredTensor>([
      ['w', { dtype: 'float32', shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) }],
      ['x', { dtype: 'float32', shape: [3], data: Float32Array.of(0, 1, 2) }],
      ['y', { dtype: 'int32', shape: [1, 2], data: Int32Array.of(1, -2) }],
      ['z', { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) }],
    ]),
  );
});

const CURE = '; fetch or write the file again';
const faults: readonly [string, Uint8Array, string][] = [
  ['too short', new Uint8Array(5), 'a safetensors file must be at least 8 bytes long, got 5'],
  [
    'huge header',
    new Uint8Array(8).fill(255),
    'the header must be at most 100000000 bytes long, got 18446744073709551615',
  ],
  [
    'cut header',
    encodeSafetensors(sample).subarray(0, 30),
    'the header must lie inside the file, got a header of 360 bytes in a file of 30 (truncated?)',
  ],
  ['not text', file('{"\u0000').fill(0xff, 8), 'the header must be UTF-8 text, got other bytes'],
  ['not JSON', file('{"a":'), 'the header must be JSON, got "{\\"a\\":"'],
  ['not an object', file([1]), 'the header must be a JSON object, got another value'],
  [
    'a name twice',
    file(
      '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}',
      4,
    ),
    'each key of the header must stand once, got "a" twice',
  ],
  [
    'a field twice',
    file('{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4),
    'each key of the header must stand once, got "dtype" twice',
  ],
  [
    'number in metadata',
    file({ __metadata__: { n: 1 } }),
    '__metadata__ must hold only strings, got 1 for "n"',
  ],
  [
    'list as metadata',
    file({ __metadata__: [] }),
    '__metadata__ must be an object of strings, got another value',
  ],
  ['not a description', file({ a: 3 }), 'tensor "a" must be described by an object, got 3'],
  [
    'unknown field',
    file({ a: { ...f32([1], 0, 4), strides: [1] } }, 4),
    'tensor "a" must have dtype, shape and data_offsets only, got "strides"',
  ],
  [
    'bad dtype',
    file({ a: { ...f32([1], 0, 4), dtype: 'F8_E4M3' } }, 4),
    'tensor "a" must have a dtype of F64, F32, F16, BF16, I64, I32, I8, U8, BOOL, got "F8_E4M3"',
  ],
  [
    'bad shape',
    file({ a: f32([-1], 0, 4) }, 4),
    'tensor "a" must have a shape of whole sizes >= 0, got [-1]',
  ],
  ['bad range', file({ a: f32([1], 4, 0) }, 4), 'tensor "a" must have data_offsets [begin, end], got [4,0]'],
  ['wrong size', file({ a: f32([2, 3], 0, 20) }, 20), 'tensor "a" of F32 [2, 3] must take 24 bytes, got 20'],
  [
    'overlap',
    file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
    'tensors must not overlap, got "b" at byte 4, inside the one before',
  ],
  [
    'hole',
    file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12),
    'tensors must follow each other, got a hole at bytes 4 to 8, before "b"',
  ],
  [
    'cut data',
    file({ a: f32([4], 0, 16) }, 7),
    'the tensors must fill the file, got 7 bytes where they take 16 (truncated?)',
  ],
  [
    'data left over',
    file({ a: f32([1], 0, 4) }, 9),
    'the tensors must fill the file, got 9 bytes where they take 4',
  ],
  [
    'bool of 2',
    file({ a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }, Uint8Array.of(2)),
    'tensor "a" of dtype BOOL must hold only 0 and 1, got another byte',
  ],
];

for (const [name, bytes, message] of faults) {
  test(`decodeSafetensors: refuses a file with ${name}, in words`, (t) => {
    t.throws(() => decodeSafetensors(bytes, 'model.safetensors'), {
      instanceOf: BadFileError,
      message: `model.safetensors: ${message}${CURE}`,
    });
  });
}

test('decodeSafetensors: a damaged file either reads or throws BadFileError, never anything else', (t) => {
  const whole = encodeSafetensors(sample, { a: 'b' });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      const bytes = whole.slice(0, length);
      if (at < length) bytes[at] = byte;
      try {
        decodeSafetensors(bytes, 'f');
        return true;
      } catch (error) {
        return error instanceof BadFileError;
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
  t.pass();
});

test('readSafetensors: names the path, and tells an absent file from a bad one', async (t) => {
  await t.throwsAsync(readSafetensors('no/such.safetensors'), {
    instanceOf: UsageError,
    message: 'no/such.safetensors: must be an existing file, got nothing there; check the path',
  });
});

test('encodeSafetensors: refuses data that do not fill the shape', (t) => {
  const wrong = new Map<string, StoredTensor>([
    ['w', { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) }],
  ]);
  t.throws(() => encodeSafetensors(wrong), {
    instanceOf: RangeError,
    message: 'encodeSafetensors: "w" (float32) must have 4 values, got 3 for [2, 2]',
  });
});
