import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isObject } from './extend.ts';
import { type Fault, shown } from './fault.ts';
import type { Finding } from './finding.ts';
import type { Layer } from './layer.ts';
import { isPath, shippedPath } from './shipped.ts';

/** Where a profile's text comes from, to find what it extends and to see when it extends itself. */
export interface Lineage {
  /** Its file; null for a text without one. */
  readonly file: string | null;
  /** The files that extend it, the outermost first. */
  readonly above: readonly string[];
}

/** The file of a base, and those that extend it. */
export interface BasePlace {
  readonly path: string;
  readonly above: readonly string[];
}

/** As many files may extend one another. */
const MOST_BASES = 8;

/** Where the base of an extending profile is, or what is wrong with how it is named. */
export async function basePlace(
  layer: Layer,
  lineage: Lineage,
): Promise<BasePlace | { readonly faults: readonly Fault[] }> {
  const own = layer.json.value;
  if (!isObject(own)) return { faults: [] };
  const fault = (pointer: string, message: string, cure: string) => ({
    faults: [layer.place({ severity: 'error', pointer, message, cure } satisfies Finding)],
  });
  for (const [name, cure] of [
    ['schemaVersion', 'each file is read by its own version; add it, like "schemaVersion": 1'],
    ['name', 'add it, like "name": "pcm-smith-2026"'],
  ] as const) {
    if (own[name] === undefined || own[name] === null)
      return fault('', `must have the field "${name}" of its own, got none`, cure);
  }
  const source = own.extends;
  if (typeof source !== 'string' || source === '')
    return fault(
      '/extends',
      `must be the name or the path of one profile, got ${shown(source)}`,
      'name the one that it changes',
    );
  const found = await pathOf(source, lineage.file);
  if ('message' in found) return fault('/extends', found.message, found.cure);
  const above = [...lineage.above, ...(lineage.file === null ? [] : [resolve(lineage.file)])];
  if (above.includes(resolve(found.path))) {
    const message = `must not lead back to a file that extends this one, got ${shown(source)}`;
    return fault('/extends', message, 'extend another profile');
  }
  if (above.length >= MOST_BASES)
    return fault(
      '/extends',
      `must be at most ${MOST_BASES} files deep, got more`,
      'write one of them out in full',
    );
  return { path: found.path, above };
}

async function pathOf(
  source: string,
  file: string | null,
): Promise<{ readonly path: string } | { readonly message: string; readonly cure: string }> {
  if (!isPath(source)) return shippedPath(source);
  if (file === null) {
    const message = `must be a shipped profile's name in a profile without a file, got ${shown(source)}`;
    return { message, cure: 'save it beside the one that it extends' };
  }
  const path = isAbsolute(source) ? source : join(dirname(file), source);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) return { path };
  const got = found === undefined ? shown(source) : `the folder ${shown(source)}`;
  return { message: `must be an existing file beside this one, got ${got}`, cure: 'check the path' };
}
