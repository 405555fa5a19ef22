import { basename, dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';

/** The name of a profile's new file. @throws UsageError if it is no profile's name */
export function profileNameOf(file: string): string {
  const name = basename(file, '.json');
  if (!file.endsWith('.json') || !/^[a-z0-9]+(-[a-z0-9]+)*$/u.test(name) || name.length > 64) {
    const message = `must be named by words of a-z and 0-9 joined by "-" and end in .json, got "${basename(file)}"`;
    throw new UsageError(file, `${message}; choose a name like rram-smith-2026.json`);
  }
  return name;
}

/** The path from a profile to the schema that ships with holdfast, with forward slashes, for editors. */
export function schemaPathFrom(file: string): string {
  return slashed(relative(dirname(resolve(file)), join(packageRoot(), 'device-profiles', 'schema.json')));
}

/** A relative path with forward slashes, which starts with a dot. */
export function slashed(path: string): string {
  const forward = path.replaceAll('\\', '/');
  return forward.startsWith('.') ? forward : `./${forward}`;
}
