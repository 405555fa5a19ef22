import test from 'ava';
import { programWeights } from '../../src/calibrate/ranges.ts';
import { converterDraws } from '../../src/chip/converter-draws.ts';
import {
  erringConverters,
  gainInput,
  noiseDrawInput,
  noiseInput,
  offsetInput,
  withConverterErrors,
} from '../../src/compile/converter-errors.ts';
import { countSaturation } from '../../src/compile/count-saturation.ts';
import { drawnValues } from '../../src/compile/drawn-values.ts';
import { stripProduct } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions, targetWeights } from '../../src/compile/program.ts';
import { drawAdc } from '../../src/device/adc-architectures.ts';
import { architectureOf } from '../../src/device/adc-tables.ts';
import { convertErringInPlace, driveErringInPlace } from '../../src/device/converter-errors.ts';
import { checkGraph } from '../../src/graph/check.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';
import { someRanges, TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from '../support/toy.ts';

const POLYNOMIAL = { form: 'polynomial', coefficients: [0.1, -0.9, 0.3, 1.2], unit: 'LSB' };
const TABLE = { form: 'table', u: [-0.8, -0.1, 0.4, 1], y: [0.5, -0.4, 0.8, 0], unit: 'LSB' };

async function toyProgram(dac: object, adc: object, mapping: object = { kind: 'pair-one-sided' }) {
  const profile = await toyProfile({ converters: { dac, adc }, mapping });
  const options = defaultOptions(profile);
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  return compileProgram(toyGraph(), TOY_LAYERS, profile, options, someRanges(exact));
}

for (const [rule, dacInl, adcInl] of [
  ['symmetric', POLYNOMIAL, TABLE],
  ['uniform', TABLE, POLYNOMIAL],
] as const) {
  test(`withConverterErrors: ${rule} codes and levels are those of the plain converters with errors`, async (t) => {
    const spreads = { bits: 6, rule, gainStd: '4 %', offsetStd: 0.7 };
    const program = await toyProgram({ ...spreads, inl: dacInl }, { ...spreads, inl: adcInl });
    const { converters } = program.profile;
    const erring = erringConverters(program);
    t.deepEqual(
      erring.map(({ name, kind, width }) => [name, kind, width]),
      [
        ['first.dac', 'dac', 5],
        ['first.adc.0', 'adc', 7],
        ['first.adc.1', 'adc', 7],
        ['second.dac', 'dac', 7],
        ['second.adc.0', 'adc', 4],
        ['second.adc.1', 'adc', 4],
        ['second.adc.2', 'adc', 4],
      ],
    );
    const graph = withConverterErrors(program.graph, erring);
    checkGraph(graph);
    const draws = converterDraws(erring, { chip: 3, noise: 1 });
    const feeds = { ...toyFeeds(), ...programWeights(program), ...draws };
    const values = interpretAll64(graph, feeds);
    const at = (name: string, i: number) => Number(draws[name]!.data[i]);
    for (const layer of program.layers) {
      const x = values.get(layer.name === 'first' ? 'x' : 'hidden')!;
      layer.strips.forEach(([from, to], strip) => {
        const weights = targetWeights(layer, strip);
        for (let row = 0; row < 3; row++) {
          const driven = Array.from({ length: to - from }, (_, i) => {
            const name = `${layer.name}.dac`;
            const level = Float32Array.of(Number(x.data[row * layer.in + from + i]));
            const drawn = {
              gain: at(gainInput(name), from + i),
              offsetLsb: at(offsetInput(name), from + i),
              inl: converters.dac.errors!.inl,
            };
            driveErringInPlace(level, converters.dac, layer.inputRange![strip]!, drawn);
            return level[0]!;
          });
          for (let column = 0; column < layer.out; column++) {
            const sum = driven.reduce((total, v, i) => total + v * weights[i * layer.out + column]!, 0);
            const name = `${layer.name}.adc.${strip}`;
            const range = layer.adcRange![strip * layer.out + column]!;
            const expected = Float32Array.of(sum);
            const drawn = {
              gain: at(gainInput(name), column),
              offsetLsb: at(offsetInput(name), column),
              inl: converters.adc.errors!.inl,
            };
            convertErringInPlace(expected, converters.adc, range, drawn);
            const got = Number(values.get(`${layer.name}.partial.${strip}`)!.data[row * layer.out + column]);
            // Another code would be off by a whole step: 2 range / 2^bits.
            t.true(Math.abs(got - expected[0]!) < 1e-5 * range, `${name} ${column}: ${got}, ${expected[0]}`);
          }
        }
      });
    }
    const session = await (await openEngine('onnxruntime')).load(graph);
    t.true(relativeError((await session.run(feeds)).pooled, interpret64(graph, feeds).pooled!) < 1e-6);
    await session.release();
  });
}

test('withConverterErrors: thermal noise is a normal for each conversion, before rounding', async (t) => {
  const program = await toyProgram({ bits: null }, { bits: 16, noiseStd: 40 });
  const erring = erringConverters(program);
  const graph = withConverterErrors(program.graph, erring);
  checkGraph(graph);
  const draws = converterDraws(erring, { chip: 3, noise: 0.5 });
  const normals: Record<string, Tensor> = {};
  for (const { name, width } of erring) {
    t.deepEqual([...(draws[noiseInput(name)]!.data as Float32Array)], new Array(width).fill(20));
    normals[noiseDrawInput(name)] = float32([3, width], spread(3 * width, width, -2, 2));
  }
  const values = interpretAll64(graph, { ...toyFeeds(), ...programWeights(program), ...draws, ...normals });
  const product = values.get(stripProduct('first', 0))!.data;
  const code = values.get('first.adc.0.code')!.data;
  const z = normals[noiseDrawInput('first.adc.0')]!.data;
  const top = 2 ** 15 - 1;
  for (let i = 0; i < 21; i++) {
    const expected = Math.min(top, Math.max(-top, Number(product[i]) + 20 * Number(z[i])));
    t.true(Math.abs(Number(code[i]) - expected) <= 0.5 + 1e-6);
  }
  // Saturation is that of what is rounded.
  const counted = countSaturation(graph);
  checkGraph(counted.graph);
  t.is(counted.counters.length, 5);
});

for (const [architecture, shared] of [
  [{ kind: 'sar', capacitorStd: '20 %', comparatorStd: '3 %' }, 1],
  [{ kind: 'split-sar', capacitorStd: '10 %', amplifierGain: 40, columns: 2 }, 2],
  [{ kind: 'ramp', capacitorStd: '20 %', comparatorStd: '5 %', columns: 3 }, 3],
  [{ kind: 'pipeline', capacitorStd: '3 %', comparatorStd: '2 %' }, 1],
] as const) {
  test(`withConverterErrors: each column of a ${architecture.kind} has the codes of its drawn ADC`, async (t) => {
    const program = await toyProgram(
      { bits: null },
      { bits: 6, rule: 'uniform', offsetStd: 0.5, architecture },
    );
    const erring = erringConverters(program);
    const graph = withConverterErrors(program.graph, erring);
    checkGraph(graph);
    const noise = 1.5;
    const draws = converterDraws(erring, { chip: 3, noise });
    const feeds = { ...toyFeeds(), ...programWeights(program), ...draws };
    const values = interpretAll64(graph, feeds);
    const { design } = program.profile.converters.adc.errors!;
    const others = new Set<number>();
    let wrong = 0;
    for (const { name, width, tables } of erring) {
      // Tiles of 4 columns: the first layer has 7 on two, the second 4 on one.
      const adcs =
        width === 7
          ? { 1: [0, 1, 2, 3, 4, 5, 6], 2: [0, 0, 1, 1, 2, 2, 3], 3: [0, 0, 0, 1, 2, 2, 2] }
          : { 1: [0, 1, 2, 3], 2: [0, 0, 1, 1], 3: [0, 0, 0, 1] };
      t.deepEqual(tables!.adcs, adcs[shared]);
      for (let i = 0; i < 3 * width; i++) {
        const column = i % width;
        const place = [3, 'converter', name, tables!.adcs[column]!] as const;
        const adc = drawAdc(
          architectureOf(design!, noise),
          6,
          place,
          architecture.kind === 'ramp' ? [...place, column] : place,
        );
        const clipped = Number(values.get(`${name}.clip`)!.data[i]);
        const code = Number(values.get(`${name}.code`)!.data[i]);
        // The table is read at the middle of a sixteenth of a step.
        const middle = (Math.floor((clipped + 32) * 16) + 0.5) / 16 - 32;
        if (Math.abs(code - 32 * adc(middle / 32)) > 1e-6) wrong += 1;
        others.add(code - (Math.round(clipped - 0.5) + 0.5));
      }
    }
    t.is(wrong, 0);
    t.true(others.size > 1, 'some codes must differ from the plain rounding');
    const session = await (await openEngine('onnxruntime')).load(graph);
    t.true(relativeError((await session.run(feeds)).pooled, interpret64(graph, feeds).pooled!) < 1e-6);
    await session.release();
  });
}

test('withConverterErrors: an ADC whose parts do not err gives the codes of the plain one', async (t) => {
  const plain = await toyProgram({ bits: null }, { bits: 7, rule: 'uniform' });
  const expected = interpret64(plain.graph, { ...toyFeeds(), ...programWeights(plain) }).pooled!;
  for (const kind of ['sar', 'split-sar', 'ramp', 'pipeline', 'uniform']) {
    const program = await toyProgram({ bits: null }, { bits: 7, rule: 'uniform', architecture: { kind } });
    const erring = erringConverters(program);
    t.is(erring.length, kind === 'uniform' ? 0 : 5);
    const graph = withConverterErrors(program.graph, erring);
    const draws = converterDraws(erring, { chip: 3, noise: 1 });
    const found = interpret64(graph, { ...toyFeeds(), ...programWeights(program), ...draws }).pooled!;
    t.deepEqual(found.data, expected.data, kind);
  }
});

test('withConverterErrors: the parts of an input go through one ADC and one table', async (t) => {
  const mapping = { kind: 'pair-one-sided', weightBits: 8, slices: 2, inputSliceBits: 3 };
  const adc = { bits: 6, rule: 'uniform', architecture: { kind: 'sar', capacitorStd: '10 %' } };
  const program = await toyProgram({ bits: 7 }, adc, mapping);
  const erring = erringConverters(program);
  const graph = withConverterErrors(program.graph, erring);
  checkGraph(graph);
  const tables = graph.inputs.map(({ name }) => name).filter((name) => name.endsWith('.table.drawn'));
  // Two strips and three, two slices of weights each; two parts of inputs share.
  t.is(tables.length, 10);
  t.is(new Set(tables).size, 10);
  t.deepEqual(Object.keys(converterDraws(erring, { chip: 1, noise: 1 })).sort(), [...tables].sort());
  checkGraph(countSaturation(graph).graph);
});

test('compileProgram: more bits than an architecture has tables for are refused', async (t) => {
  const architecture = { kind: 'ramp', capacitorStd: '1 %' };
  const profile = await toyProfile({
    converters: { dac: { bits: 8 }, adc: { bits: 8, rule: 'uniform', architecture } },
  });
  const options = defaultOptions(profile);
  const finer = { ...options, adc: { ...options.adc, bits: 12 } };
  t.throws(() => compileProgram(toyGraph(), TOY_LAYERS, profile, finer, null), {
    message: 'ADC: must have at most 10 bits where it is a ramp, got 12; choose fewer',
  });
});

test('withConverterErrors: noise of a DAC is a normal for each row that it drives', async (t) => {
  const program = await toyProgram({ bits: 8, noiseStd: 0.4 }, { bits: null });
  const erring = erringConverters(program);
  const graph = withConverterErrors(program.graph, erring);
  checkGraph(graph);
  t.deepEqual(
    drawnValues(graph).map(({ input, width }) => [input, width]),
    [
      ['first.dac.noiseDraw', 5],
      ['second.dac.noiseDraw', 7],
    ],
  );
  const normals = Object.fromEntries(
    erring.map(({ name, width }) => [
      noiseDrawInput(name),
      float32([3, width], spread(3 * width, width, -2, 2)),
    ]),
  );
  const draws = converterDraws(erring, { chip: 3, noise: 0.5 });
  const values = interpretAll64(graph, { ...toyFeeds(), ...programWeights(program), ...draws, ...normals });
  const code = values.get('first.dac.code')!.data;
  const driven = values.get('first.dac.error.noisy')!.data;
  const z = normals['first.dac.noiseDraw']!.data;
  for (let i = 0; i < 15; i++) {
    t.true(Math.abs(Number(driven[i]) - (Number(code[i]) + 0.2 * Number(z[i]))) < 1e-6);
  }
});

test('withConverterErrors: a digital zero point is of the codes, whatever the DAC drives', async (t) => {
  const errors = { bits: 8, gainStd: '5 %', offsetStd: 2, noiseStd: 1 };
  const program = await toyProgram(errors, { bits: null }, { kind: 'offset' });
  const erring = erringConverters(program);
  const graph = withConverterErrors(program.graph, erring);
  checkGraph(graph);
  const normals = Object.fromEntries(
    erring.map(({ name, width }) => [
      noiseDrawInput(name),
      float32([3, width], spread(3 * width, width, -2, 2)),
    ]),
  );
  const draws = converterDraws(erring, { chip: 3, noise: 1 });
  const values = interpretAll64(graph, { ...toyFeeds(), ...programWeights(program), ...draws, ...normals });
  program.layers[0]!.strips.forEach(([from, to], strip) => {
    for (let row = 0; row < 3; row++) {
      const codes = Array.from(values.get('first.dac.code')!.data, Number).slice(
        5 * row + from,
        5 * row + to,
      );
      const driven = Array.from(values.get('first.dac.error.noisy')!.data, Number).slice(
        5 * row + from,
        5 * row + to,
      );
      const total = Number(values.get(`first.total.${strip}`)!.data[row]);
      const sum = (all: readonly number[]) => all.reduce((of, value) => of + value, 0);
      t.true(Math.abs(total - sum(codes)) < 1e-6);
      t.true(Math.abs(sum(driven) - sum(codes)) > 0.1);
    }
  });
});

test('compileProgram: errors of a DAC and inputs in slices are refused together', async (t) => {
  const profile = await toyProfile({ converters: { dac: { bits: 8, offsetStd: 1 }, adc: { bits: 8 } } });
  const options = defaultOptions(profile);
  const mapping = { ...options.mapping, inputSliceBits: 1 };
  t.throws(() => compileProgram(toyGraph(), TOY_LAYERS, profile, { ...options, mapping }, null), {
    message:
      'mapping, inputSliceBits: must be null beside errors of the DAC, which are those of whole codes and not of their digits, got 1; leave the errors of the DAC out, or drive all bits at once',
  });
});

test('compileProgram: a granular range is refused without inputs in slices and without levels', async (t) => {
  const mapping = { kind: 'pair-one-sided', inputSliceBits: 1, weightBits: 8, slices: 2 };
  const converters = { dac: { bits: 8 }, adc: { bits: 8, range: 'granular' } };
  const profile = await toyProfile({ converters, mapping });
  const options = defaultOptions(profile);
  const what =
    'must give inputs some bits at a time and cells of some levels beside a granular ADC range, whose step is the smallest current of a cell, got';
  for (const [changed, message] of [
    [
      { inputSliceBits: null },
      `mapping, inputSliceBits: ${what} inputs that drive at once; give inputSliceBits (1: bit-serial), or choose another range`,
    ],
    [
      { slices: 1 },
      `mapping, slices: ${what} cells of any conductance; give slices or the levels of a cell, or choose another range`,
    ],
  ] as const) {
    const how = { ...options, mapping: { ...options.mapping, ...changed } };
    t.throws(() => compileProgram(toyGraph(), TOY_LAYERS, profile, how, null), { message });
  }
});

test('withConverterErrors: a profile without errors keeps its graph', async (t) => {
  const program = await toyProgram({ bits: 8 }, { bits: 8, range: 'full-scale' });
  const erring = erringConverters(program);
  t.deepEqual(erring, []);
  t.is(withConverterErrors(program.graph, erring), program.graph);
});

test('converterDraws: an ADC has one gain and one offset for all input slices, and noise for each; slices of weights have ADCs of their own', async (t) => {
  const errors = { gainStd: '4 %', offsetStd: 0.7, noiseStd: 0.3 };
  const mapping = { kind: 'pair-one-sided', weightBits: 8, slices: 2, inputSliceBits: 3 };
  const program = await toyProgram({ bits: 7 }, { bits: 8, ...errors }, mapping);
  const erring = erringConverters(program);
  const ofStrip = erring.filter(({ name }) => name.startsWith('first.adc.0.'));
  t.deepEqual(
    ofStrip.map(({ name }) => name),
    ['first.adc.0.0', 'first.adc.0.1'],
  );
  const draws = converterDraws(erring, { chip: 3, noise: 1 });
  for (const input of [gainInput, offsetInput]) {
    const [one, other] = ofStrip.map(({ name }) => draws[input(name)]!);
    t.deepEqual(one!.shape, [7]);
    t.notDeepEqual(other, one);
  }
  const noises = drawnValues(withConverterErrors(program.graph, erring));
  for (const { name } of ofStrip) {
    const noise = noises.find(({ input }) => input === noiseDrawInput(name));
    t.deepEqual(noise, { input: noiseDrawInput(name), width: 7, overTokens: false, parts: 2 });
  }
});
