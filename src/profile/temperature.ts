import { UsageError } from '../core/errors.ts';
import { checkProfileJson } from './check.ts';
import type { DeviceProfile } from './profile.ts';
import { profileError } from './profile-error.ts';

/**
 * The profile at another temperature than its reference: formulas take this T, drift and relaxation run by the accelerated
 * time. Everything that is made of the profile, cells and chips, is then at this temperature.
 *
 * @param kelvin Null: the profile as it is.
 * @throws UsageError for a temperature that the profile's source does not support; ProfileError if a law fails there
 */
export async function profileAt(profile: DeviceProfile, kelvin: number | null): Promise<DeviceProfile> {
  if (kelvin === null) return profile;
  const { name, temperature, source, bases } = profile;
  if (temperature === null) {
    const cure = 'leave it out, or give the profile a "temperature" if your data support one';
    throw new UsageError(
      '--temperature',
      `must be absent for ${name}, which does not model it, got ${kelvin} K; ${cure}`,
    );
  }
  const { fromKelvin, toKelvin } = temperature;
  if (!(kelvin >= fromKelvin && kelvin <= toKelvin)) {
    const cure = 'choose one within';
    throw new UsageError(
      '--temperature',
      `must be within ${fromKelvin} to ${toKelvin} K for ${name}, got ${kelvin} K; ${cure}`,
    );
  }
  const at = await checkProfileJson(source, `${name} at ${kelvin} K`, kelvin);
  if (at.profile === null) throw profileError(at.file, at.faults);
  return { ...at.profile, bases };
}
