import { fillNormals } from '../../src/core/normals.ts';
import { stream } from '../../src/core/stream.ts';
import type { ParameterName } from '../../src/profile/fit/parameter.ts';

/** Laws by x that cells are simulated by; gMax 25 uS, t_c 20 s. */
export const TRUTH: Readonly<Record<ParameterName, (x: number, seconds?: number) => number>> = {
  'writing.std': (x) => 0.3 + 1.9 * x - 1.1 * x * x,
  'writing.meanShift': (x) => 0.1 - 0.2 * x,
  'drift.exponentMean': (x) => 0.08 - 0.03 * x,
  'drift.exponentStd': (x) => 0.02 - 0.008 * x,
  'readNoise.std': (x) => 0.05 - 0.03 * x,
};

const TARGETS = [2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20, 22.5, 25];
const G_MAX = 25;
const REFERENCE = 20;

/** How many reads at which age. */
export type Plan = readonly (readonly [seconds: number, reads: number])[];

/** Two reads at 0 s, one after an hour, two after a day. */
export const PLAN: Plan = [
  [0, 2],
  [3600, 1],
  [86_400, 2],
];

/** One read at each of four ages. */
export const SINGLE_READS: Plan = [
  [0, 1],
  [3600, 1],
  [86_400, 1],
  [2_592_000, 1],
];

/** TRUTH, but for read noise that is five times as large at the least state as at the greatest, and exponents that spread alike. */
export const NOISY: typeof TRUTH = {
  ...TRUTH,
  'drift.exponentStd': () => 0.01,
  'readNoise.std': (x) => Math.max(0.01, 0.15 - 0.12 * x),
};

/** TRUTH, but for read noise that grows threefold in a day. */
export const GROWING: typeof TRUTH = {
  ...TRUTH,
  'drift.exponentStd': () => 0.01,
  'readNoise.std': (_, seconds = 0) => 0.02 + (0.04 * Math.log1p(seconds / 20)) / Math.log1p(86_400 / 20),
};

/** The rows of a CSV: cells of ten targets. */
export function simulatedCsv(
  cells: number,
  seed: number,
  plan: Plan = PLAN,
  hasDevices = true,
  laws = TRUTH,
): string {
  const reads = plan.reduce((sum, [, count]) => sum + count, 0);
  const [written, drifted, read] = ['written', 'drifted', 'read'].map((what) => {
    const z = new Float32Array(cells * reads);
    fillNormals(stream(seed, 'simulated-cells', what), z);
    return z;
  }) as [Float32Array, Float32Array, Float32Array];
  const lines = [`target_uS,seconds,measured_uS${hasDevices ? ',device' : ''}`];
  let at = 0;
  for (let i = 0; i < cells; i++) {
    const target = TARGETS[i % TARGETS.length]!;
    const x = target / G_MAX;
    const g = Math.max(0, target + laws['writing.meanShift'](x) + laws['writing.std'](x) * written[i]!);
    const exponent = Math.abs(laws['drift.exponentMean'](x) + laws['drift.exponentStd'](x) * drifted[i]!);
    for (const [seconds, count] of plan) {
      const present = g * ((seconds + REFERENCE) / REFERENCE) ** -exponent;
      for (let k = 0; k < count; k++) {
        const std = laws['readNoise.std'](present / G_MAX, seconds);
        const measured = Math.max(0, present * (1 + std * read[at++]!));
        lines.push(`${target},${seconds},${measured}${hasDevices ? `,c${i}` : ''}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}
