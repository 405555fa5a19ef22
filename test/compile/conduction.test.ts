import test from 'ava';
import { programWeights } from '../../src/calibrate/ranges.ts';
import { converterDraws } from '../../src/chip/converter-draws.ts';
import { withConduction } from '../../src/compile/conduction.ts';
import {
  erringConverters,
  gainInput,
  offsetInput,
  withConverterErrors,
} from '../../src/compile/converter-errors.ts';
import { withLiveReads } from '../../src/compile/live-reads.ts';
import { compileProgram, defaultOptions, perWeight } from '../../src/compile/program.ts';
import { conductionAt } from '../../src/device/conduction.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { someRanges, TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from '../support/toy.ts';

async function toyProgram(conduction: object, mapping: object = {}, dac: object = { bits: 6 }) {
  const profile = await toyProfile({
    conduction,
    mapping: { kind: 'pair-one-sided', ...mapping },
    cell: { gMin: '2 uS', gMax: '25 uS' },
    array: { rows: 3, columns: 8 },
    converters: { dac, adc: { bits: null } },
  });
  const options = defaultOptions(profile);
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  return compileProgram(toyGraph(), TOY_LAYERS, profile, options, someRanges(exact));
}

const SINH = { form: 'sinh', readVoltage: '0.3 V', voltageScale: '0.1 V' };
const WEAK = { form: 'sinh', readVoltage: '0.1 V', voltageScale: '0.25 V' };
const CUBIC = { form: 'cubic', readVoltage: '0.5 V', cubic: -0.9 };

for (const [name, law, mapping] of [
  ['a sinh, one-sided pairs', SINH, {}],
  ['a weak sinh, by its series', WEAK, { kind: 'pair-two-sided' }],
  ['a cubic, offsets', CUBIC, { kind: 'offset' }],
  ['a sinh, a unit column', SINH, { kind: 'offset-unit-column' }],
  ['a sinh, single devices', SINH, { kind: 'single-device' }],
  ['a sinh, pairs in slices', SINH, { weightBits: 8, slices: 2 }],
] as const) {
  test(`withConduction: ${name}: a strip's output is the sum of the currents of its cells`, async (t) => {
    const program = await toyProgram(law, mapping);
    const { conduction } = program.profile;
    const graph = withConduction(program.graph, program);
    checkGraph(graph);
    const feeds = { ...toyFeeds(), ...programWeights(program) };
    const values = interpretAll64(graph, feeds);
    const layer = program.layers[0]!;
    const read = conduction!.readVolts;
    const code = values.get('first.dac.code')!.data;
    layer.strips.forEach(([from, to], strip) => {
      const range = layer.inputRange![strip]!;
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < layer.out; column++) {
          let [current, size, total] = [0, 0, 0];
          for (let i = from; i < to; i++) {
            const volts = (Number(code[row * layer.in + i]) / 31) * read;
            const bend =
              conduction!.law.form === 'sinh'
                ? (read * Math.sinh(volts / (read / conduction!.law.ratio))) /
                  Math.sinh(conduction!.law.ratio)
                : (volts * (1 - 0.9 * volts ** 2)) / (1 - 0.9 * read ** 2);
            for (const cell of layer.cells) {
              const g = perWeight(layer, cell, cell.targets)[i * layer.out + column]!;
              current += cell.share * g * bend;
              size += Math.abs(cell.share * g * bend);
            }
            total += (volts / read) * range;
          }
          const scale = layer.scale[strip * layer.out + column]!;
          const zero = layer.zero?.[strip * layer.out + column] ?? 0;
          const expected = (current * scale * range) / read + zero * total;
          const part = zeroed(values, strip, layer.zero !== null, mapping);
          const got = Number(part.data[row * layer.out + column]);
          const bound = 2e-6 * ((size * scale * range) / read + Math.abs(zero * total));
          t.true(Math.abs(got - expected) <= bound, `${strip} ${row} ${column}: ${got}, ${expected}`);
        }
      }
    });
    const session = await (await openEngine('onnxruntime')).load(graph);
    t.true(relativeError((await session.run(feeds)).pooled, interpret64(graph, feeds).pooled!) < 2e-6);
    await session.release();
    t.true(relativeError(interpret64(graph, feeds).pooled, interpret64(program.graph, feeds).pooled!) > 0.01);
  });
}

/** A strip's part of the first layer's output. */
function zeroed(
  values: ReturnType<typeof interpretAll64>,
  strip: number,
  isCentred: boolean,
  mapping: object,
) {
  if (isCentred) return values.get(`first.centred.${strip}`)!;
  return values.get('slices' in mapping ? `first.slices.${strip}.0` : `first.product.${strip}`)!;
}

test('withConduction: digits of an input drive by the law, each up to the read voltage', async (t) => {
  const program = await toyProgram(SINH, { inputSliceBits: 3 });
  const graph = withConduction(program.graph, program);
  checkGraph(graph);
  const values = interpretAll64(graph, { ...toyFeeds(), ...programWeights(program) });
  const { law } = program.profile.conduction!;
  const digits = [...values.keys()].filter((name) => /^first\.rows\.\d+\.digits$/.test(name));
  t.is(digits.length, 2);
  for (const name of digits) {
    const driven = values.get(`${name}.conduction.driven`)!.data;
    values.get(name)!.data.forEach((digit, i) => {
      t.true(Math.abs(Number(driven[i]) - 7 * conductionAt(law, Number(digit) / 7)) < 1e-5);
    });
  }
});

test('withConduction: full voltages alone meet no law: bit-serial inputs, pulses; nor does g V', async (t) => {
  for (const program of [
    await toyProgram(SINH, { inputSliceBits: 1 }),
    await toyProgram({ ...SINH, inputs: 'pulse-width' }),
    { ...(await toyProgram(SINH)), profile: await toyProfile() },
  ]) {
    t.is(withConduction(program.graph, program), program.graph);
  }
});

test('withConduction: the errors of a DAC are in the voltage; beyond the range the law goes on as the voltage', async (t) => {
  const program = await toyProgram(SINH, {}, { bits: 6, gainStd: '20 %', offsetStd: 12 });
  const erring = erringConverters(program);
  const draws = converterDraws(erring, { chip: 1, noise: 1 });
  const graph = withConduction(withConverterErrors(program.graph, erring), program);
  checkGraph(graph);
  checkGraph(withLiveReads(graph, program.layers));
  const values = interpretAll64(graph, { ...toyFeeds(), ...programWeights(program), ...draws });
  const { law } = program.profile.conduction!;
  const code = values.get('first.dac.code')!.data;
  let beyond = 0;
  program.layers[0]!.strips.forEach(([from, to], strip) => {
    const driven = values.get(`first.rows.${strip}.conduction.driven`)!.data;
    for (let row = 0; row < 3; row++) {
      for (let i = from; i < to; i++) {
        const gain = Number(draws[gainInput('first.dac')]!.data[i]);
        const offset = Number(draws[offsetInput('first.dac')]!.data[i]);
        const u = (gain * Number(code[5 * row + i]) + offset) / 31;
        if (Math.abs(u) > 1) beyond += 1;
        t.true(Math.abs(Number(driven[(to - from) * row + i - from]) - 31 * conductionAt(law, u)) < 1e-4);
      }
    }
  });
  t.true(beyond > 0);
});
