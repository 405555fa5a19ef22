import test from 'ava';
import { presentConductances } from '../../src/chip/conductances.ts';
import { type ChipState, createChipWriter } from '../../src/chip/writer.ts';
import type { Program } from '../../src/compile/program.ts';
import { normalCdf } from '../../src/core/distributions.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { constantLaw, oneLayer, toyProfile } from '../support/toy.ts';

const STATE: ChipState = {
  chip: 7,
  seconds: 86_400,
  noise: 1,
  read: 0,
  source: 'all',
  compensate: 'none',
};

function numbers(feeds: Readonly<Record<string, { data: unknown }>> | null, name: string): Float32Array {
  return Float32Array.from(feeds![name]!.data as Float32Array);
}

/** Products of a fixed input with `reads` reads of the chip, cell by cell: the sums over rows of x w, by column. */
function sampledProducts(program: Program, x: readonly number[], reads: number): Float64Array[] {
  const writer = createChipWriter(program);
  const { out } = program.layers[0]!;
  const products = Array.from({ length: out }, () => new Float64Array(reads));
  for (let read = 0; read < reads; read++) {
    const weights = writer.weights({ ...STATE, read })['layer.weight.0']!.data as Float32Array;
    for (let i = 0; i < weights.length; i++)
      products[i % out]![read]! += x[Math.floor(i / out)]! * weights[i]!;
  }
  return products;
}

/** Mean and variance of the products of a live read. */
function liveProducts(program: Program, x: readonly number[]): { mean: number; variance: number }[] {
  const { weights, variances } = createChipWriter(program).live(STATE);
  const w = numbers(weights, 'layer.weight.0');
  const v = numbers(variances, 'layer.weight.0.readVariance');
  const { out } = program.layers[0]!;
  return Array.from({ length: out }, (_, column) => {
    let [mean, variance] = [0, 0];
    x.forEach((value, row) => {
      mean += value * w[row * out + column]!;
      variance += value * value * v[row * out + column]!;
    });
    return { mean, variance };
  });
}

test('ChipWriter.live: products have the distribution of reads cell by cell, clipped low cells too', async (t) => {
  const program = oneLayer(await loadProfile('pcm-nandakumar-2019'), 48, 12);
  const x = Array.from({ length: 48 }, (_, i) => Math.sin(3 * i + 1));
  const n = 3000;
  const sampled = sampledProducts(program, x, n);
  const live = liveProducts(program, x);
  const all: number[] = [];
  live.forEach(({ mean, variance }, column) => {
    const values = sampled[column]!;
    const found = values.reduce((sum, v) => sum + v, 0) / n;
    const squares = values.reduce((sum, v) => sum + (v - found) ** 2, 0) / (n - 1);
    // Five standard errors: of a mean sqrt(v/n), of a Gaussian's variance v sqrt(2/n).
    t.true(Math.abs(found - mean) < 5 * Math.sqrt(variance / n), `mean of column ${column}`);
    t.true(Math.abs(squares / variance - 1) < 5 * Math.sqrt(2 / n), `variance of column ${column}`);
    for (const value of values) all.push((value - mean) / Math.sqrt(variance));
  });
  // Kolmogorov and Smirnov against the normal law, all columns together: sqrt(N) D < 2.2 but for 1 in 8,000.
  all.sort((a, b) => a - b);
  const distance = all.reduce(
    (most, z, i) => Math.max(most, Math.abs((i + 0.5) / all.length - normalCdf(z))),
    0,
  );
  t.true(distance * Math.sqrt(all.length) < 2.2, `${distance * Math.sqrt(all.length)}`);
});

test('ChipWriter.live: of a single cell near 0 the moments hold, the Gaussian shape does not', async (t) => {
  // The limit of drawing at the output: a clipped cell is no Gaussian, only a sum of many is.
  const profile = await toyProfile({
    readNoise: { std: constantLaw(1, '1') },
    array: { rows: 4, columns: 4 },
  });
  const program = oneLayer(profile, 1, 4);
  const n = 20_000;
  const sampled = sampledProducts(program, [1], n);
  liveProducts(program, [1]).forEach(({ mean, variance }, column) => {
    const values = sampled[column]!;
    const found = values.reduce((sum, v) => sum + v, 0) / n;
    const squares = values.reduce((sum, v) => sum + (v - found) ** 2, 0) / n;
    const third = values.reduce((sum, v) => sum + (v - found) ** 3, 0) / n / squares ** 1.5;
    const fourth = values.reduce((sum, v) => sum + (v - found) ** 4, 0) / n / squares ** 2;
    t.true(Math.abs(found - mean) < 5 * Math.sqrt(variance / n));
    t.true(Math.abs(squares / variance - 1) < 5 * Math.sqrt((fourth - 1) / n));
    t.true(Math.abs(third) > 0.3, `skewness ${third}`);
  });
});

test('ChipWriter.live: the mean weights are those of the present cells where nothing is clipped', async (t) => {
  const profile = await toyProfile({
    readNoise: { std: constantLaw(5, '%') },
    array: { rows: 64, columns: 64 },
  });
  const program = oneLayer(profile, 20, 9);
  const layer = program.layers[0]!;
  const { weights, variances } = createChipWriter(program).live({ ...STATE, noise: 2 });
  const cells = presentConductances(program, { ...STATE, noise: 2 }, () => undefined);
  const [plus, minus] = ['plus', 'minus'].map((c) => cells.get(`layer.${c}`)!.data as Float32Array) as [
    Float32Array,
    Float32Array,
  ];
  const [w, v] = [numbers(weights, 'layer.weight.0'), numbers(variances, 'layer.weight.0.readVariance')];
  const largest = w.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  w.forEach((value, i) => {
    const unit = layer.scale[i % 9]!;
    t.true(Math.abs(value - (plus[i]! - minus[i]!) * unit) < 1e-6 * largest);
    const expected = (0.1 * unit) ** 2 * (plus[i]! ** 2 + minus[i]! ** 2);
    t.true(Math.abs(v[i]! - expected) < 1e-3 * expected + 1e-9 * unit ** 2);
  });
});

test('ChipWriter.live: compensation multiplies a read by the gain: variances by its square', async (t) => {
  const program = oneLayer(await loadProfile('pcm-nandakumar-2019'), 64, 8);
  const of = (compensate: ChipState['compensate']) => {
    const { weights, variances } = createChipWriter(program).live({ ...STATE, compensate });
    return [numbers(weights, 'layer.weight.0'), numbers(variances, 'layer.weight.0.readVariance')] as const;
  };
  const [bare, compensated] = [of('none'), of('column')];
  for (let i = 0; i < bare[0].length; i++) {
    const gain = compensated[0][i % 8]! / bare[0][i % 8]!;
    t.true(gain > 1.2 && gain < 2);
    const expected = bare[1][i]! * gain ** 2;
    t.true(Math.abs(compensated[1][i]! - expected) <= 1e-5 * expected);
  }
});

test('ChipWriter.live: where a read draws nothing it is weights, and there are no variances', async (t) => {
  const program = oneLayer(await loadProfile('pcm-nandakumar-2019'), 16, 4);
  for (const state of [
    { ...STATE, source: 'writing' as const },
    { ...STATE, noise: 0 },
  ]) {
    const writer = createChipWriter(program);
    const frozen = numbers(writer.weights(state), 'layer.weight.0');
    const { weights, variances } = writer.live(state);
    t.is(variances, null);
    t.deepEqual(numbers(weights, 'layer.weight.0'), frozen);
  }
});
