import { basename } from 'node:path';
import { readText } from '../core/files.ts';
import { buildProfile } from './build-profile.ts';
import { type Fault, shown } from './fault.ts';
import type { Finding } from './finding.ts';
import { lineFinder, readPlacedJson } from './json-places.ts';
import type { DeviceProfile } from './profile.ts';
import { checkSchema } from './schema-check.ts';

/** A profile is a page of text. Longer files are refused unread. */
const MAX_CHARACTERS = 1_000_000;

/** All faults of a profile, in the order of its text; the profile itself where none is an error. */
export interface CheckedProfile {
  readonly file: string;
  readonly faults: readonly Fault[];
  readonly profile: DeviceProfile | null;
}

/** Checks a profile's file. @throws UsageError or SurroundingsError if it cannot be read. */
export async function checkProfileFile(file: string): Promise<CheckedProfile> {
  return checkProfileText(await readText(file), file);
}

/** Checks a profile's text: JSON, comments allowed. Never throws for what the text says. */
export async function checkProfileText(source: string, file: string): Promise<CheckedProfile> {
  const text = source.startsWith('\ufeff') ? ` ${source.slice(1)}` : source;
  if (text.length > MAX_CHARACTERS) {
    const message = `must have at most ${MAX_CHARACTERS} characters, got ${text.length}`;
    const cure = 'a profile is a page of text; check the path';
    return {
      file,
      profile: null,
      faults: [{ severity: 'error', file, line: 1, column: 1, pointer: '', message, cure }],
    };
  }
  const json = readPlacedJson(text);
  const placeOf = lineFinder(text);
  const place = (finding: Finding, offset: number): Fault => {
    const { severity, pointer, message, cure } = finding;
    return { severity, file, ...placeOf(offset), pointer, message, cure };
  };
  if (json.findings.some((f) => f.severity === 'error')) {
    return { file, profile: null, faults: json.findings.map((f) => place(f, f.offset)) };
  }
  const { profile, findings } = await checkValue(json.value);
  const all = profile === null ? findings : [...findings, ...nameFindings(profile, file)];
  const placed = all.map((finding) => ({ finding, offset: json.offsetOf(finding) }));
  placed.sort((a, b) => a.offset - b.offset);
  return { file, profile, faults: placed.map(({ finding, offset }) => place(finding, offset)) };
}

/** Checks a profile's JSON value, as a bundle embeds it; its faults have pointers and no lines. */
export async function checkProfileJson(value: unknown, where: string): Promise<CheckedProfile> {
  const { profile, findings } = await checkValue(value);
  const faults = findings.map(
    ({ severity, pointer, message, cure }): Fault => ({
      severity,
      file: where,
      line: null,
      column: null,
      pointer,
      message,
      cure,
    }),
  );
  return { file: where, profile, faults };
}

async function checkValue(value: unknown) {
  const schemaFindings = await checkSchema(value);
  const built = await buildProfile(value, schemaFindings);
  return { profile: built.profile, findings: [...schemaFindings, ...built.findings] };
}

/** A warning where a profile's name is not its file's. */
function nameFindings(profile: DeviceProfile, file: string): Finding[] {
  const base = basename(file, '.json');
  if (!file.endsWith('.json') || profile.name === base) return [];
  const message = `should be the file's name without .json (${shown(base)}), got ${shown(profile.name)}`;
  return [{ severity: 'warning', pointer: '/name', message, cure: 'rename one of them' }];
}
