import { formatDuration } from '../core/duration.ts';
import { UsageError } from '../core/errors.ts';
import { log } from '../core/math.ts';
import { type Table, tabulate } from '../core/table.ts';
import type { Law } from './law.ts';
import type { CellClamp, DeviceProfile } from './profile.ts';
import { ProfileError } from './profile-error.ts';

/**
 * The laws of a profile's cells at one time, tabulated: all that the device kernels see of a profile.
 * A null table is an absent effect, and its stage the identity bit for bit. x = g/gMax throughout.
 */
export interface CellLaws {
  readonly gMinMicrosiemens: number;
  readonly gMaxMicrosiemens: number;
  readonly clamp: CellClamp;
  /** Std of writing (and of what relaxed since) at this time, µS, of the target x. */
  readonly writeStd: Table | null;
  /** Shift of the mean by writing (and relaxing) at this time, µS, of the target x. */
  readonly writeMeanShift: Table | null;
  /** Mean of the drift exponent nu, of the target x. A cell's nu = |mean + s std z|, s the noise scale. */
  readonly driftExponentMean: Table | null;
  /** Std of the drift exponent nu, of the target x. */
  readonly driftExponentStd: Table | null;
  /** ln((t + t_c)/t_c) >= 0: a cell drifts to g exp(-nu driftLog). */
  readonly driftLog: number;
  /** Std of one read relative to the present conductance, of the present x, at this time (time factor included). */
  readonly readStd: Table | null;
  /** Relative spread over cells of what each is multiplied by for good; 0: none. */
  readonly cellVariation: number;
  /** Probability that a read finds a cell in the lower of its two states, of the present x. */
  readonly telegraphProbability: Table | null;
  /** What the lower state is lower by, relative to the present conductance, of the present x. */
  readonly telegraphAmplitude: Table | null;
}

/**
 * The laws of a profile's cells at one age.
 *
 * Laws of the target are tabulated for x from 0 to 1 and held from there on: no target lies beyond. Laws of the present
 * conductance go on to x = 4, since a written cell may lie above gMax.
 *
 * @param seconds Age t since the reference read.
 * @throws UsageError for an age that the profile's source does not support; ProfileError where a formula breaks at it.
 */
export function cellLaws(profile: DeviceProfile, seconds: number): CellLaws {
  checkAge(profile, seconds);
  // What relaxes and drifts is older than it is at another temperature; read noise goes by the time itself.
  const aged = seconds * (profile.temperature?.acceleration ?? 1);
  const table = (law: Law, most: number, age: number, pointer: string) => {
    try {
      return tabulate((x) => law.at(Math.min(x, most), age));
    } catch (error) {
      // Checked at many ages, but a formula can break at any.
      const why = error instanceof RangeError ? error.message.replace(/^tabulate: the law /u, '') : '';
      if (why === '') throw error;
      throw new ProfileError(profile.name, `${pointer} at the age of ${age} s ${why}`, [], error);
    }
  };
  const ofPresent = (law: Law | undefined, pointer: string) =>
    law === undefined ? null : table(law, 4, seconds, pointer);
  const window = profile.endurance?.window ?? null;
  const gMax = profile.gMaxMicrosiemens;
  // Worn cells are written as if their target were the nearest one that they still reach.
  const reached = (x: number) =>
    window === null
      ? x
      : Math.min(Math.max(x, window.gMinMicrosiemens / gMax), window.gMaxMicrosiemens / gMax);
  const worn = (law: Law): Law => (window === null ? law : { ...law, at: (x, t) => law.at(reached(x), t) });
  const ofTarget = (law: Law | null | undefined, pointer: string) =>
    law === null || law === undefined ? null : table(worn(law), 1, aged, pointer);
  const missed = (law: Law | null) =>
    window === null
      ? null
      : tabulate((x) => {
          const target = Math.min(x, 1);
          return gMax * (reached(target) - target) + (law === null ? 0 : law.at(reached(target), aged));
        });
  return {
    gMinMicrosiemens: profile.gMinMicrosiemens,
    gMaxMicrosiemens: profile.gMaxMicrosiemens,
    clamp: profile.clamp,
    writeStd: ofTarget(profile.writing?.std, '/writing/std'),
    writeMeanShift:
      missed(profile.writing?.meanShift ?? null) ??
      ofTarget(profile.writing?.meanShift, '/writing/meanShift'),
    driftExponentMean: ofTarget(profile.drift?.exponentMean, '/drift/exponentMean'),
    driftExponentStd: ofTarget(profile.drift?.exponentStd, '/drift/exponentStd'),
    driftLog: profile.drift === null ? 0 : log((aged + profile.referenceSeconds) / profile.referenceSeconds),
    readStd: ofPresent(profile.readNoise?.std, '/readNoise/std'),
    cellVariation: profile.variation?.cell ?? 0,
    telegraphProbability: ofPresent(profile.telegraph?.probability, '/telegraph/probability'),
    telegraphAmplitude: ofPresent(profile.telegraph?.amplitude, '/telegraph/amplitude'),
  };
}

/** The first age that a profile can be asked for, in seconds: in the cold that at which its cells have aged enough, if ever. */
export function firstAge({ validity, temperature }: DeviceProfile): number {
  const { fromSeconds } = validity;
  return fromSeconds === 0 ? 0 : fromSeconds / Math.min(1, temperature?.acceleration ?? 1);
}

/** Refuses an age that the profile's source does not support. @throws UsageError */
export function checkAge(profile: DeviceProfile, seconds: number): void {
  const { fromSeconds, toSeconds } = profile.validity;
  const { acceleration = 1, presentKelvin } = profile.temperature ?? {};
  const isYoung = seconds < firstAge(profile);
  if (
    Number.isFinite(seconds) &&
    seconds >= fromSeconds &&
    seconds <= toSeconds &&
    (isYoung || seconds * acceleration > toSeconds)
  ) {
    const aged = `${Number((seconds * acceleration).toPrecision(4))} s at its reference temperature`;
    const first = firstAge(profile);
    const cure = !isYoung
      ? 'choose an earlier age or a lower temperature'
      : first <= toSeconds
        ? `choose an age from ${formatDuration(Math.ceil(first))} on or a higher temperature`
        : 'choose a higher temperature';
    const found = `${formatDuration(seconds)} at ${presentKelvin} K, which is ${aged}`;
    const limit = isYoung
      ? `at least ${formatDuration(fromSeconds)}`
      : `at most ${formatDuration(toSeconds)}`;
    throw new UsageError(
      profile.name,
      `must be asked for an age of ${limit} at its reference temperature, got ${found}; ${cure}`,
    );
  }
  if (Number.isFinite(seconds) && seconds >= fromSeconds && seconds <= toSeconds) return;
  const from = formatDuration(fromSeconds);
  const range = Number.isFinite(toSeconds)
    ? `from ${from} to ${formatDuration(toSeconds)}`
    : `of at least ${from}`;
  const found = Number.isFinite(seconds) && seconds >= 0 ? formatDuration(seconds) : `${seconds} s`;
  const cure = 'choose one within, or widen "validity" in a copy of the profile if your data support it';
  throw new UsageError(profile.name, `must be asked for an age ${range}, got ${found}; ${cure}`);
}
