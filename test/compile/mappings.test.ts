import test, { type ExecutionContext } from 'ava';
import { sliceCount } from '../../src/compile/cells.ts';
import { CompileError } from '../../src/compile/compile-error.ts';
import { mapWeights } from '../../src/compile/map.ts';
import { partition } from '../../src/compile/partition.ts';
import { compileProgram, defaultOptions, targetWeights, tileCount } from '../../src/compile/program.ts';
import type { CellRange } from '../../src/compile/scale.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { targetsOf } from '../support/cells.ts';
import { MAPPINGS, mapping } from '../support/mappings.ts';
import { spread } from '../support/operator-case.ts';
import { TOY_LAYERS, toyGraph, toyProfile } from '../support/toy.ts';

const RATIO_10 = { gMinMicrosiemens: 2.5, gMaxMicrosiemens: 25, levels: null };
const CELLS = [
  ['from 0', { ...RATIO_10, gMinMicrosiemens: 0 }],
  ['from a tenth of gMax', RATIO_10],
] as const;

/** One matrix on tiles of 3 rows and 4 weights, and the weights that its targets stand for. */
function there(weight: Float32Array, out: number, device: CellRange, how: (typeof MAPPINGS)[number][1]) {
  const [rows, strips, columns] = [weight.length / out, partition(weight.length / out, 3), partition(out, 4)];
  const mapped = mapWeights('layer', weight, out, strips, columns, device, how);
  const layer = {
    name: 'layer',
    in: rows,
    out,
    strips,
    columns,
    ...mapped,
    inputRange: null,
    adcRange: null,
  };
  const back = new Float32Array(weight.length);
  strips.forEach(([from], strip) => {
    back.set(targetWeights(layer, strip), from * out);
  });
  return { ...mapped, layer, back, strips, columns };
}

/** The largest size in the weights of the same tile (or column of it). */
function largestBeside(weight: Float32Array, out: number, at: number, scale: 'tile' | 'column'): number {
  const [row, column] = [Math.floor(at / out), at % out];
  const find = (ranges: readonly (readonly [number, number])[], line: number) =>
    ranges.find(([from, to]) => line >= from && line < to)!;
  const rows = find(partition(weight.length / out, 3), row);
  const columns = scale === 'column' ? ([column, column + 1] as const) : find(partition(out, 4), column);
  let largest = 0;
  for (let i = rows[0]; i < rows[1]; i++)
    for (let j = columns[0]; j < columns[1]; j++) largest = Math.max(largest, Math.abs(weight[i * out + j]!));
  return largest;
}

const MATRICES: readonly [string, Float32Array][] = [
  ['of size 1', spread(60, 1, -1, 1)],
  ['tiny', spread(60, 2, -1e-30, 1e-30)],
  ['large', spread(60, 3, -1e36, 1e36)],
  ['all positive', spread(60, 4, 0.1, 2)],
  ['all negative', spread(60, 5, -2, -0.1)],
  ['all zero', new Float32Array(60)],
  ['all equal', new Float32Array(60).fill(0.3)],
  ['of one weight', Float32Array.from({ length: 60 }, (_, i) => (i === 31 ? -0.7 : 0))],
];

for (const [name, base] of MAPPINGS) {
  for (const [range, device] of CELLS) {
    for (const scale of ['tile', 'column'] as const) {
      test(`mapWeights: as ${name} on cells ${range}, a scale a ${scale}, weights come back and cells lie in the range`, (t) => {
        for (const [what, weight] of MATRICES) {
          const { back, cells } = there(weight, 10, device, { ...base, scale });
          for (const { targets, name: cell } of cells) {
            const inside = targets.every(
              (g) => g >= device.gMinMicrosiemens && g <= device.gMaxMicrosiemens * (1 + 2 ** -23),
            );
            t.true(inside, `${what}, ${cell}`);
          }
          weight.forEach((w, at) => {
            const largest = largestBeside(weight, 10, at, scale);
            // Half a step of the whole numbers, and float32: each cell is within half an ulp of gMax, its product with the
            // scale and the sum too; the shares of slices add up to about twice the largest weight.
            const steps = base.weightBits === null ? 0 : 0.5 / (2 ** (base.weightBits - 1) - 1);
            const bound = largest * (steps + 2 ** -20) + 2 ** -140;
            if (!(Math.abs(back[at]! - w) <= bound)) t.fail(`${what}: ${w} comes back as ${back[at]}`);
          });
        }
      });
    }
  }
}

/** Targets within a millionth of a microsiemens of what they are by hand. */
function near(t: ExecutionContext, targets: Float32Array, expected: readonly number[]): void {
  t.is(targets.length, expected.length);
  t.true(expected.every((g, i) => Math.abs(targets[i]! - g) < 2e-6));
}

test('mapWeights: as two-sided pairs the cells lie around the middle by half the weight each', (t) => {
  const weight = Float32Array.from([1, -0.5, 0, 0.25]);
  const { cells, scale, zero } = there(weight, 2, RATIO_10, mapping({ kind: 'pair-two-sided' }));
  // Middle 13.75 uS, D = 22.5 uS. The scale is a float32, 1/22.5 to half an ulp.
  near(t, targetsOf({ cells }, 'plus'), [25, 8.125, 13.75, 16.5625]);
  near(t, targetsOf({ cells }, 'minus'), [2.5, 19.375, 13.75, 10.9375]);
  t.is(scale[0], Math.fround(1 / 22.5));
  t.is(zero, null);
});

test('mapWeights: an offset has the zero point digitally, a unit column in cells of its own', (t) => {
  const weight = Float32Array.from([1, -0.5, 0, 0.25]);
  const offset = there(weight, 2, RATIO_10, mapping({ kind: 'offset' }));
  near(t, targetsOf(offset, 'single'), [25, 8.125, 13.75, 16.5625]);
  t.true(Math.abs(offset.zero![0]! + 13.75 / 11.25) < 2e-7);
  const unit = there(weight, 2, RATIO_10, mapping({ kind: 'offset-unit-column' }));
  near(t, targetsOf(unit, 'single'), [25, 8.125, 13.75, 16.5625]);
  t.deepEqual([...targetsOf(unit, 'zero')], [13.75, 13.75]);
  t.is(unit.zero, null);
  t.deepEqual([...unit.back], [...weight]);
});

test('mapWeights: as single devices the least weight is gMin and the greatest gMax', (t) => {
  const weight = Float32Array.from([3, -1, 0, 1]);
  const { cells, zero, back } = there(weight, 2, RATIO_10, mapping({ kind: 'single-device' }));
  near(t, targetsOf({ cells }, 'single'), [25, 2.5, 8.125, 13.75]);
  t.true(Math.abs(zero![0]! - (-1 - (2.5 * 4) / 22.5)) < 2e-7);
  t.true(weight.every((w, i) => Math.abs(back[i]! - w) < 5e-7));
});

test('mapWeights: slices hold the digits of the size, or of weight + 2^(B-1)', (t) => {
  // Steps of 1/7: q = 7, -3, 0, 5. Digits of 2 bits stand at 0, 8, 16, 24 uS.
  const weight = Float32Array.from([1, -3 / 7, 0.02, 5 / 7]);
  const device = { gMinMicrosiemens: 0, gMaxMicrosiemens: 24, levels: null };
  const four = { weightBits: 4, slices: 2 } as const;
  const pairs = there(weight, 2, device, mapping(four));
  t.deepEqual([...targetsOf(pairs, 'plus0')], [24, 0, 0, 8]);
  t.deepEqual([...targetsOf(pairs, 'plus1')], [8, 0, 0, 8]);
  t.deepEqual([...targetsOf(pairs, 'minus0')], [0, 24, 0, 0]);
  // 15, 5, 8, 13.
  const offset = there(weight, 2, device, mapping({ ...four, kind: 'offset' }));
  t.deepEqual([...targetsOf(offset, 'single0')], [24, 8, 0, 8]);
  t.deepEqual([...targetsOf(offset, 'single1')], [24, 8, 16, 24]);
  t.is(offset.back[2], 0);
  const unit = there(weight, 2, device, mapping({ ...four, kind: 'offset-unit-column' }));
  t.deepEqual([...targetsOf(unit, 'zero0')], [0, 0]);
  t.deepEqual([...targetsOf(unit, 'zero1')], [16, 16]);
  t.deepEqual(
    unit.cells.map(({ name, share, slice }) => [name, share, slice]),
    [
      ['single0', 1, 0],
      ['zero0', -1, 0],
      ['single1', 4, 1],
      ['zero1', -4, 1],
    ],
  );
});

test('mapWeights: on cells of levels targets are levels, halves to the even, and a weight of 0 is exactly 0', (t) => {
  // Five levels: 0, 4, 8, 12, 16 uS. 0.125 = 2 uS lies between 0 and 4; 0.375 = 6 uS between 4 and 8.
  const device = { gMinMicrosiemens: 0, gMaxMicrosiemens: 16, levels: 5 };
  const weight = Float32Array.from([1, 0.125, 0.375, -0.3]);
  const pairs = there(weight, 2, device, mapping());
  t.deepEqual([...targetsOf(pairs, 'plus')], [16, 0, 8, 0]);
  t.deepEqual([...targetsOf(pairs, 'minus')], [0, 0, 0, 4]);
  for (const levels of [3, 4, 5, 16]) {
    for (const kind of ['offset', 'offset-unit-column', 'pair-two-sided', 'pair-one-sided'] as const) {
      const { back, cells } = there(
        Float32Array.from([1, 0, -0.9, 0.4]),
        2,
        { ...RATIO_10, levels },
        mapping({ kind }),
      );
      t.is(Math.abs(back[1]!), 0, `${kind} of ${levels}`);
      const step = 22.5 / (levels - 1);
      for (const { targets } of cells) {
        for (const g of targets) t.true(Math.abs((g - 2.5) / step - Math.round((g - 2.5) / step)) < 1e-5);
      }
    }
  }
});

test('mapWeights: clips the largest weights by share, and counts them', (t) => {
  const weight = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (i + 1));
  for (const kind of ['pair-one-sided', 'offset', 'single-device'] as const) {
    const { back, clippedWeights } = there(weight, 2, RATIO_10, mapping({ kind, clipShare: 0.9 }));
    t.is(clippedWeights, 2);
    weight.forEach((w, i) => {
      const expected = Math.sign(w) * Math.min(Math.abs(w), 18);
      t.true(Math.abs(back[i]! - expected) < 1e-4, `${w} comes back as ${back[i]}`);
    });
  }
  t.is(there(weight, 2, RATIO_10, mapping()).clippedWeights, 0);
});

test('compileProgram: tiles of weights in several columns are never larger than the array', async (t) => {
  const profile = await toyProfile();
  const compiled = (tile: number, some: Parameters<typeof mapping>[0]) =>
    compileProgram(
      toyGraph(),
      TOY_LAYERS,
      profile,
      { ...defaultOptions(profile), tile: { rows: 3, columns: tile }, mapping: mapping(some) },
      null,
    );
  for (const [tile, some, unitLines] of [
    [4, { weightBits: 8, slices: 2 }, 0],
    [9, { kind: 'offset', weightBits: 8, slices: 4 }, 0],
    [9, { kind: 'offset-unit-column', weightBits: 8, slices: 4 }, 4],
    [3, { kind: 'offset-unit-column' }, 1],
  ] as const) {
    for (const { columns, cells, out } of compiled(tile, some).layers) {
      const lines = columns.map(([from, to]) => (to - from) * sliceCount(cells) + unitLines);
      t.true(lines.every((used) => used <= tile));
      t.is(columns.at(-1)![1], out);
    }
  }
  const refused = (tile: number, some: Parameters<typeof mapping>[0], message: string) =>
    t.throws(() => compiled(tile, some), { instanceOf: CompileError, message });
  refused(
    4,
    { kind: 'offset-unit-column', weightBits: 8, slices: 4 },
    'tile: must have the 8 output lines that one column of weights takes, got 4; choose wider tiles or fewer slices',
  );
  refused(
    4,
    { weightBits: 8, slices: 3 },
    'mapping, slices: must divide the 8 bits of a weight, got 3; choose one of 1, 2, 4, 8',
  );
  refused(
    4,
    { kind: 'single-device', weightBits: 8, slices: 2 },
    'mapping, kind: must be another for weights of given bits or in slices, got single-device; its zero is no level; choose "offset" for weights of whole steps',
  );
  refused(
    4,
    { inputSliceBits: 1 },
    'mapping, inputSliceBits: must stand beside a symmetric DAC, whose codes are cut, got an exact DAC; give the DAC bits and the rule "symmetric"',
  );
});

for (const [name, bits, slices, levels, rows, columns, tiles] of [
  // 136 lines: 16 weights of 8 slices and the unit column's 8.
  ['isaac', 16, 8, 4, 128, 16, 12],
  ['prime', 8, 2, 16, 256, 128, 2],
] as const) {
  test(`compileProgram: on ${name}, weights of ${bits} bits in ${slices} slices come back within half a step, on ${tiles} tiles`, async (t) => {
    const profile = await loadProfile(name);
    const weight = spread(300 * 50, 7, -2, 2);
    const builder = buildGraph('matrix');
    builder.input('x', 'float32', ['B', 300]);
    builder.constant('weight', float32([300, 50], weight));
    builder.node('MatMul', ['x', 'weight'], { name: 'layer', outputs: ['y'] });
    builder.output('y', 'float32', ['B', 50]);
    const options = defaultOptions(profile);
    const layer = compileProgram(builder.finish(), ['layer'], profile, options, null).layers[0]!;
    t.deepEqual([sliceCount(layer.cells), tileCount(layer)], [slices, tiles]);
    t.true(layer.strips.every(([from, to]) => to - from <= rows));
    t.true(layer.columns.every(([from, to]) => to - from <= columns));
    const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = profile;
    const step = (gMax - gMin) / (levels - 1);
    for (const { targets, name: cell } of layer.cells) {
      const found = new Set(targets.map((g) => Math.round((g - gMin) / step)));
      if (!cell.startsWith('zero')) t.true(found.size > 1 && found.size <= levels, cell);
      t.true(targets.every((g) => Math.abs(g - gMin - Math.round((g - gMin) / step) * step) < 1e-4));
    }
    layer.strips.forEach(([fromRow], strip) => {
      const back = targetWeights(layer, strip);
      for (const [from, to] of layer.columns) {
        const inTile = Array.from(back, (_, at) => at).filter((at) => at % 50 >= from && at % 50 < to);
        const of = (at: number) => weight[fromRow * 50 + at]!;
        const largest = Math.max(...inTile.map((at) => Math.abs(of(at))));
        // Half a step of the whole numbers, and float32.
        const bound = largest * (0.5 / (2 ** (bits - 1) - 1) + 2 ** -20);
        t.true(inTile.every((at) => Math.abs(back[at]! - of(at)) <= bound));
      }
    });
  });
}
