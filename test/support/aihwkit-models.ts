import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/paths.ts';
import { simulateCells } from '../../src/device/simulate.ts';
import { type CellLaws, cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';

/** What was drawn: writing alone, drift exponents, drift or one read of cells at their target, or all that a cell meets. */
export type DrawnStage = 'written' | 'exponent' | 'aged' | 'read' | 'all';

/** One row of `test/fixtures/aihwkit-models.json`, whose script says what it is. */
export interface DrawnRow {
  readonly profile: string;
  readonly stage: DrawnStage;
  readonly target: number;
  readonly seconds: number;
  readonly mean: number;
  readonly std: number;
}

/** What aihwkit's noise models draw. */
export function aihwkitModels(): {
  readonly tool: string;
  readonly cells: number;
  readonly rows: readonly DrawnRow[];
} {
  return JSON.parse(readFileSync(join(packageRoot(), 'test', 'fixtures', 'aihwkit-models.json'), 'utf8'));
}

const profiles = new Map<string, Promise<DeviceProfile>>();

function profileOf(name: string): Promise<DeviceProfile> {
  const known = profiles.get(name) ?? loadProfile(name);
  profiles.set(name, known);
  return known;
}

/** An age at which (t + t_c)/t_c = 1.01: drift then shows the exponents to first order. */
const LITTLE = 0.01;

/** The same draws by our kernels: mean and std of `cells` cells, with what the row leaves out switched off. */
export async function drawnByUs(row: DrawnRow, cells: number): Promise<{ mean: number; std: number }> {
  const profile = await profileOf(row.profile);
  const seconds = row.stage === 'exponent' ? LITTLE * profile.referenceSeconds : row.seconds;
  const all = cellLaws(profile, seconds);
  const laws: CellLaws =
    row.stage === 'all'
      ? all
      : row.stage === 'read'
        ? { ...all, writeStd: null, driftExponentMean: null, driftExponentStd: null }
        : row.stage === 'written'
          ? all
          : { ...all, writeStd: null };
  const { rows } = simulateCells({
    targetsMicrosiemens: [row.target],
    times: [{ seconds, laws }],
    cells,
    seed: 7,
    noiseScale: 1,
  });
  const stage = { written: 'written', exponent: 'aged', aged: 'aged', read: 'read', all: 'read' }[row.stage];
  const { mean, std } = rows.find((found) => found.stage === stage)!;
  if (row.stage !== 'exponent') return { mean, std };
  // g(t)/g = exp(-nu L), L = ln 1.01.
  const l = Math.log(1 + LITTLE);
  return { mean: -Math.log(mean / row.target) / l, std: std / mean / l };
}

/**
 * Mean and std of a row by the formulas of the profile's laws, without clamps: with L = ln((t + t_c)/t_c), a cell that has
 * drifted by exponents of mean m and std s has the mean g exp(-L m + L^2 s^2 / 2), and sqrt(exp(L^2 s^2) - 1) of that as std.
 * Null where a clamp bends the distribution (targets below 0.05 gMax), and for `all`.
 */
export async function byFormula(row: DrawnRow): Promise<{ mean: number; std: number } | null> {
  const profile = await profileOf(row.profile);
  const x = row.target / profile.gMaxMicrosiemens;
  if (row.stage === 'all' || x < 0.05) return null;
  const { writing, drift, readNoise } = profile;
  if (row.stage === 'written') return { mean: row.target, std: writing!.std.at(x, 0) };
  if (row.stage === 'read') return { mean: row.target, std: row.target * readNoise!.std.at(x, row.seconds) };
  const exponent = { mean: drift!.exponentMean.at(x, 0), std: drift!.exponentStd!.at(x, 0) };
  if (row.stage === 'exponent') return exponent;
  const l = Math.log((row.seconds + profile.referenceSeconds) / profile.referenceSeconds);
  const spread = (l * exponent.std) ** 2;
  const mean = row.target * Math.exp(-l * exponent.mean + spread / 2);
  return { mean, std: mean * Math.sqrt(Math.expm1(spread)) };
}
