import { checkProfileFile, checkProfileJson, checkProfileText } from './check.ts';
import type { DeviceProfile } from './profile.ts';
import { ProfileError, profileError } from './profile-error.ts';
import { isPath, shippedPath } from './shipped.ts';

export { listProfiles, type ShippedProfile } from './shipped.ts';

/** The file of a profile argument: a shipped name, or a path to a .json. @throws ProfileError for an unknown name. */
export async function profilePath(nameOrPath: string): Promise<string> {
  if (isPath(nameOrPath)) return nameOrPath;
  const found = await shippedPath(nameOrPath);
  if ('path' in found) return found.path;
  throw new ProfileError('profile', `${found.message}; ${found.cure}`);
}

/**
 * Loads a device profile.
 * @param nameOrPath A shipped name (`pcm-nandakumar-2019`) or a path to a .json file.
 * @throws ProfileError naming every fault, UsageError if the file does not exist, SurroundingsError if it cannot be read.
 */
export async function loadProfile(nameOrPath: string): Promise<DeviceProfile> {
  const { file, profile, faults } = await checkProfileFile(await profilePath(nameOrPath));
  if (profile === null) throw profileError(file, faults);
  return profile;
}

/**
 * Reads a device profile from its text or its JSON value (`DeviceProfile.source`, as a bundle embeds it).
 * @param where What the message calls it.
 * @throws ProfileError naming every fault.
 */
export async function parseProfile(json: unknown, where: string): Promise<DeviceProfile> {
  const checked = typeof json === 'string' ? checkProfileText(json, where) : checkProfileJson(json, where);
  const { profile, faults } = await checked;
  if (profile === null) throw profileError(where, faults);
  return profile;
}
