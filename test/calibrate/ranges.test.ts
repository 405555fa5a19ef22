import test from 'ava';
import { goesByCurrents } from '../../src/calibrate/current-range.ts';
import { calibrateRanges, programWeights } from '../../src/calibrate/ranges.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { float32 } from '../../src/graph/graph.ts';
import { loadProfile, parseProfile } from '../../src/profile/load.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { interpretAll64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';
import { TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from '../support/toy.ts';

async function exactToy() {
  const profile = await toyProfile({ converters: { dac: { bits: 14 }, adc: { bits: 14 } } });
  return compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
}

/** Three significant digits, up. */
function up(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Math.fround(Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(3)));
}

function largest(values: ArrayLike<number>, width: number, from: number, to: number): number {
  return Math.max(...Array.from(values, (v, i) => (i % width >= from && i % width < to ? Math.abs(v) : 0)));
}

test('calibrateRanges: with fine converters the largest value that each strip and tile meets, rounded up', async (t) => {
  const program = await exactToy();
  const feeds = toyFeeds();
  let batches = 0;
  const ranges = await calibrateRanges(await openEngine('onnxruntime'), program, [feeds], 1, () => {
    batches += 1;
  });
  t.is(batches, 1);
  const values = interpretAll64(program.graph, { ...feeds, ...programWeights(program) });
  const numbers = (name: string) => Array.from(values.get(name)!.data, Number);
  for (const layer of program.layers) {
    const { input, adc } = ranges.get(layer.name)!;
    layer.strips.forEach(([from, to], strip) => {
      t.is(input[strip]!, up(largest(numbers(layer.name === 'first' ? 'x' : 'hidden'), layer.in, from, to)));
      layer.columns.forEach(([left, right]) => {
        const expected = up(largest(numbers(`${layer.name}.product.${strip}`), layer.out, left, right));
        for (let column = left; column < right; column++) t.is(adc[strip * layer.out + column]!, expected);
      });
    });
  }
});

test('calibrateRanges: keeps some rows of each batch, by the seed', async (t) => {
  const program = await exactToy();
  const engine = await openEngine('onnxruntime');
  const feeds = [1, 2, 3].map((seed) => ({ x: float32([600, 5], spread(3000, seed, -seed, seed)) }));
  const found = (seed: number) => calibrateRanges(engine, program, feeds, seed, () => undefined);
  const [a, again, other] = [await found(1), await found(1), await found(2)];
  t.deepEqual(a, again);
  t.notDeepEqual(a, other);
  // Of the last batch, whose values go up to 3, some 170 rows are among those kept.
  t.true(a.get('first')!.input.every((range) => range > 2.8 && range <= 3));
});

test('calibrateRanges: an ADC meets what comes through the wires', async (t) => {
  const converters = { dac: { bits: 14 }, adc: { bits: 14 } };
  const ranges = async (sections: Readonly<Record<string, unknown>>) => {
    const profile = await toyProfile({ converters, ...sections });
    const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
    return calibrateRanges(await openEngine('onnxruntime'), program, [toyFeeds()], 1, () => undefined);
  };
  const none = (await ranges({})).get('first')!;
  // 8 kohm at each driver, 40 kohm and more at a cell: every product shrinks, the inputs do not.
  const wired = (await ranges({ wires: { rowTerminal: '8 kohm' } })).get('first')!;
  t.deepEqual(wired.input, none.input);
  t.true(wired.adc.every((range, at) => range < 0.9 * none.adc[at]!));
});

test('calibrateRanges: ranges of a full scale and of a fixed current go by rows, scale and input range', async (t) => {
  const engine = await openEngine('onnxruntime');
  for (const [range, current] of [
    [{ range: 'full-scale' }, (rows: number) => rows * 25],
    [{ range: 'fixed', fixedRange: '40 uS' }, () => 40],
  ] as const) {
    const profile = await toyProfile({
      mapping: { scale: 'column' },
      converters: { dac: { bits: 8 }, adc: { bits: 8, ...range } },
    });
    const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
    const ranges = await calibrateRanges(engine, program, [toyFeeds()], 1, () => undefined);
    for (const layer of program.layers) {
      const { input, adc } = ranges.get(layer.name)!;
      layer.strips.forEach(([from, to], strip) => {
        for (let column = 0; column < layer.out; column++) {
          const at = strip * layer.out + column;
          const expected = current(to - from) * layer.scale[at]! * input[strip]!;
          t.true(Math.abs(adc[at]! - expected) <= 1e-6 * expected);
        }
      });
    }
  }
});

test('calibrateRanges: granular, a step of the ADC is one level of a slice driven by one code of the DAC', async (t) => {
  const engine = await openEngine('onnxruntime');
  for (const [mapping, levels, steps] of [
    [{ weightBits: 8, slices: 4, inputSliceBits: 2 }, undefined, 3],
    [{ inputSliceBits: 1 }, 5, 4],
  ] as const) {
    const profile = await toyProfile({
      cell: { gMin: '5 uS', gMax: '25 uS', ...(levels === undefined ? {} : { levels }) },
      mapping: { kind: 'pair-one-sided', ...mapping },
      converters: { dac: { bits: 6 }, adc: { bits: 7, range: 'granular' } },
    });
    const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
    const ranges = await calibrateRanges(engine, program, [toyFeeds()], 1, () => undefined);
    for (const layer of program.layers) {
      const { input, adc } = ranges.get(layer.name)!;
      const { slices } = program.options.mapping;
      layer.strips.forEach((_, strip) => {
        for (const { slice, share } of layer.cells.filter((cell) => cell.share > 0)) {
          for (let column = 0; column < layer.out; column++) {
            const step =
              (20 / steps) * share * layer.scale[strip * layer.out + column]! * (input[strip]! / 31);
            const found = adc[(strip * slices + slice) * layer.out + column]!;
            t.true(Math.abs(found / (63 * step) - 1) < 1e-6);
          }
        }
      });
    }
  }
});

test('calibrateRanges: the granular range of isaac is the fixed current of 255 of its cell levels', async (t) => {
  const granular = await loadProfile('isaac');
  const { converters } = granular.source;
  const adc = { bits: 9, range: 'fixed', fixedRange: '42457.5 uS' };
  const fixed = await parseProfile({ ...granular.source, converters: { ...converters, adc } }, 'isaac');
  const engine = await openEngine('onnxruntime');
  const [a, b] = await Promise.all(
    [granular, fixed].map(async (profile) => {
      const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
      return calibrateRanges(engine, program, [toyFeeds()], 1, () => undefined);
    }),
  );
  for (const name of TOY_LAYERS) {
    a!.get(name)!.adc.forEach((range, i) => {
      t.true(Math.abs(range / b!.get(name)!.adc[i]! - 1) < 1e-6);
    });
  }
});

test('calibrateRanges: a percentile leaves its share of the values within', async (t) => {
  const profile = await toyProfile({
    converters: {
      dac: { bits: 8, range: 'percentile', percentile: '90 %' },
      adc: { bits: 8, range: 'percentile', percentile: '60 %' },
    },
  });
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  const feeds = { x: float32([400, 5], spread(2000, 9, -2, 2)) };
  const ranges = await calibrateRanges(await openEngine('onnxruntime'), program, [feeds], 1, () => undefined);
  const values = interpretAll64(program.graph, { ...feeds, ...programWeights(program) });
  const share = (name: string, width: number, [from, to]: readonly [number, number], limit: number) => {
    const kept = Array.from(values.get(name)!.data, Number).filter(
      (_, i) => i % width >= from && i % width < to,
    );
    return kept.filter((v) => Math.abs(v) <= limit).length / kept.length;
  };
  const { input, adc } = ranges.get('first')!;
  const { strips, columns } = program.layers[0]!;
  strips.forEach((rows, strip) => {
    // Rounding up to three digits takes in a little more.
    const inside = share('x', 5, rows, input[strip]!);
    t.true(inside >= 0.9 && inside < 0.91, `${inside}`);
    for (const tile of columns) {
      const converted = share(`first.product.${strip}`, 7, tile, adc[strip * 7 + tile[0]]!);
      t.true(converted >= 0.6 && converted < 0.615, `${converted}`);
    }
  });
});

test('programWeights: the targets of each strip as feeds', async (t) => {
  const program = await exactToy();
  const weights = programWeights(program);
  t.deepEqual(
    Object.entries(weights).map(([name, { shape }]) => [name, shape]),
    [
      [stripInput('first', 0), [3, 7]],
      [stripInput('first', 1), [2, 7]],
      [stripInput('second', 0), [3, 4]],
      [stripInput('second', 1), [2, 4]],
      [stripInput('second', 2), [2, 4]],
    ],
  );
});

test("calibrateRanges: on isaac an ADC's step is the current of one cell level, so that its products are exact", async (t) => {
  const profile = await loadProfile('isaac');
  const options = defaultOptions(profile);
  const engine = await openEngine('onnxruntime');
  const compiled = (ranges: Parameters<typeof compileProgram>[4], bits: number | null) =>
    compileProgram(toyGraph(), TOY_LAYERS, profile, { ...options, adc: { ...options.adc, bits } }, ranges);
  const ranges = await calibrateRanges(engine, compiled(null, 9), [toyFeeds()], 1, () => undefined);
  const [converted, exact] = [9, null].map((bits) => {
    const program = compiled(ranges, bits);
    const values = interpretAll64(program.graph, { ...toyFeeds(), ...programWeights(program) });
    return Array.from(values.get('pooled')!.data, Number);
  });
  converted!.forEach((value, i) => {
    t.true(Math.abs(value - exact![i]!) < 1e-5, `${value}, not ${exact![i]}`);
  });
});

test('calibrateRanges: ranges that go by currents need no second pass with the inputs in slices', async (t) => {
  const engine = await openEngine('onnxruntime');
  for (const range of [{ range: 'full-scale' }, { range: 'fixed', fixedRange: '40 uS' }, {}]) {
    const profile = await toyProfile({
      mapping: { kind: 'offset-unit-column', weightBits: 8, slices: 4, inputSliceBits: 1 },
      array: { rows: 3, columns: 20 },
      converters: { dac: { bits: 8 }, adc: { bits: 8, ...range } },
    });
    const options = defaultOptions(profile);
    const pass = (how: typeof options, ranges: Parameters<typeof compileProgram>[4]) => {
      const program = compileProgram(toyGraph(), TOY_LAYERS, profile, how, ranges);
      return calibrateRanges(engine, program, [toyFeeds()], 1, () => undefined);
    };
    const first = await pass(options, null);
    const second = await pass({ ...options, adc: { ...options.adc, bits: null } }, first);
    // The second layer's inputs have been through the first one's DAC by then, its ranges are others by a hair.
    const isSame = isEqual(first.get('first')!.adc, second.get('first')!.adc);
    t.is(isSame, goesByCurrents(options.adc));
    t.is(isSame, 'range' in range);
  }
});

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
