import test from 'ava';
import { layerWeightErrors } from '../../src/chip/weight-error.ts';
import { createChipWriter } from '../../src/chip/writer.ts';
import type { MappingOptions } from '../../src/compile/cells.ts';
import { sliceInputs } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions, type Program } from '../../src/compile/program.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { mapping } from '../support/mappings.ts';
import { toyProfile } from '../support/toy.ts';

const SIZE = 256;
const N = SIZE * SIZE;

/** Relative spread of cells: 2 % of gMax, or of the conductance. */
const M = 0.02;

/** cos of angles spread evenly, from -1 to 1: E w^2 = 1/2. */
const WEIGHTS = Float32Array.from({ length: N }, (_, i) =>
  Math.cos(2 * Math.PI * ((i * (Math.sqrt(5) - 1)) / 2)),
);

/** One layer of these weights on one tile of cells up to 1 uS. */
async function program(
  how: MappingOptions,
  gMin: number,
  noise: 'independent' | 'proportional',
  std = M,
): Promise<Program> {
  const builder = buildGraph('layer');
  builder.input('x', 'float32', ['B', SIZE]);
  builder.constant('w', float32([SIZE, SIZE], WEIGHTS));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', SIZE]);
  const coefficients = noise === 'independent' ? [std] : [0, std];
  const profile = await toyProfile({
    cell: { gMin: `${gMin} uS`, gMax: '1 uS' },
    writing: { std: { form: 'polynomial', coefficients, unit: 'uS' } },
    array: { rows: SIZE, columns: 16 * (SIZE + 1) },
  });
  return compileProgram(
    builder.finish(),
    ['layer'],
    profile,
    { ...defaultOptions(profile), mapping: how },
    null,
  );
}

/** W' - W of a fresh chip. */
function errorsOf({ layers, ...rest }: Program): Float64Array {
  const writer = createChipWriter({ layers, ...rest });
  const state = { chip: 3, seconds: 0, noise: 1, read: 0, source: 'all', compensate: 'none' } as const;
  const names = sliceInputs('layer', 0, rest.options.mapping.slices);
  const sum = (feeds: ReturnType<typeof writer.targets>) => {
    const total = new Float64Array(N);
    for (const name of names) {
      const slice = feeds[name]!.data as Float32Array;
      for (let i = 0; i < N; i++) total[i]! += slice[i]!;
    }
    return total;
  };
  const targets = sum(writer.targets());
  return sum(writer.weights(state)).map((w, i) => w - targets[i]!);
}

function std(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

/** Five standard errors of the std of n draws, relative: sqrt((k - 1)/(4 n)), k the kurtosis, at most 6 for these mixtures. */
const FIVE = 5 * Math.sqrt(5 / (4 * N));

const ratio = 0.1;
const D = 1 - ratio;
const meanSize = 2 / Math.PI;

/** Of a cell at 0 whose noise is cut off there half the variance is left: 1.5 cells' worth for one-sided pairs. */
const TABLE: readonly [
  string,
  Partial<MappingOptions>,
  number,
  'independent' | 'proportional',
  number,
  number?,
][] = [
  ['one-sided pairs', {}, ratio, 'independent', (Math.SQRT2 * M) / D, 0.03144],
  ['one-sided pairs', {}, 0, 'independent', Math.sqrt(1.5) * M, 0.02439],
  [
    'one-sided pairs',
    {},
    ratio,
    'proportional',
    (M / D) * Math.sqrt(2 * ratio ** 2 + 2 * ratio * D * meanSize + D ** 2 / 2),
    0.0164,
  ],
  ['one-sided pairs', {}, 0, 'proportional', M * Math.sqrt(1 / 2), 0.0141],
  ['two-sided pairs', { kind: 'pair-two-sided' }, ratio, 'independent', (Math.SQRT2 * M) / D, 0.03142],
  [
    'two-sided pairs',
    { kind: 'pair-two-sided' },
    ratio,
    'proportional',
    (M / D) * Math.sqrt(2 * (0.55 ** 2 + 0.45 ** 2 / 2)),
    0.01994,
  ],
  [
    'two-sided pairs',
    { kind: 'pair-two-sided' },
    0,
    'proportional',
    M * Math.sqrt(2 * (0.25 + 0.25 / 2)),
    0.01731,
  ],
  ['an offset', { kind: 'offset' }, ratio, 'independent', (2 * M) / D, 0.04449],
  [
    'an offset',
    { kind: 'offset' },
    ratio,
    'proportional',
    ((2 * M) / D) * Math.sqrt(0.55 ** 2 + 0.45 ** 2 / 2),
    0.02821,
  ],
  ['an offset', { kind: 'offset' }, 0, 'proportional', 2 * M * Math.sqrt(0.25 + 0.25 / 2), 0.02444],
  ['a unit column', { kind: 'offset-unit-column' }, ratio, 'independent', (Math.SQRT2 * 2 * M) / D],
  ['single devices', { kind: 'single-device' }, ratio, 'independent', (2 * M) / D],
  ['pairs in 2 slices', { weightBits: 8, slices: 2 }, ratio, 'independent', sliced(Math.SQRT2, 2), 0.0596],
  ['pairs in 4 slices', { weightBits: 8, slices: 4 }, ratio, 'independent', sliced(Math.SQRT2, 4), 0.0491],
  [
    'an offset in 2 slices',
    { kind: 'offset', weightBits: 8, slices: 2 },
    ratio,
    'independent',
    sliced(1, 2),
    0.0422,
  ],
  [
    'an offset in 4 slices',
    { kind: 'offset', weightBits: 8, slices: 4 },
    ratio,
    'independent',
    sliced(1, 4),
    0.0348,
  ],
  [
    'a unit column in 4 slices',
    { kind: 'offset-unit-column', weightBits: 8, slices: 4 },
    ratio,
    'independent',
    sliced(Math.SQRT2, 4),
  ],
];

/** k (m/D) (2^b - 1) sqrt(sum over s of 4^(b s)) / (2^(B-1) - 1), B = 8. */
function sliced(k: number, slices: number): number {
  const b = 8 / slices;
  let sum = 0;
  for (let s = 0; s < slices; s++) sum += 4 ** (b * s);
  return (k * (M / D) * (2 ** b - 1) * Math.sqrt(sum)) / 127;
}

for (const [name, some, gMin, noise, expected, crossSim] of TABLE) {
  const cells = `${noise} spread, gMin ${gMin} of gMax`;
  test(`createChipWriter: ${name}, ${cells}: the std of weights is the closed form's${crossSim === undefined ? '' : ", and CrossSim's"}`, async (t) => {
    const compiled = await program(mapping(some), gMin, noise);
    const found = std(errorsOf(compiled));
    t.log(`${found.toFixed(5)}, closed form ${expected.toFixed(5)}, CrossSim ${crossSim ?? 'none'}`);
    // Cells near 0 lose a part of their noise too, where it is cut off there: at most 1 % of the std.
    const cut = gMin === 0 && noise === 'independent' ? 0.01 : 0;
    t.true(Math.abs(found / expected - 1) < FIVE + cut, `${found} ${expected}`);
    // Their matrix is another, of E w^2 = 0.497 and mean size 0.678.
    if (crossSim !== undefined) t.true(Math.abs(found / crossSim - 1) < FIVE + 0.005, `${found} ${crossSim}`);
  });
}

test('createChipWriter: uniform spreads have the std m / sqrt(12): the same closed forms', async (t) => {
  for (const [some, k, crossSim] of [
    [{}, Math.SQRT2, 0.00908],
    [{ kind: 'pair-two-sided' }, Math.SQRT2, 0.00908],
    [{ kind: 'offset' }, 2, 0.01282],
  ] as const) {
    const m = M / Math.sqrt(12);
    const found = std(errorsOf(await program(mapping(some), ratio, 'independent', m)));
    t.true(Math.abs(found / ((k * m) / D) - 1) < FIVE);
    t.true(Math.abs(found / crossSim - 1) < FIVE + 0.005);
  }
});

test('createChipWriter: the error of a unit column is shared by the weights of a row, that of the others is not', async (t) => {
  const correlation = async (some: Partial<MappingOptions>) => {
    const errors = errorsOf(await program(mapping(some), ratio, 'independent'));
    let [product, square] = [0, 0];
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column + 1 < SIZE; column += 2) {
        const [a, b] = [errors[row * SIZE + column]!, errors[row * SIZE + column + 1]!];
        product += a * b;
        square += (a * a + b * b) / 2;
      }
    }
    return product / square;
  };
  // Rows are independent: 256 shared draws. Half of the variance is shared: its estimate has the relative spread sqrt(2/256).
  t.true(Math.abs((await correlation({ kind: 'offset-unit-column' })) - 0.5) < 5 * 0.5 * Math.sqrt(2 / SIZE));
  t.true(Math.abs(await correlation({ kind: 'offset' })) < 5 / Math.sqrt(N / 2));
});

test('layerWeightErrors: the target std of each mapping is its closed form over the rms of the weights', async (t) => {
  for (const [name, some, gMin, noise, expected] of TABLE) {
    if (gMin === 0) continue;
    const compiled = await program(mapping(some), gMin, noise);
    const error = layerWeightErrors(compiled, { seconds: 0, noise: 1, compensate: 'none' }).layer!;
    // Unit columns: the shared half of the variance has 256 draws in each of 4 chips.
    const few = some.kind === 'offset-unit-column' ? 2.5 / Math.sqrt(2 * 4 * SIZE) : 0;
    // Rounding to 8 bits changes the rms of the weights by less than 0.1 %.
    t.true(Math.abs(error / (expected * Math.SQRT2) - 1) < FIVE / 2 + few + 0.001, `${name}: ${error}`);
  }
});
