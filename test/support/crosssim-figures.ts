import { simulateCells } from '../../src/device/simulate.ts';
import { type CellLaws, cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';
import { toyProfile } from './toy.ts';

/*
 * Statistics of the named devices of CrossSim 3.2.0, as printed when 200,000 cells of each were drawn (SONOS), or of the laws in
 * its source (the others). CrossSim does not install from pip; the figures stand here with the digits that they were noted with.
 */

export const CROSSSIM_CELLS = 200_000;
const DAY = 86_400;

/** What was drawn: writing alone, what a cell holds at an age, or one read alone. */
export type CrossSimStage = 'written' | 'aged' | 'read';

export interface CrossSimRow {
  /** A shipped profile, or CrossSim's name of a device that none is made from. */
  readonly device: string;
  readonly stage: CrossSimStage;
  readonly days: number;
  /** In uS, or for SONOS in nA at 0.1 V. */
  readonly target: number;
  readonly unit: 'uS' | 'nA';
  /** Null where CrossSim's source has the std alone: the target. */
  readonly mean: number | null;
  readonly std: number;
  /** Half a unit of the last digit of the mean, and of the std. */
  readonly rounding: readonly [mean: number, std: number];
}

/** Days, then mean and std at 100, 400, 800, 1200, 1600 nA. */
const SONOS_DAYS = [
  [0, [99.99, 8.62], [400, 17.8], [800, 19.7], [1199.9, 19.84], [1600, 19.82]],
  [0.5, [100.85, 9.68], [400.3, 20.2], [798.1, 22.41], [1196.4, 22.67], [1594.2, 22.76]],
  [1, [101.7, 10.77], [400.6, 22.55], [796.1, 25.22], [1192.7, 25.59], [1588.5, 25.52]],
  [3, [103.61, 12.56], [400.9, 26.89], [790.7, 30.46], [1181.7, 30.89], [1573, 31.04]],
  [5, [104.13, 13.67], [398.5, 29.54], [784.8, 33.79], [1171.4, 34.51], [1559.3, 34.64]],
] as const;
const SONOS_CURRENTS = [100, 400, 800, 1200, 1600] as const;
const SONOS_READ = [4.68, 10.59, 12.29, 12.54, 12.56] as const;

/** uS and std of writing. */
const WRITTEN = [
  ['pcm-joshi-2020', 0, 0.286],
  ['pcm-joshi-2020', 10, 0.866],
  ['pcm-joshi-2020', 25, 1.066],
  ['reram-milo-2021', 50, 4.33],
  ['reram-milo-2021', 225, 2.73],
  ['RRAMWan', 0, 1.05],
  ['RRAMWan', 10, 2.41],
  ['RRAMWan', 39, 1.67],
] as const;

const sonos = { device: 'sonos-agrawal-2022', unit: 'nA', rounding: [0.05, 0.005] } as const;

/** All rows, in the order of devices, stages, ages and targets. */
export const CROSSSIM_ROWS: readonly CrossSimRow[] = [
  ...WRITTEN.map(([device, target, std]) => ({
    device,
    stage: 'written' as const,
    days: 0,
    target,
    unit: 'uS' as const,
    mean: null,
    std,
    rounding: [0, device === 'pcm-joshi-2020' ? 0.0005 : 0.005] as const,
  })),
  ...SONOS_DAYS.flatMap(([days, ...states]) =>
    states.map(([mean, std], i) => ({
      ...sonos,
      stage: 'aged' as const,
      days,
      target: SONOS_CURRENTS[i]!,
      mean,
      std,
    })),
  ),
  ...SONOS_READ.map((std, i) => ({
    ...sonos,
    stage: 'read' as const,
    days: 0,
    target: SONOS_CURRENTS[i]!,
    mean: null,
    std,
  })),
];

/** The same cells by our kernels, in the row's unit. No cell is cut off at 0: CrossSim's laws are those before any clamp. */
export async function crossSimByUs(
  row: CrossSimRow,
): Promise<{ readonly mean: number; readonly std: number }> {
  const factor = row.unit === 'nA' ? 100 : 1;
  const seconds = row.days * DAY;
  const profile = await profileOf(row.device);
  const all = cellLaws(profile, seconds);
  const laws: CellLaws = {
    ...all,
    ...(row.stage === 'read' ? { writeStd: null, writeMeanShift: null } : {}),
    ...(row.unit === 'uS' ? { clamp: 'none' as const } : {}),
  };
  const { rows } = simulateCells({
    targetsMicrosiemens: [row.target / factor],
    times: [{ seconds, laws }],
    cells: CROSSSIM_CELLS,
    seed: 1,
    noiseScale: 1,
  });
  const { mean, std } = rows.find(({ stage }) => stage === row.stage)!;
  return { mean: factor * mean, std: factor * std };
}

/** Of RRAMWan there is no profile: reram-wan-2022 has another reading of the same figure. The cubic is of G in uS, here of x. */
async function profileOf(device: string): Promise<DeviceProfile> {
  if (device !== 'RRAMWan') return loadProfile(device);
  const [gMax, cubic] = [39.26, [1.053, 0.2374, -1.167e-2, 1.536e-4]];
  const coefficients = cubic.map((c, power) => c * gMax ** power);
  return toyProfile({
    cell: { gMin: '0 uS', gMax: `${gMax} uS` },
    writing: { std: { form: 'polynomial', coefficients, unit: 'uS' } },
  });
}

/** How far ours is from theirs, mean and std, in standard errors of both samples and of the digits that theirs were noted with. */
export function crossSimOff(
  row: CrossSimRow,
  ours: { readonly mean: number; readonly std: number },
): [number, number] {
  const { target, std, mean, rounding } = row;
  // A std that is a law and not a sample has no error of its own.
  const error = std * Math.sqrt((mean === null ? 1 : 2) / CROSSSIM_CELLS);
  return [
    Math.abs(ours.mean - (mean ?? target)) / Math.hypot(error, rounding[0]),
    Math.abs(ours.std - std) / Math.hypot(error / Math.SQRT2, rounding[1]),
  ];
}
