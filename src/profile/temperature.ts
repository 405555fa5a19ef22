import { UsageError } from '../core/errors.ts';
import { checkProfileJson } from './check.ts';
import type { DeviceProfile } from './profile.ts';
import { profileError } from './profile-error.ts';

/**
 * The profile at another temperature than its reference, its cells after some write cycles. Formulas take this T, drift and
 * relaxation run by the accelerated time; worn cells reach a part of their range, and some have failed. Everything that is
 * made of the profile, cells and chips, is then so.
 *
 * @param kelvin Null: its reference.
 * @param cycles Null: fresh cells.
 * @throws UsageError for a temperature or cycles that the profile's source does not support; ProfileError if a law fails there
 */
export async function profileAt(
  profile: DeviceProfile,
  kelvin: number | null,
  cycles: number | null = null,
): Promise<DeviceProfile> {
  if (kelvin === null && cycles === null) return profile;
  const { name, source, bases } = profile;
  if (kelvin !== null) checkTemperature(profile, kelvin);
  if (cycles !== null) checkCycles(profile, cycles);
  const where = [
    ...(kelvin === null ? [] : [`at ${kelvin} K`]),
    ...(cycles === null ? [] : [`after ${cycles} write cycles`]),
  ];
  // Faults at the ends of the temperature's range were told when the profile was read.
  const present = kelvin ?? profile.temperature?.referenceKelvin;
  const at = await checkProfileJson(source, `${name} ${where.join(' ')}`, present, cycles ?? undefined);
  if (at.profile === null) throw profileError(at.file, at.faults);
  return { ...at.profile, bases };
}

function checkTemperature({ name, temperature }: DeviceProfile, kelvin: number): void {
  if (temperature === null) {
    const cure = 'leave it out, or give the profile a "temperature" if your data support one';
    throw new UsageError(
      '--temperature',
      `must be absent for ${name}, which does not model it, got ${kelvin} K; ${cure}`,
    );
  }
  const { fromKelvin, toKelvin } = temperature;
  if (kelvin >= fromKelvin && kelvin <= toKelvin) return;
  const cure = 'choose one within';
  throw new UsageError(
    '--temperature',
    `must be within ${fromKelvin} to ${toKelvin} K for ${name}, got ${kelvin} K; ${cure}`,
  );
}

function checkCycles({ name, endurance }: DeviceProfile, cycles: number): void {
  if (endurance === null) {
    const cure = 'leave it out, or give the profile an "endurance" if your data support one';
    throw new UsageError(
      '--cycles',
      `must be absent for ${name}, which does not model write cycles, got ${cycles}; ${cure}`,
    );
  }
  if (cycles >= 1 && cycles <= endurance.toCycles) return;
  throw new UsageError(
    '--cycles',
    `must be within 1 to ${endurance.toCycles} for ${name}, got ${cycles}; choose fewer`,
  );
}
