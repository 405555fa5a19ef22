import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../core/files.ts';
import { packageRoot } from '../core/paths.ts';
import { nearest } from './fault.ts';

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

/** Whether a profile argument is a path rather than a shipped name. */
export function isPath(nameOrPath: string): boolean {
  return /[/\\]|\.jsonc?$/u.test(nameOrPath);
}

/** The file of a shipped profile, or what must hold and what to do. */
export async function shippedPath(
  name: string,
): Promise<{ readonly path: string } | { readonly message: string; readonly cure: string }> {
  const shipped = await listProfiles();
  const found = shipped.find((profile) => profile.name === name);
  if (found !== undefined) return { path: found.path };
  const names = shipped.map((profile) => profile.name);
  const near =
    nearest(name, names) ?? (name.length > 2 ? (names.find((known) => known.includes(name)) ?? null) : null);
  return {
    message: `must be a shipped profile (${names.join(', ')}) or a path to a .json file, got ${JSON.stringify(name)}`,
    cure: near === null ? 'choose one of them or give a path' : `did you mean "${near}"?`,
  };
}
