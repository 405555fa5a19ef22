import test from 'ava';
import { programWeights } from '../../src/calibrate/ranges.ts';
import type { MappingOptions } from '../../src/compile/cells.ts';
import { inputDigits, inputSliceCount } from '../../src/compile/input-digits.ts';
import { sliceInputs } from '../../src/compile/lower.ts';
import {
  type CompileOptions,
  compileProgram,
  defaultOptions,
  type Program,
  sliceWeights,
} from '../../src/compile/program.ts';
import { withoutConverters } from '../../src/compile/without-converters.ts';
import { convertInPlace } from '../../src/device/converters.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { MAPPINGS, mapping } from '../support/mappings.ts';
import { someRanges, TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from '../support/toy.ts';

const feeds = toyFeeds();

async function toyProgram(how: MappingOptions, dac: number | null, adc: number | null): Promise<Program> {
  const profile = await toyProfile({ array: { rows: 3, columns: 40 } });
  const options: CompileOptions = {
    ...defaultOptions(profile),
    mapping: how,
    dac: { bits: dac, rule: 'symmetric' },
    adc: { bits: adc, rule: 'symmetric' },
  };
  const whole = { ...options, mapping: { ...how, inputSliceBits: null } };
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, whole, null);
  return dac === null && adc === null
    ? exact
    : compileProgram(toyGraph(), TOY_LAYERS, profile, options, someRanges(exact));
}

for (const [name, how] of MAPPINGS) {
  test(`lowerToStrips: as ${name}, without converters, the program equals the graph to rounding`, async (t) => {
    const program = await toyProgram(how, null, null);
    checkGraph(program.graph);
    const all = { ...feeds, ...programWeights(program) };
    const expected = interpret64(toyGraph(), feeds).pooled!;
    const error = relativeError(interpret64(program.graph, all).pooled, expected);
    t.true(error < (how.weightBits === null ? 2e-6 : 0.02), `${error}`);
    const session = await (await openEngine('onnxruntime')).load(program.graph);
    const pooled = (await session.run(all)).pooled;
    t.true(relativeError(pooled, interpret64(program.graph, all).pooled!) < 2e-6);
    await session.release();
    const converted = await toyProgram(how, 6, 6);
    t.true(
      relativeError(interpret64(withoutConverters(converted.graph), all).pooled, expected) <
        (how.weightBits === null ? 2e-6 : 0.02),
    );
  });
}

for (const [name, how] of MAPPINGS) {
  for (const inputSliceBits of [null, 1, 3]) {
    const inputs = inputSliceBits === null ? 'whole inputs' : `inputs ${inputSliceBits} bits at a time`;
    test(`lowerToStrips: as ${name}, ${inputs}: each product through the plain ADC, shifted and added`, async (t) => {
      const program = await toyProgram({ ...how, inputSliceBits }, 6, 7);
      checkGraph(program.graph);
      const values = interpretAll64(program.graph, { ...feeds, ...programWeights(program) });
      const base = 2 ** (inputSliceBits ?? 5);
      const parts = inputSliceCount(6, inputSliceBits ?? 5);
      for (const layer of program.layers) {
        const x = values.get(layer.name === 'first' ? 'x' : 'hidden')!;
        const rows = x.shape[0]!;
        const expected = new Float64Array(rows * layer.out);
        layer.strips.forEach(([from, to], strip) => {
          const unit = layer.inputRange![strip]! / 31;
          const slices = sliceWeights(layer, strip);
          for (let row = 0; row < rows; row++) {
            const driven = Float32Array.from(
              x.data.slice(row * layer.in + from, row * layer.in + to) as Float64Array,
            );
            convertInPlace(driven, { bits: 6, rule: 'symmetric' }, layer.inputRange![strip]!);
            const codes = driven.map((v) => Math.round(v / unit));
            for (let column = 0; column < layer.out; column++) {
              let sum = 0;
              slices.forEach((weights, slice) => {
                const range = layer.adcRange![(strip * slices.length + slice) * layer.out + column]!;
                for (let part = 0; part < parts; part++) {
                  const digit = (c: number) => Math.sign(c) * (Math.floor(Math.abs(c) / base ** part) % base);
                  const current = codes.reduce(
                    (total, c, i) => total + digit(c) * unit * weights[i * layer.out + column]!,
                    0,
                  );
                  const out = Float32Array.of(current);
                  convertInPlace(out, { bits: 7, rule: 'symmetric' }, range);
                  sum += out[0]! * base ** part;
                }
              });
              const zero = layer.zero?.[strip * layer.out + column] ?? 0;
              expected[row * layer.out + column]! +=
                sum + zero * codes.reduce((total, c) => total + c * unit, 0);
            }
          }
        });
        const got =
          values.get(`${layer.name}.whole`) ?? values.get(layer.name === 'first' ? 'first' : 'second.sum')!;
        const largest = Math.max(...expected.map(Math.abs));
        // Another code of any ADC would be off by a step: at least 1/63 of a range of 1.
        expected.forEach((value, i) => {
          t.true(
            Math.abs(Number(got.data[i]) - value) < 2e-5 * largest,
            `${layer.name}: ${got.data[i]}, ${value}`,
          );
        });
      }
    });
  }
}

test('lowerToStrips: with ideal ADCs the result is the same for every slice size of the inputs', async (t) => {
  for (const some of [{}, { kind: 'offset-unit-column', weightBits: 8, slices: 4 }] as const) {
    const of = async (inputSliceBits: number | null) => {
      const program = await toyProgram(mapping({ ...some, inputSliceBits }), 8, null);
      return interpret64(program.graph, { ...feeds, ...programWeights(program) }).pooled!;
    };
    const whole = await of(null);
    for (let bits = 1; bits <= 7; bits++) {
      t.true(relativeError(await of(bits), whole) < 1e-6, `${bits} bits`);
    }
  }
});

test('inputDigits: digits with the sign of the code, least significant first, add up to it', (t) => {
  const codes = float32(
    [1, 255],
    Float32Array.from({ length: 255 }, (_, i) => i - 127),
  );
  for (const bits of [1, 2, 3, 4, 7]) {
    const builder = buildGraph('digits');
    builder.input('code', 'float32', [1, 255]);
    const name = inputDigits(builder, 'dac', 'code', 8, bits, 2);
    const count = Math.ceil(7 / bits);
    const stacked = interpretAll64(builder.finish(), { code: codes }).get(name)!;
    t.deepEqual(stacked.shape, count === 1 ? [1, 255] : [count, 1, 255]);
    codes.data.forEach((code, i) => {
      const digits = Array.from({ length: count }, (_, k) => Number(stacked.data[255 * k + i]));
      t.true(digits.every((d) => Math.abs(d) < 2 ** bits && d * Number(code) >= 0));
      t.is(
        digits.reduce((sum, d, k) => sum + d * 2 ** (bits * k), 0),
        Number(code),
      );
    });
  }
});

test('sliceInputs: a strip of one slice has the name of the contract, others a number a slice', (t) => {
  t.deepEqual(sliceInputs('a', 2, 1), ['a.weight.2']);
  t.deepEqual(sliceInputs('a', 0, 2), ['a.weight.0.0', 'a.weight.0.1']);
});
