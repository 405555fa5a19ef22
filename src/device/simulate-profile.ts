import { cellLaws, firstAge } from '../profile/cell-laws.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { type SimulatedCells, simulateCells } from './simulate.ts';

/** What to draw: `cells` cells of each target, seen at each age. */
export interface ProfileCells {
  readonly profile: DeviceProfile;
  /** Target conductances in microsiemens, each within 0 to 4 gMax. */
  readonly targetsMicrosiemens: readonly number[];
  /** Ages in seconds since the profile's reference read. */
  readonly seconds: readonly number[];
  /** Cells of each target, at least 1; of all targets and ages together at most 2^28. */
  readonly cells: number;
  /** A whole number from 0. */
  readonly seed: number;
  /** Multiplies the profile's random spreads; 0 leaves the means. Default 1. */
  readonly noiseScale?: number;
}

/**
 * Draws single cells of a profile, with all that it describes, and their statistics as written, aged and read; the cells of
 * `holdfast profile simulate` with the same seed.
 *
 * @returns rows of mean, standard deviation and quantiles in microsiemens, and the cells as read, `[targets, ages, cells]`
 * @throws UsageError for an age that the profile's source does not support; RangeError for a target or a number of cells out of range
 */
export function simulateProfile(job: ProfileCells): SimulatedCells {
  const { profile, targetsMicrosiemens, seconds, cells, seed, noiseScale = 1 } = job;
  return simulateCells({
    targetsMicrosiemens,
    times: seconds.map((age) => ({ seconds: age, laws: cellLaws(profile, age) })),
    atReference: cellLaws(profile, firstAge(profile)),
    cells,
    seed,
    noiseScale,
    faults: profile.faults,
    variation: profile.variation,
  });
}
