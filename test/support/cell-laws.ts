import { type Table, tabulate } from '../../src/core/table.ts';
import type { CellLaws } from '../../src/profile/cell-laws.ts';

/** No effect at all. */
export const IDEAL: CellLaws = {
  gMinMicrosiemens: 0,
  gMaxMicrosiemens: 25,
  clamp: 'zero',
  writeStd: null,
  writeMeanShift: null,
  driftExponentMean: null,
  driftExponentStd: null,
  driftLog: 0,
  readStd: null,
  cellVariation: 0,
  telegraphProbability: null,
  telegraphAmplitude: null,
};

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Phase-change memory by the formulas of aihwkit's PCMLikeNoiseModel, `seconds` after the reference read. */
export function pcmLaws(seconds: number): CellLaws {
  const [tc, tRead] = [20, 250e-9];
  const root = Math.sqrt(Math.log((seconds + tc + tRead) / (2 * tRead)));
  const logX = (x: number): number => Math.log(Math.max(x, 1e-7));
  return {
    ...IDEAL,
    // Beyond x = 1.8 the polynomial would be negative; no cell of the tests comes near.
    writeStd: tabulate((x) => Math.max(0, 0.26348 + 1.965 * x - 1.1731 * x * x)),
    driftExponentMean: tabulate((x) => clamp(-0.0155 * logX(x) + 0.0244, 0.049, 0.1)),
    driftExponentStd: tabulate((x) => clamp(-0.0125 * logX(x) - 0.0059, 0.008, 0.045)),
    driftLog: Math.log((seconds + tc) / tc),
    readStd: tabulate((x) => root * Math.min(0.0088 / Math.max(x ** 0.65, 1e-3), 0.2)),
  };
}

/** The laws of PCM at one hour, with only some of its tables, and a shift where wanted. */
export function lawsWith(tables: readonly (keyof CellLaws)[], shift: Table | null = null): CellLaws {
  const all = pcmLaws(3600);
  const chosen = Object.fromEntries(tables.map((name) => [name, all[name]]));
  return { ...IDEAL, driftLog: all.driftLog, writeMeanShift: shift, ...chosen };
}

/** Targets of differential pairs for weights spread over -1 to 1, zeros among them. */
export function pairTargets(count: number): { readonly plus: Float32Array; readonly minus: Float32Array } {
  const plus = new Float32Array(count);
  const minus = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const weight = i % 11 === 3 ? 0 : ((i * 0.7548776662) % 2) - 1;
    plus[i] = 25 * Math.max(weight, 0);
    minus[i] = 25 * Math.max(-weight, 0);
  }
  return { plus, minus };
}

/** The bits of float32 numbers: equal only where the numbers are, to the last bit and the sign of zero. */
export function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
