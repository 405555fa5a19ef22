import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the holdfast package itself: where `package.json` and `device-profiles/` lie. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'device-profiles'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('packageRoot: no folder above this file holds device-profiles/');
    folder = parent;
  }
  return folder;
}

/** holdfast's own version, as in package.json. */
export function packageVersion(): string {
  const json = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return json.version;
}
