import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { writeTile } from '../../src/chip/write-tile.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { readSafetensors } from '../../src/core/safetensors.ts';
import { encodeSafetensors } from '../../src/core/safetensors-write.ts';
import { convertInPlace } from '../../src/device/converters.ts';
import { type TileJob, tile } from '../../src/flow/tile.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { denseNodal } from '../support/dense-nodal.ts';
import { spread } from '../support/operator-case.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const weight = float32([10, 6], spread(60, 1, -2, 2));
const input = float32([4, 10], spread(40, 2, -1, 1));

async function run(
  t: ExecutionContext,
  change: Partial<TileJob> = {},
  tensors: { readonly weight?: Tensor; readonly input?: Tensor } = {},
) {
  const folder = await temporaryFolder(t);
  const paths = { weight: join(folder, 'weight.safetensors'), input: join(folder, 'input.safetensors') };
  await writeFile(paths.weight, encodeSafetensors(new Map([['weight', tensors.weight ?? weight]])));
  await writeFile(paths.input, encodeSafetensors(new Map([['input', tensors.input ?? input]])));
  const out = join(folder, 'out.safetensors');
  const auto = { inputRange: 'auto', adcRange: 'auto' } as const;
  const job = {
    ...paths,
    profile: 'ideal',
    out,
    at: 0,
    ...auto,
    noiseScale: 1,
    read: 'frozen' as const,
    seed: 1,
    force: false,
    ...change,
  };
  const result = await tile(job);
  const saved = await readSafetensors(out);
  const values = (name: string) => Array.from(saved.tensors.get(name)!.data as Float32Array);
  return { result, values, ...saved };
}

/** x W in float64. */
function product(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  rows: number,
  inner: number,
  columns: number,
): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += x[row * inner + i]! * w[i * columns + column]!;
    return sum;
  });
}

const worst = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

test('tile: on ideal cells the exact product, and weights within 1 ulp', async (t) => {
  const { result, values, metadata } = await run(t, { tile: { rows: 4, columns: 3 } });
  const { lines, out, relativeRmsError, ...rest } = result;
  t.deepEqual(rest, {
    shape: { in: 10, out: 6, batch: 4 },
    tiles: 6,
    clippedInputs: null,
    saturatedConversions: null,
    wires: null,
  });
  t.true(relativeRmsError! < 2e-7);
  t.is(lines.length, 4);
  t.deepEqual(metadata, {
    cells: 'plus, minus',
    mapping: 'pair-one-sided',
    noise: '1',
    profile: 'ideal',
    read: 'frozen',
    seconds: '0',
    seed: '1',
    semantics: 'physical',
    shares: '1, -1',
    unit: 'microsiemens',
  });
  t.true(worst(values('weightEffective'), Array.from(weight.data as Float32Array)) <= 2 ** -23);
  t.true(
    worst(values('output'), product(input.data as Float32Array, weight.data as Float32Array, 4, 10, 6)) <
      2e-6,
  );
  t.deepEqual(values('cellPlus'), values('targetPlus'));
  t.deepEqual(values('cellMinus'), values('targetMinus'));
});

test('tile: the output is the converted input on the effective weights, converted', async (t) => {
  // Writing noise only would need a profile of its own; at noise scale 0 the shipped one has converters and no spread.
  const profile = 'generic-gaussian';
  const ranges = { inputRange: 0.8, adcRange: 3 };
  const { result, values } = await run(t, {
    profile,
    noiseScale: 0,
    tile: { rows: 5, columns: 6 },
    ...ranges,
  });
  const bits = { bits: 8, rule: 'symmetric' } as const;
  const x = Float32Array.from(input.data as Float32Array);
  const clipped = convertInPlace(x, bits, 0.8);
  const expected = new Float32Array(24);
  let saturated = 0;
  for (const from of [0, 5]) {
    const part = Float32Array.from({ length: 20 }, (_, i) => x[Math.floor(i / 5) * 10 + from + (i % 5)]!);
    const sums = Float32Array.from(
      product(part, values('weightEffective').slice(from * 6, from * 6 + 30), 4, 5, 6),
    );
    saturated += convertInPlace(sums, bits, 3);
    sums.forEach((value, i) => {
      expected[i] = expected[i]! + value;
    });
  }
  // Another code would be off by 3 / 127.
  t.true(worst(values('output'), Array.from(expected)) < 1e-5);
  t.is(result.clippedInputs, clipped / 40);
  t.is(result.saturatedConversions, saturated / 48);
  t.true(clipped > 0 && saturated > 0);
});

test('tile: automatic ranges clip nothing and lose less', async (t) => {
  const { result } = await run(t, { profile: 'generic-gaussian', noiseScale: 0 });
  t.is(result.clippedInputs, 0);
  t.is(result.saturatedConversions, 0);
  t.true(result.relativeRmsError! > 0 && result.relativeRmsError! < 0.02);
});

test('tile: effective weights are the difference of the cells, without the read that is in the output', async (t) => {
  const { values } = await run(t, { profile: 'pcm-nandakumar-2019', at: 3600 });
  const largest = (weight.data as Float32Array).reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const [plus, minus] = [values('cellPlus'), values('cellMinus')];
  const expected = plus.map((g, i) => ((g - minus[i]!) * largest) / 25);
  t.true(worst(values('weightEffective'), expected) < 1e-6);
  t.notDeepEqual(plus, values('targetPlus'));
  const exact = product(input.data as Float32Array, values('weightEffective'), 4, 10, 6);
  t.true(worst(values('output'), exact) > 0.05);
});

test('tile: --semantics aihwkit multiplies by the cells of writeTile with the same seed', async (t) => {
  const [profile, semantics] = [join(await temporaryFolder(t), 'exact.json'), 'aihwkit' as const];
  const converters = { dac: { bits: null }, adc: { bits: null } };
  const base = 'pcm-nandakumar-2019';
  await writeFile(profile, JSON.stringify({ schemaVersion: 1, name: 'exact', extends: base, converters }));
  const { values, metadata } = await run(t, { profile, semantics, at: 3600, tile: { rows: 5, columns: 3 } });
  t.is(metadata.semantics, semantics);
  const written = writeTile({
    profile: await loadProfile(base),
    weight: weight.data as Float32Array,
    ...{ rows: 10, columns: 6, seed: 1, seconds: 3600, tile: { rows: 5, columns: 3 }, semantics },
  });
  t.deepEqual(values('cellPlus'), [...written.cells.get('plus')!]);
  t.deepEqual(values('cellMinus'), [...written.cells.get('minus')!]);
  const exact = product(input.data as Float32Array, written.read(), 4, 10, 6);
  t.true(worst(values('output'), exact) < 1e-5);
  const physical = await run(t, { profile, at: 3600, tile: { rows: 5, columns: 3 } });
  t.deepEqual(physical.values('targetPlus'), values('targetPlus'));
  t.true(worst(physical.values('output'), exact) > 0.01);
});

test('tile: --semantics aihwkit is the exact product on ideal cells, and refuses what it has no place for', async (t) => {
  const { result } = await run(t, { semantics: 'aihwkit' });
  t.true(result.relativeRmsError! < 1e-6);
  for (const [change, message] of [
    [
      { read: 'live' },
      'must be physical where reads are new at each product, got aihwkit with --read live; choose --read frozen',
    ],
    [
      { mapping: 'single-device' },
      'must be physical for any mapping but pair-one-sided in one slice, got aihwkit with single-device; choose that',
    ],
  ] as const) {
    await t.throwsAsync(run(t, { ...change, semantics: 'aihwkit' }), {
      instanceOf: UsageError,
      message: `--semantics: ${message}`,
    });
  }
});

/** An ideal cell of 0 to 25 uS with wires, as a file beside `t`'s others. */
async function wiredProfile(t: ExecutionContext, wires: object, sections: object = {}): Promise<string> {
  const path = join(await temporaryFolder(t), 'wired.json');
  const profile = {
    schemaVersion: 1,
    name: 'wired',
    description: 'Made for a test.',
    provenance: { source: 'none', taken: 'nothing' },
    cell: { gMin: '0 uS', gMax: '25 uS' },
    referenceTime: '20 s',
    array: { rows: 10, columns: 6 },
    wires,
    ...sections,
  };
  await writeFile(path, JSON.stringify(profile));
  return path;
}

test('tile: with wires the output and the effective weights are those of a direct nodal solve', async (t) => {
  const profile = await wiredProfile(t, {
    rowSegment: '200 ohm',
    columnSegment: '100 ohm',
    rowTerminal: '1 kohm',
  });
  const { result, values } = await run(t, { profile });
  const wires = {
    rowSegmentOhm: 200,
    columnSegmentOhm: 100,
    rowTerminalOhm: 1000,
    columnTerminalOhm: 0,
    driver: 'one-end',
  } as const;
  const unit = (weight.data as Float32Array).reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 25;
  const currents = (cells: readonly number[], drivers: readonly number[]) =>
    denseNodal(
      { rows: 10, columns: 6, cells: Float64Array.from(cells), wires },
      drivers,
      new Array<number>(6).fill(0),
    ).out;
  const outputs = [0, 1, 2, 3].flatMap((item) => {
    const x = Array.from((input.data as Float32Array).subarray(item * 10, item * 10 + 10));
    const minus = currents(values('cellMinus'), x);
    return currents(values('cellPlus'), x).map((current, j) => (current - minus[j]!) * unit);
  });
  t.true(worst(values('output'), outputs) < 1e-5);
  t.true(worst(product(input.data as Float32Array, values('weightEffective'), 4, 10, 6), outputs) < 1e-5);
  // The cells hold their targets still; what is lost is lost in the wires, and said.
  t.deepEqual(values('cellPlus'), values('targetPlus'));
  t.true(Math.abs(result.wires!.relativeRmsError! - result.relativeRmsError!) < 1e-6);
  t.true(result.wires!.relativeRmsError! > 0.02);
  t.is(result.wires!.arrays, 2);
  t.regex(
    result.lines[3]!,
    /^of which the wires: [\d.]+ % \(rms of what they change, relative to the product without them, before the ADC; 2 arrays solved by \d\.\de\+\d operations\)$/,
  );
});

test('tile: wires of 0 ohm give the bytes of none', async (t) => {
  const zero = await run(t, { profile: await wiredProfile(t, { rowSegment: '0 ohm' }) });
  const none = await run(t, { profile: await wiredProfile(t, {}, { wires: undefined }) });
  t.deepEqual(zero.tensors, none.tensors);
  t.is(zero.result.wires, null);
});

test('tile: what the wires cost is told on the same cells, beside writing and read noise', async (t) => {
  const noise = {
    writing: { std: { form: 'constant', value: 1, unit: 'uS' } },
    readNoise: { std: { form: 'constant', value: 5, unit: '%' } },
  };
  const { result } = await run(t, { profile: await wiredProfile(t, { rowSegment: '1e-6 ohm' }, noise) });
  t.true(result.wires!.relativeRmsError! < 1e-6 && result.relativeRmsError! > 0.01);
});

test('tile: refuses live reads through wires, whose spread it does not know', async (t) => {
  const noise = { readNoise: { std: { form: 'constant', value: 5, unit: '%' } } };
  const profile = await wiredProfile(t, { rowSegment: '1 ohm' }, noise);
  await t.throwsAsync(run(t, { profile, read: 'live' }), {
    instanceOf: UsageError,
    message:
      '--read: must be frozen where wires have resistance and reads are noisy, as in profile wired, got live; leave one of the three out',
  });
  // Without read noise there is nothing to draw.
  const quiet = await wiredProfile(t, { rowSegment: '1 ohm' });
  t.deepEqual(
    (await run(t, { profile: quiet, read: 'live' })).tensors,
    (await run(t, { profile: quiet })).tensors,
  );
});

test('tile: the same seed gives the same chip, another seed another', async (t) => {
  const of = async (seed: number) => (await run(t, { profile: 'pcm-nandakumar-2019', seed })).tensors;
  t.deepEqual(await of(3), await of(3));
  t.notDeepEqual(await of(3), await of(0));
});

test('tile: one input row gives the same as among others', async (t) => {
  const one = float32([1, 10], (input.data as Float32Array).slice(10, 20));
  const ranges = { inputRange: 1, adcRange: 4 };
  const alone = await run(t, { profile: 'pcm-nandakumar-2019', ...ranges }, { input: one });
  const among = await run(t, { profile: 'pcm-nandakumar-2019', ...ranges });
  t.deepEqual(alone.tensors.get('output')!.shape, [1, 6]);
  t.deepEqual(alone.values('output'), among.values('output').slice(6, 12));
});

for (const profile of ['ideal', 'generic-gaussian', 'pcm-nandakumar-2019']) {
  test(`tile: matrices of zeros give zeros, on ${profile}`, async (t) => {
    const zeros = {
      weight: float32([10, 6], new Float32Array(60)),
      input: float32([4, 10], new Float32Array(40)),
    };
    for (const tensors of [zeros, { weight: zeros.weight }, { input: zeros.input }]) {
      const { values, result } = await run(t, { profile, at: 60 }, tensors);
      t.true(values('output').every((value) => value === 0));
      t.is(result.relativeRmsError, 0);
    }
    const { values } = await run(t, { profile }, zeros);
    t.true(values('weightEffective').every((value) => value === 0));
    t.true(values('cellPlus').every(Number.isFinite));
  });
}

test('tile: weights of zeros give exact zeros through ADCs without a code at zero', async (t) => {
  const zeros = float32([10, 6], new Float32Array(60));
  const { values, result } = await run(t, { profile: 'prime' }, { weight: zeros });
  t.true(values('output').every((value) => value === 0));
  t.is(result.relativeRmsError, 0);
  // The others of its columns are converted as ever.
  const third = Float32Array.from({ length: 60 }, (_, at) => (at % 6 === 2 ? 0.5 : 0));
  const one = float32([10, 6], third);
  const beside = await run(t, { profile: 'prime', tile: { rows: 10, columns: 4 } }, { weight: one });
  const output = beside.values('output');
  t.true(output.every((value, at) => at % 6 !== 2 || value !== 0));
  t.true(output.every((value, at) => at % 6 === 2 || Math.abs(value) < 1));
});

test('tile: refuses live reads of a unit column, whose noise its columns share', async (t) => {
  const mapping = 'offset-unit-column' as const;
  await t.throwsAsync(run(t, { profile: 'pcm-nandakumar-2019', mapping, read: 'live' }), {
    instanceOf: UsageError,
    message:
      '--read: must be frozen where the columns of a tile share the noise of its zero-point cells, got live with offset-unit-column; choose frozen, or another mapping',
  });
  // Without read noise there is nothing to draw.
  t.deepEqual(
    (await run(t, { mapping, read: 'live' })).values('output'),
    (await run(t, { mapping, read: 'frozen' })).values('output'),
  );
});

const FAULTS: readonly [string, { weight?: Tensor; input?: Tensor }, 'weight' | 'input', string][] = [
  [
    'an input of another width',
    { input: float32([2, 3], [1, 2, 3, 4, 5, 6]) },
    'input',
    '"input" must have the 10 columns that "weight" has rows, got 3; transpose one of them',
  ],
  [
    'a vector',
    { weight: float32([3], [1, 2, 3]) },
    'weight',
    '"weight" must be [in, out] with sizes above 0, got [3]; reshape it',
  ],
  [
    'no rows',
    { input: float32([0, 10], []) },
    'input',
    '"input" must be [B, in] with sizes above 0, got [0, 10]; reshape it',
  ],
  [
    'whole numbers',
    { input: { dtype: 'int32', shape: [1, 1], data: Int32Array.of(1) } },
    'input',
    '"input" must be float32, got int32; convert it',
  ],
  [
    'a NaN',
    { weight: float32([1, 2], [1, Number.NaN]) },
    'weight',
    '"weight" must hold finite numbers, got NaN at [0, 1]; mend it there',
  ],
  [
    'an infinity',
    { input: float32([2, 1], [1, -1 / 0]) },
    'input',
    '"input" must hold finite numbers, got -Infinity at [1, 0]; mend it there',
  ],
  [
    'a product beyond float32',
    { weight: float32([1, 1], [3e38]), input: float32([1, 1], [3]) },
    'weight',
    'the product of "weight" and "input" must stay within float32, got Infinity; scale one of them down',
  ],
];

for (const [name, tensors, file, message] of FAULTS) {
  test(`tile: refuses ${name}`, async (t) => {
    const error = await t.throwsAsync(run(t, {}, tensors), { instanceOf: BadFileError });
    t.true(error.message.endsWith(`${file}.safetensors: ${message}`), error.message);
  });
}

test('tile: refuses a file without the tensor, an existing --out, an age without support', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'other.safetensors');
  await writeFile(path, encodeSafetensors(new Map([['kernel', weight]])));
  await t.throwsAsync(run(t, { weight: path }), {
    instanceOf: BadFileError,
    message: `${path}: must hold a tensor "weight" [in, out], got "kernel"; rename it`,
  });
  await t.throwsAsync(run(t, { out: path }), {
    instanceOf: UsageError,
    message: `${path}: must not exist yet, got an existing one; choose another --out or pass --force`,
  });
  await t.throwsAsync(run(t, { profile: 'pcm-nandakumar-2019', at: 1e9 }), { instanceOf: UsageError });
});

test('tile --read live: each input meets a read of its own, the same whatever else is in the batch', async (t) => {
  const x = spread(10, 2, -1, 1);
  const equal = float32(
    [400, 10],
    Array.from({ length: 4000 }, (_, i) => x[i % 10]!),
  );
  const change = { profile: 'pcm-nandakumar-2019', at: 3600, adcRange: 20 } as const;
  const live = await run(t, { ...change, read: 'live' }, { input: equal });
  const frozen = await run(t, change, { input: equal });
  const rows = (values: number[]) => Array.from({ length: 400 }, (_, i) => values.slice(6 * i, 6 * i + 6));
  t.is(new Set(rows(frozen.values('output')).map(String)).size, 1);
  t.true(new Set(rows(live.values('output')).map(String)).size > 100);
  t.is(live.metadata!.read, 'live');
  t.deepEqual(live.values('cellPlus'), frozen.values('cellPlus'));
  const few = await run(
    t,
    { ...change, read: 'live' },
    { input: float32([3, 10], Array.from(equal.data.slice(0, 30) as Float32Array)) },
  );
  t.deepEqual(few.values('output'), live.values('output').slice(0, 18));
  t.deepEqual(
    (await run(t, { ...change, read: 'live' }, { input: equal })).values('output'),
    live.values('output'),
  );
  t.notDeepEqual(
    (await run(t, { ...change, read: 'live', seed: 2 }, { input: equal })).values('output'),
    live.values('output'),
  );
});

test('tile --read live: without read noise it is the frozen read, to the last bit', async (t) => {
  const frozen = await run(t, { profile: 'pcm-joshi-2020' });
  const live = await run(t, { profile: 'pcm-joshi-2020', read: 'live' });
  t.deepEqual(live.values('output'), frozen.values('output'));
});

test('tile: an input of zeros gives exact zeros through DAC and ADC, frozen and live', async (t) => {
  const zeros = float32([2, 10], new Float32Array(20));
  for (const read of ['frozen', 'live'] as const) {
    const { values } = await run(t, { profile: 'pcm-nandakumar-2019', read }, { input: zeros });
    t.true(values('output').every((value) => value === 0));
  }
});

test('tile: writing noise alone repeats bit for bit; seeds A, B, A give A again', async (t) => {
  const of = async (seed: number) => (await run(t, { profile: 'pcm-joshi-2020', seed })).values('output');
  const [a, b, again] = [await of(1), await of(2), await of(1)];
  t.deepEqual(again, a);
  t.notDeepEqual(b, a);
});

test('tile --adc-range auto: of full scale where the profile says so', async (t) => {
  const folder = await temporaryFolder(t);
  const profile = join(folder, 'full.json');
  const fields = { schemaVersion: 1, name: 'full', extends: 'ideal' };
  const of = async (adc: object) => {
    await writeFile(profile, JSON.stringify({ ...fields, converters: { adc } }));
    return (await run(t, { profile })).values('output');
  };
  const [full, seen, given] = [
    await of({ bits: 6, range: 'full-scale' }),
    await of({ bits: 6 }),
    (await run(t, { profile, adcRange: 3 })).values('output'),
  ];
  t.notDeepEqual(full, seen);
  t.notDeepEqual(full, given);
  // 10 rows, inputs up to the largest of them, weights up to the largest of them: the range; 31 steps to its end.
  const most = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
  const range = 10 * most(input.data as Float32Array) * most(weight.data as Float32Array);
  t.true(full.every((value) => Math.abs((value / range) * 31 - Math.round((value / range) * 31)) < 1e-4));
});

test('tile: the currents of non-linear cells, against the sum over cells; bit-serial inputs do not meet the law', async (t) => {
  const folder = await temporaryFolder(t);
  const profile = join(folder, 'curved.json');
  const of = async (fields: object, change: object = {}) => {
    const converters = { dac: { bits: 8 }, adc: { bits: null } };
    const json = { schemaVersion: 1, name: 'curved', extends: 'ideal', converters, ...fields };
    await writeFile(profile, JSON.stringify(json));
    return (await run(t, { profile, ...change })).values('output');
  };
  const conduction = { form: 'sinh', readVoltage: '0.3 V', voltageScale: '0.15 V' };
  const [curved, straight] = [await of({ conduction }), await of({})];
  const range = Math.max(...Array.from(input.data as Float32Array, Math.abs));
  const [rows, columns] = [10, 6];
  curved.forEach((value, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const code = Math.round((Number(input.data[row * rows + i]) / range) * 127);
      const volts = (0.3 * code) / 127;
      sum += range * (Math.sinh(volts / 0.15) / Math.sinh(2)) * Number(weight.data[i * columns + column]);
    }
    t.true(Math.abs(value - sum) < 1e-5 * range, `${value}, ${sum}`);
  });
  t.notDeepEqual(curved, straight);
  t.deepEqual(await of({ conduction: { ...conduction, inputs: 'pulse-width' } }), straight);
  const serial = { inputSliceBits: 1 };
  t.deepEqual(await of({ conduction }, serial), await of({}, serial));
});

test('tile: runs on the arrays of ISAAC and PRIME, as fine as their converters', async (t) => {
  // Weights of 10 x 6 are one tile. An ADC of ISAAC tells cell levels apart and loses nothing: what is left is half a step of
  // 16 bits. One of PRIME has 64 steps.
  for (const [profile, cells, worstError] of [
    ['isaac', 16, 1e-4],
    ['prime', 4, 0.2],
  ] as const) {
    const { result, tensors, values } = await run(t, { profile });
    t.is(result.tiles, 1);
    t.is([...tensors.keys()].filter((name) => name.startsWith('cell')).length, cells);
    t.true(
      result.relativeRmsError! > 0 && result.relativeRmsError! < worstError,
      `${result.relativeRmsError}`,
    );
    t.is(result.saturatedConversions, 0);
    // Half a step of weights up to 2.
    const steps = profile === 'isaac' ? 2 ** 15 - 1 : 2 ** 7 - 1;
    const largest = Math.max(...Array.from(weight.data as Float32Array, Math.abs));
    const bound = largest * (0.5 / steps + 2 ** -20);
    t.true(worst(values('weightEffective'), Array.from(weight.data as Float32Array)) <= bound);
  }
});
