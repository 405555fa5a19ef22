import test from 'ava';
import {
  type WrittenCell,
  writtenCdf,
  writtenLogLikelihood,
} from '../../../src/profile/fit/writing-likelihood.ts';

/** Reads of relative std tau(g) = 0.05 - 0.0012 g, of cells written to 20 uS, of which an hour of drift left 0.8. */
function cellReadAs(mean: number): WrittenCell {
  const y = mean / 0.8;
  return {
    targetMicrosiemens: 20,
    meanMicrosiemens: mean,
    factor: 0.8,
    relative: 0.05 - 0.0012 * y,
    relativeSlope: -0.0012 * y,
  };
}

const [SHIFT, STD, STEP] = [0.1, 1.1, 0.02];
const MEANS = Array.from({ length: 1200 }, (_, i) => 4 + (i + 0.5) * STEP);
/** By m, of which y is 1/0.8. */
const densities = MEANS.map((mean) => Math.exp(writtenLogLikelihood(cellReadAs(mean), SHIFT, STD)) / 0.8);
const moment = (of: (mean: number) => number) =>
  MEANS.reduce((sum, mean, i) => sum + of(mean) * densities[i]! * STEP, 0);

test('writtenLogLikelihood(cell) is a density: of noise by what the cell holds, its moments are those of m = f g (1 + tau(g) e)', (t) => {
  t.true(Math.abs(moment(() => 1) - 1) < 1e-4);
  // E m = f E g, for e has mean 0: were tau that of what was read, 0.012 f less.
  const mean = 0.8 * (20 + SHIFT);
  t.true(Math.abs(moment((m) => m) - mean) < 1e-3);
  // Var m = f^2 (std^2 + E (g tau(g))^2), with the moments of a normal g.
  const [g1, g2] = [20 + SHIFT, (20 + SHIFT) ** 2 + STD ** 2];
  const [g3, g4] = [g1 ** 3 + 3 * g1 * STD ** 2, g1 ** 4 + 6 * g1 ** 2 * STD ** 2 + 3 * STD ** 4];
  const noise = 0.05 ** 2 * g2 - 2 * 0.05 * 0.0012 * g3 + 0.0012 ** 2 * g4;
  const variance = 0.64 * (STD ** 2 + noise);
  t.true(Math.abs(moment((m) => (m - mean) ** 2) / variance - 1) < 2e-3);
});

test('writtenCdf(cell) is the integral of that density', (t) => {
  let below = 0;
  MEANS.forEach((mean, i) => {
    below += densities[i]! * STEP;
    if (i % 50 !== 49) return;
    t.true(Math.abs(writtenCdf(cellReadAs(mean + STEP / 2), SHIFT, STD) - below) < 2e-3);
  });
});
