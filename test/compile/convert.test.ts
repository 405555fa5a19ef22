import test from 'ava';
import { convert, converter } from '../../src/compile/convert.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { interpret64 } from '../support/interpreter64.ts';

function codes(bits: number, rule: 'symmetric' | 'uniform', values: readonly number[]): number[] {
  const builder = buildGraph('one converter');
  builder.input('v', 'float32', [values.length]);
  const code = convert(builder, 'c', 'v', converter(bits, rule));
  builder.output(code, 'float32', [values.length]);
  return Array.from(
    interpret64(builder.finish(), { v: float32([values.length], values) })[code]!.data,
    Number,
  );
}

test('convert: symmetric rounds half to even, saturates at the last code, and has an exact zero', (t) => {
  t.deepEqual(
    codes(3, 'symmetric', [0, 0.4, 0.5, 1.5, 2.5, 2.6, 3, 9, -0.6, -9]),
    [0, 0, 0, 2, 2, 3, 3, 3, -1, -3],
  );
});

test('convert: uniform has 2^b levels at half codes', (t) => {
  t.deepEqual(codes(2, 'uniform', [0, 0.2, 1.1, 9, -0.2, -9]), [0.5, 0.5, 1.5, 1.5, -0.5, -1.5]);
  const all = Array.from({ length: 4001 }, (_, i) => -10 + i / 200);
  t.is(new Set(codes(4, 'uniform', all)).size, 2 ** 4);
  t.is(new Set(codes(4, 'symmetric', all).map((code) => code + 0)).size, 2 ** 4 - 1);
});

test('converter: refuses bits outside 2..24', (t) => {
  for (const bits of [1, 25, 7.5]) {
    t.throws(() => converter(bits, 'symmetric'), {
      instanceOf: RangeError,
      message: `converter: bits must be a whole number in 2..24, got ${bits}`,
    });
  }
});
