import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../core/files.ts';
import { packageRoot } from '../core/paths.ts';
import { checkProfileFile, checkProfileJson, checkProfileText } from './check.ts';
import { nearest } from './fault.ts';
import type { DeviceProfile } from './profile.ts';
import { ProfileError, profileError } from './profile-error.ts';

/** A profile that comes with holdfast. */
export interface ShippedProfile {
  readonly name: string;
  readonly description: string;
  /** The file's path on this machine. */
  readonly path: string;
}

/** The profiles that come with holdfast, by name. */
export async function listProfiles(): Promise<readonly ShippedProfile[]> {
  const folder = join(packageRoot(), 'device-profiles');
  const files = (await readdir(folder))
    .filter((file) => file.endsWith('.json') && file !== 'schema.json')
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      const { name, description } = JSON.parse(await readText(path)) as { name: string; description: string };
      return { name, description, path };
    }),
  );
}

/** The file of a profile argument: a shipped name, or a path to a .json. @throws ProfileError for an unknown name. */
export async function profilePath(nameOrPath: string): Promise<string> {
  if (/[/\\]|\.jsonc?$/u.test(nameOrPath)) return nameOrPath;
  const shipped = await listProfiles();
  const found = shipped.find(({ name }) => name === nameOrPath);
  if (found !== undefined) return found.path;
  const names = shipped.map(({ name }) => name);
  const near =
    nearest(nameOrPath, names) ??
    (nameOrPath.length > 2 ? names.find((name) => name.includes(nameOrPath)) : undefined);
  const cure =
    near === undefined || near === null ? 'choose one of them or give a path' : `did you mean "${near}"?`;
  const what = `must be a shipped profile (${names.join(', ')}) or a path to a .json file, got "${nameOrPath}"; ${cure}`;
  throw new ProfileError('profile', what);
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
