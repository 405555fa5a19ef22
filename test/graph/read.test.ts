import test from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import {
  bytesField,
  floatField,
  intField,
  join,
  type Piece,
  sequence,
  textField,
} from '../../src/graph/protobuf.ts';
import { decodeModel } from '../../src/graph/read.ts';
import { encodeModel } from '../../src/graph/write.ts';

const OPSET = bytesField(8, intField(2, 18));

/** A model file made by hand: ir version, graph fields, operator set. */
function model(graph: readonly Piece[], opset: Piece = OPSET): Uint8Array {
  return join(sequence([intField(1, 8), bytesField(7, sequence(graph)), opset]));
}

function small(): Uint8Array {
  const g = buildGraph('small');
  g.input('x', 'float32', ['B', 2]);
  g.node('MatMul', ['x', g.constant('w', float32([2, 2], [1, 2, 3, 4]))], { name: 'y' });
  g.output('y', 'float32', ['B', 2]);
  return encodeModel(g.finish());
}

test('decodeModel(bytes) refuses every prefix of a file as a bad file', (t) => {
  const bytes = small();
  for (let length = 0; length < bytes.length; length += 1) {
    t.throws(
      () => decodeModel(bytes.subarray(0, length), 'cut.onnx'),
      { instanceOf: BadFileError },
      `length ${length}`,
    );
  }
});

test('decodeModel(bytes) meets any change of one byte with a graph or a bad file, never another error', (t) => {
  const bytes = small();
  for (let position = 0; position < bytes.length; position += 1) {
    for (const change of [0x01, 0x80, 0xff]) {
      const broken = bytes.slice();
      broken[position] = broken[position]! ^ change;
      try {
        decodeModel(broken, 'broken.onnx');
      } catch (error) {
        t.true(error instanceof BadFileError, `byte ${position} ^ ${change}: ${error}`);
      }
    }
  }
  t.pass();
});

const MESSAGES: readonly [string, Uint8Array, string][] = [
  ['a truncated file', small().subarray(0, 60), ''],
  ['no graph', join(sequence([intField(1, 8), OPSET])), 'm.onnx: an ONNX model must hold a graph, got none'],
  [
    'another operator set',
    model([], bytesField(8, intField(2, 11))),
    'm.onnx: the operator set must be 18, got 11; export the model again with opset_version=18',
  ],
  [
    'no operator set',
    model([], textField(2, 'x')),
    'm.onnx: the operator set must be 18, got none; export the model again with opset_version=18',
  ],
  [
    'an operator of another domain',
    model([
      bytesField(1, sequence([textField(3, 'n'), textField(4, 'Gelu'), textField(7, 'com.microsoft')])),
    ]),
    'm.onnx: node "n" (Gelu) must be of the standard operator set, got domain "com.microsoft"; export the model without fused operators',
  ],
  [
    'a quantised model, whatever its tensors are of',
    model([
      bytesField(1, sequence([textField(3, 'n'), textField(4, 'MatMulInteger')])),
      bytesField(5, sequence([intField(1, 2), intField(2, 3), textField(8, 'w')])),
    ]),
    'm.onnx: its weights must be floats, got a quantised model: node "n" (MatMulInteger); take the float32 or float16 file of the same model',
  ],
  [
    'a subgraph attribute',
    model([
      bytesField(
        1,
        sequence([
          textField(3, 'n'),
          textField(4, 'If'),
          bytesField(5, sequence([textField(1, 'then'), intField(20, 5)])),
        ]),
      ),
    ]),
    'm.onnx, node "n" (If), attribute "then": its kind must be a number, text, tensor or a list of these, got code 5',
  ],
  [
    'an unknown element type',
    model([bytesField(5, sequence([intField(1, 2), intField(2, 12), textField(8, 'w')]))]),
    'm.onnx, tensor "w": its element type must be one of float32, uint8, int32, int64, bool, float64, got ONNX code 12; convert the model',
  ],
  [
    'too few bytes in a tensor',
    model([
      bytesField(
        5,
        sequence([intField(1, 2), intField(2, 1), textField(8, 'w'), bytesField(9, new Uint8Array(7))]),
      ),
    ]),
    'm.onnx, tensor "w": 2 values of float32 must take 8 bytes, got 7',
  ],
  [
    'too few listed values in a tensor',
    model([bytesField(5, sequence([intField(1, 2), intField(2, 1), textField(8, 'w'), floatField(4, 1)]))]),
    'm.onnx, tensor "w": shape [2] must hold 2 values, got 1',
  ],
  [
    'a negative size',
    model([bytesField(5, sequence([intField(1, -2), intField(2, 1), textField(8, 'w')]))]),
    'm.onnx, tensor "w": its sizes must not be negative, got [-2]',
  ],
  [
    'external data',
    model([bytesField(5, sequence([intField(2, 1), textField(8, 'w'), intField(14, 1)]))]),
    'm.onnx, tensor "w": its values must be inside the file, got external data; save the model in one file',
  ],
  [
    'an initializer twice',
    model([0, 1].map(() => bytesField(5, sequence([intField(1, 0), intField(2, 1), textField(8, 'w')])))),
    'm.onnx: an initializer\'s name must be its own, got "w" twice',
  ],
  [
    'an input without a type',
    model([bytesField(11, textField(1, 'x'))]),
    'm.onnx, value "x": it must have a type, got none',
  ],
  [
    'a name that is not text',
    model([bytesField(2, Uint8Array.of(0xff))]),
    'm.onnx: a name must be UTF-8 text; the file is not ONNX',
  ],
  [
    'a broken wire type',
    Uint8Array.of(0x0b),
    "m.onnx: a field's wire type must be 0, 1, 2 or 5, got 3; the file is not ONNX",
  ],
  [
    'a field number of 0',
    Uint8Array.of(0x00),
    'm.onnx: a field number must be 1 or more, got 0; the file is not ONNX',
  ],
  [
    'a number without end',
    new Uint8Array(11).fill(0xff),
    'm.onnx: a number must have at most 10 bytes; the file is not ONNX',
  ],
];

for (const [title, bytes, message] of MESSAGES) {
  test(`decodeModel(bytes) says what is wrong: ${title}`, (t) => {
    const error = t.throws(() => decodeModel(bytes, 'm.onnx'), { instanceOf: BadFileError });
    if (message !== '') t.is(error.message, message);
    else
      t.regex(
        error.message,
        /must end inside its message, got \d+ bytes left; the file is truncated or not ONNX$/,
      );
  });
}

test('decodeModel(bytes) reads values that stand in typed lists', (t) => {
  const tensor = sequence([
    intField(1, 2),
    intField(2, 1),
    textField(8, 'w'),
    floatField(4, 0.5),
    floatField(4, -2),
  ]);
  const whole = sequence([
    intField(1, 2),
    intField(2, 7),
    textField(8, 'i'),
    intField(7, -1),
    intField(7, 3),
  ]);
  const graph = decodeModel(model([bytesField(5, tensor), bytesField(5, whole)]), 'm.onnx');
  t.deepEqual(graph.initializers.get('w')!.data, Float32Array.of(0.5, -2));
  t.deepEqual(graph.initializers.get('i')!.data, BigInt64Array.of(-1n, 3n));
});

test('decodeModel(bytes) widens half floats, raw or listed', (t) => {
  const raw = (code: number, bytes: readonly number[]) =>
    sequence([
      intField(1, 2),
      intField(2, code),
      textField(8, `raw${code}`),
      bytesField(9, Uint8Array.from(bytes)),
    ]);
  const listed = sequence([intField(1, 1), intField(2, 10), textField(8, 'listed'), intField(5, 0xc000)]);
  // 1.5 and -2 as binary16, then as bfloat16.
  const graph = decodeModel(
    model(
      [raw(10, [0x00, 0x3e, 0x00, 0xc0]), raw(16, [0xc0, 0x3f, 0x00, 0xc0]), listed].map((one) =>
        bytesField(5, one),
      ),
    ),
    'm.onnx',
  );
  t.deepEqual(graph.initializers.get('raw10'), float32([2], [1.5, -2]));
  t.deepEqual(graph.initializers.get('raw16'), float32([2], [1.5, -2]));
  t.deepEqual(graph.initializers.get('listed'), float32([1], [-2]));
});
