import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { packageRoot } from '../../src/core/paths.ts';

/**
 * Compares a text with a committed file. With HOLDFAST_UPDATE_GOLDEN=1 the file is written instead: run the test so
 * after a change that is meant, and read the difference before committing it.
 */
export function golden(t: ExecutionContext, file: string, text: string): void {
  const path = join(packageRoot(), file);
  if (process.env.HOLDFAST_UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  t.true(existsSync(path), `${file} must be there; make it with HOLDFAST_UPDATE_GOLDEN=1`);
  if (existsSync(path)) t.is(text, readFileSync(path, 'utf8'), `${file} must equal what the code makes`);
}
