import test from 'ava';
import { stream } from '../../src/core/stream.ts';
import { lookup } from '../../src/core/table.ts';
import { createKernels } from '../../src/device/kernels.ts';
import { clippedMoments, readMoments } from '../../src/device/read-moments.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { constantLaw, toyProfile } from '../support/toy.ts';

test('clippedMoments: no bounds, a half line and a symmetric interval, by hand', (t) => {
  t.deepEqual(clippedMoments(-Infinity, Infinity), { mean: 0, variance: 1 });
  // max(0, z): mean 1/sqrt(2 pi), mean square 1/2.
  const half = clippedMoments(0, Infinity);
  t.true(Math.abs(half.mean - 1 / Math.sqrt(2 * Math.PI)) < 1e-15);
  t.true(Math.abs(half.variance - (0.5 - 1 / (2 * Math.PI))) < 1e-15);
  // z within -1..1: mean square = P(|z| < 1) - 2 phi(1) + P(|z| > 1).
  const both = clippedMoments(-1, 1);
  t.true(Math.abs(both.mean) < 1e-15);
  t.true(Math.abs(both.variance - (1 - (2 * Math.exp(-0.5)) / Math.sqrt(2 * Math.PI))) < 1e-15);
  // All of it beyond one bound: the bound.
  t.deepEqual(clippedMoments(50, Infinity), { mean: 50, variance: 0 });
});

test('readMoments: null without a law and at noise scale 0', async (t) => {
  const quiet = await toyProfile();
  t.is(readMoments(cellLaws(quiet, 0), 1), null);
  const noisy = await toyProfile({ readNoise: { std: constantLaw(3, '%') } });
  t.is(readMoments(cellLaws(noisy, 0), 0), null);
});

for (const [name, seconds, xs] of [
  ['pcm-nandakumar-2019', 86_400, [0.0005, 0.004, 0.03, 0.2, 1, 1.1]],
  ['reram-cmo-hfox', 3600, [0.102, 0.11, 0.3, 0.99, 1]],
] as const) {
  test(`readMoments: ${name} has the mean and spread of sampled reads, clipped ones too`, async (t) => {
    const laws = cellLaws(await loadProfile(name), seconds);
    const noiseScale = 1.5;
    const moments = readMoments(laws, noiseScale)!;
    const n = 200_000;
    const kernels = createKernels({ bytes: 0 });
    for (const x of xs) {
      const g = Math.fround(x * laws.gMaxMicrosiemens);
      const out = new Float32Array(n).fill(g);
      kernels.readCells({ laws, noiseScale, cells: out, stream: stream(3, 'moments', x), out });
      const mean = out.reduce((sum, v) => sum + v, 0) / n;
      const squares = out.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
      const fourth = out.reduce((sum, v) => sum + (v - mean) ** 4, 0) / n;
      const state = Math.fround(g / laws.gMaxMicrosiemens);
      const expected = g + laws.gMaxMicrosiemens * lookup(moments.shift, state);
      const variance = lookup(moments.variance, state) * laws.gMaxMicrosiemens ** 2;
      // Five standard errors: of a mean sqrt(v/n), of a variance sqrt((m4 - v^2)/n); and 2e-4 for the table.
      const [meanError, varianceError] = [Math.sqrt(squares / n), Math.sqrt((fourth - squares ** 2) / n)];
      t.true(Math.abs(mean - expected) < 5 * meanError + 2e-4 * g, `mean at ${x}: ${mean}, ${expected}`);
      t.true(
        Math.abs(squares - variance) < 5 * varianceError + 2e-3 * variance,
        `variance at ${x}: ${squares}, ${variance}`,
      );
    }
  });
}

test('readMoments: telegraph noise has the mean and variance of both states, with and without read noise', async (t) => {
  const telegraph = {
    amplitude: { form: 'polynomial', coefficients: [0.3, -0.05], unit: '1' },
    probability: { form: 'polynomial', coefficients: [0.4, -0.09], unit: '1' },
  };
  for (const sections of [{ telegraph }, { telegraph, readNoise: { std: constantLaw(20, '%') } }]) {
    const laws = cellLaws(await toyProfile(sections), 0);
    for (const noiseScale of [1, 2]) {
      const moments = readMoments(laws, noiseScale)!;
      const n = 200_000;
      for (const x of [0.1, 0.9]) {
        const g = Math.fround(x * laws.gMaxMicrosiemens);
        const out = new Float32Array(n).fill(g);
        const draws = { stream: stream(3, 'moments', x), telegraph: stream(3, 'states', x) };
        createKernels({ bytes: 0 }).readCells({ laws, noiseScale, cells: out, ...draws, out });
        const mean = out.reduce((sum, v) => sum + v, 0) / n;
        const squares = out.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
        const fourth = out.reduce((sum, v) => sum + (v - mean) ** 4, 0) / n;
        const state = Math.fround(g / laws.gMaxMicrosiemens);
        const expected = g + laws.gMaxMicrosiemens * lookup(moments.shift, state);
        const variance = lookup(moments.variance, state) * laws.gMaxMicrosiemens ** 2;
        // Bounds as above.
        const errors = [Math.sqrt(squares / n), Math.sqrt((fourth - squares ** 2) / n)] as const;
        t.true(Math.abs(mean - expected) < 5 * errors[0] + 2e-4 * g, `mean at ${x}: ${mean}, ${expected}`);
        t.true(Math.abs(squares - variance) < 5 * errors[1] + 2e-3 * variance, `${squares}, ${variance}`);
      }
    }
  }
});
