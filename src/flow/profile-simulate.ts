import { nearestLevel } from '../compile/placement.ts';
import { formatDuration } from '../core/duration.ts';
import { UsageError } from '../core/errors.ts';
import { writeFileAtomic } from '../core/files.ts';
import { npyBytes } from '../core/npy.ts';
import { checkOutputFile } from '../core/outputs.ts';
import type { Progress } from '../core/progress.ts';
import type { SimulatedRow } from '../device/simulate.ts';
import { simulateProfile } from '../device/simulate-profile.ts';
import { checkAge } from '../profile/cell-laws.ts';
import { loadProfile } from '../profile/load.ts';
import { sliceLevels } from '../profile/mapping.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { profileAt } from '../profile/temperature.ts';

/** The most cells that are drawn at once, of all targets and times: 1 GiB of them. */
const MOST_CELLS = 2 ** 28;

/** The most lines of a .csv: about what `profile fit` reads. */
const MOST_LINES = 2 ** 22;

/** What to draw. */
export interface SimulateOptions {
  /** A shipped name or a path. */
  readonly profile: string;
  /** Target conductances, µS. */
  readonly targets: readonly number[];
  /** Ages in seconds since the reference read. */
  readonly times: readonly number[];
  /** Cells for each target. */
  readonly cells: number;
  /** Noise scale. Default 1. */
  readonly noise?: number | undefined;
  readonly seed: number;
  /** Kelvin; default: the profile's reference. */
  readonly temperature?: number | undefined;
  /** Write cycles that each cell has been through; default: fresh cells. */
  readonly cycles?: number | undefined;
  /** Where to write the cells as read: .npy of `[targets, times, cells]`, or a .csv as `profile fit` takes it. */
  readonly cellsOut?: string | undefined;
  /** Whether to replace an existing file of cells. */
  readonly force?: boolean | undefined;
  readonly progress?: Progress | undefined;
}

/** `holdfast profile simulate`. */
export interface SimulateResult {
  readonly profile: string;
  readonly seed: number;
  readonly cells: number;
  readonly noise: number;
  readonly rows: readonly SimulatedRow[];
  readonly lines: readonly string[];
}

/**
 * Draws single cells of a profile and their statistics as written, aged and read.
 * @throws UsageError for a target that the cell cannot be written to, an age that the source does not support, too many cells, or
 *   a file of cells that exists, unless `force`.
 */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const { targets, times, cells, seed, cellsOut, progress } = options;
  if (cellsOut !== undefined) {
    await checkOutputFile(cellsOut, { force: options.force ?? false, option: '--cells-out' });
  }
  const noise = options.noise ?? 1;
  const { temperature = null, cycles = null } = options;
  const profile = await profileAt(await loadProfile(options.profile), temperature, cycles);
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = profile;
  targets.forEach((target, i) => {
    if (!(target >= gMin && target <= gMax)) {
      const cure = `choose conductances that ${profile.name} can be written to`;
      throw new UsageError('--target', `must be within ${gMin} to ${gMax} uS, got ${target}; ${cure}`);
    }
    if (targets.indexOf(target) !== i) {
      throw new UsageError('--target', `must name each target once, got ${target} twice; leave one out`);
    }
  });
  const total = cells * targets.length * times.length;
  if (total > MOST_CELLS) {
    const message = `must be at most ${MOST_CELLS} with all targets and times, got ${total}`;
    throw new UsageError('--cells', `${message}; draw fewer cells, targets or times at once`);
  }
  const isCsv = cellsOut?.endsWith('.csv') === true;
  if (isCsv && total > MOST_LINES) {
    const message = `must be at most ${MOST_LINES} lines as .csv, got ${total}`;
    throw new UsageError('--cells', `${message}; draw fewer, or write .npy`);
  }
  for (const seconds of times) checkAge(profile, seconds);
  for (const warning of besideLevels(profile, targets)) progress?.warn(warning);
  progress?.stage('drawing cells');
  const { rows, readCells } = simulateProfile({
    profile,
    targetsMicrosiemens: targets,
    seconds: times,
    cells,
    seed,
    noiseScale: noise,
  });
  if (cellsOut !== undefined) {
    const data = isCsv
      ? measurementLines(readCells, options)
      : npyBytes(readCells, [targets.length, times.length, cells]);
    await writeFileAtomic(cellsOut, data);
    progress?.note(`wrote ${cellsOut}`);
  }
  const warm = options.temperature === undefined ? '' : `, ${options.temperature} K`;
  const worn = cycles === null ? '' : `, after ${cycles} write cycles`;
  const title = `${profile.name}, seed ${seed}, ${cells} cells a target, noise scale ${noise}${warm}${worn}; conductances in uS`;
  return { profile: profile.name, seed, cells, noise, rows, lines: [title, '', ...tableLines(rows)] };
}

/** A thousandth of the step between levels is a rounded number, more is another conductance. */
const LEVEL_SHARE = 1e-3;

/** Targets are drawn as they are, for laws hold between levels too; programs are written to levels alone. */
function besideLevels(profile: DeviceProfile, targets: readonly number[]): string[] {
  const levels = sliceLevels(profile.mapping, profile.levels);
  if (levels === null) return [];
  const { name, gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = profile;
  const step = (gMax - gMin) / (levels - 1);
  const snap = nearestLevel({ gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax, levels });
  return targets.flatMap((target) => {
    const level = snap(target);
    if (Math.abs(target - level) <= LEVEL_SHARE * step) return [];
    const near = Number(level.toPrecision(6));
    return [
      `${target} uS is none of the ${levels} levels of ${name}: drawn as it is, where a program would hold ${near} uS`,
    ];
  });
}

/** Cells `[targets, times, cells]` as a table of measurements: a cell is a device, of one target, read at all times. */
function measurementLines(
  readCells: Float32Array,
  { targets, times, cells }: Pick<SimulateOptions, 'targets' | 'times' | 'cells'>,
): string {
  const lines = ['device,target_uS,seconds,measured_uS'];
  targets.forEach((target, i) => {
    times.forEach((seconds, j) => {
      const from = (i * times.length + j) * cells;
      readCells.subarray(from, from + cells).forEach((value, cell) => {
        lines.push(`${i * cells + cell},${target},${seconds},${Number(value.toPrecision(8))}`);
      });
    });
  });
  return `${lines.join('\n')}\n`;
}

function tableLines(rows: readonly SimulatedRow[]): string[] {
  const head = ['target', 'age', 'stage', 'mean', 'std', '5 %', '50 %', '95 %'];
  const body = rows.map(({ targetMicrosiemens, seconds, stage, mean, std, q05, q50, q95 }) => [
    String(targetMicrosiemens),
    formatDuration(seconds),
    stage,
    ...[mean, std, q05, q50, q95].map((value) => value.toFixed(4)),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((cells) => cells[i]!.length)));
  return [head, ...body].map((cells) => cells.map((cell, i) => cell.padStart(widths[i]!)).join('  '));
}
