import test from 'ava';
import { converterDraws } from '../../src/chip/converter-draws.ts';
import {
  type ErringConverter,
  gainInput,
  noiseInput,
  offsetInput,
} from '../../src/compile/converter-errors.ts';

const N = 20_000;
const ERRING: ErringConverter = {
  name: 'layer.adc.0',
  kind: 'adc',
  width: N,
  errors: { gainStd: 0.02, offsetStdLsb: 1.5, noiseStdLsb: 0.3, inl: null, design: null },
  tables: null,
};

const numbers = (feeds: ReturnType<typeof converterDraws>, name: string) =>
  Array.from(feeds[name]!.data as Float32Array);

test('converterDraws: gains about 1 and offsets about 0, of the authored spread times the noise scale', (t) => {
  for (const noise of [1, 2]) {
    const feeds = converterDraws([ERRING], { chip: 1, noise });
    for (const [name, mean, std] of [
      [gainInput('layer.adc.0'), 1, 0.02 * noise],
      [offsetInput('layer.adc.0'), 0, 1.5 * noise],
    ] as const) {
      const values = numbers(feeds, name);
      const found = values.reduce((sum, v) => sum + v, 0) / N;
      const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - found) ** 2, 0) / (N - 1));
      // Five standard errors: std/sqrt(n) of a mean, std/sqrt(2n) of a std.
      t.true(Math.abs(found - mean) < (5 * std) / Math.sqrt(N), name);
      t.true(Math.abs(spread - std) < (5 * std) / Math.sqrt(2 * N), name);
    }
    t.true(numbers(feeds, noiseInput('layer.adc.0')).every((v) => v === Math.fround(0.3 * noise)));
  }
});

test('converterDraws: a chip keeps its converters; chips, strips and kinds of error have draws of their own', (t) => {
  const of = (chip: number, name = 'layer.adc.0', noise = 1) => {
    const feeds = converterDraws([{ ...ERRING, name, width: 1000 }], { chip, noise });
    return [
      numbers(feeds, gainInput(name)).map((v) => (v - 1) / 0.02),
      numbers(feeds, offsetInput(name)).map((v) => v / 1.5),
    ] as const;
  };
  t.deepEqual(of(7), of(7));
  const sets = [...of(7), ...of(8), ...of(7, 'layer.adc.1')];
  sets.forEach((a, i) => {
    sets.slice(0, i).forEach((b) => {
      const product = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
      // A product of independent standard normals has variance 1: five standard errors are 5 sqrt(n).
      t.true(Math.abs(product) < 5 * Math.sqrt(1000));
    });
  });
});

test('converterDraws: at noise scale 0 without any error', (t) => {
  const feeds = converterDraws([{ ...ERRING, width: 8 }], { chip: 1, noise: 0 });
  t.deepEqual(numbers(feeds, gainInput('layer.adc.0')), new Array(8).fill(1));
  t.true(numbers(feeds, offsetInput('layer.adc.0')).every((v) => v === 0));
  t.deepEqual(numbers(feeds, noiseInput('layer.adc.0')), new Array(8).fill(0));
});
