import { basename } from 'node:path';
import { readBytes } from '../core/files.ts';
import { basePlace, type Lineage } from './base.ts';
import { buildProfile } from './build-profile.ts';
import { extend } from './extend.ts';
import { extendFindings } from './extend-findings.ts';
import { type Fault, shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import { type Layer, placeFindings, readLayer, versionFinding } from './layer.ts';
import type { DeviceProfile } from './profile.ts';
import { checkSchema, nullableFields } from './schema-check.ts';

/** All faults of a profile, in the order of its text, then of those that it extends; the profile itself where none is an error. */
export interface CheckedProfile {
  readonly file: string;
  readonly faults: readonly Fault[];
  readonly profile: DeviceProfile | null;
}

/** A checked profile with the files that make it, its own first. */
export interface CheckedLayers extends CheckedProfile {
  readonly layers: readonly Layer[];
}

/** Checks a profile's file. @throws UsageError or SurroundingsError if it cannot be read. */
export async function checkProfileFile(file: string): Promise<CheckedProfile> {
  return checkRead(file, []);
}

/**
 * Checks a profile's text: JSON, comments allowed. Never throws for what the text says. Without a file of its own it can
 * extend shipped profiles only.
 */
export async function checkProfileText(source: string, file: string): Promise<CheckedProfile> {
  return checkText(source, file, { file: null, above: [] });
}

/**
 * Checks a profile's JSON value, as a bundle embeds it: whole, extending none. Its faults have pointers and no lines.
 * @param kelvin The temperature of its laws. Default: its reference, and faults at the ends of its range are told too.
 * @param cycles The write cycles that its cells have been through. Default: they are fresh.
 */
export async function checkProfileJson(
  value: unknown,
  where: string,
  kelvin?: number,
  cycles?: number,
): Promise<CheckedProfile> {
  const findings: Finding[] = [];
  let profile: DeviceProfile | null = null;
  if (valueAt(value, '/extends') !== undefined) {
    const message = `must be absent in a profile that is embedded whole, got ${shown(valueAt(value, '/extends'))}`;
    findings.push({
      severity: 'error',
      pointer: '/extends',
      atKey: true,
      message,
      cure: 'load it from its file',
    });
  } else {
    const built = await checkValue(value, [], kelvin, cycles);
    findings.push(...built.findings);
    profile = built.profile;
  }
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

/** Checks a file of a profile, which those above extend. */
async function checkRead(file: string, above: Lineage['above']): Promise<CheckedLayers> {
  const bytes = await readBytes(file);
  try {
    return await checkText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file, { file, above });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    const message = 'must be UTF-8 text, got other bytes';
    const fault = { severity: 'error', file, line: 1, column: 1, pointer: '', message } as const;
    return { file, profile: null, faults: [{ ...fault, cure: 'save it as UTF-8' }], layers: [] };
  }
}

/** Checks the text of a profile, or of one that is extended, with all that it extends in turn. */
export async function checkText(source: string, file: string, lineage: Lineage): Promise<CheckedLayers> {
  const layer = readLayer(source, file);
  if ('faults' in layer) return { file, profile: null, faults: layer.faults, layers: [] };
  const own = layer.json.value;
  const version = versionFinding(own);
  if (version !== null) return refused(layer, [version]);
  if (valueAt(own, '/extends') !== undefined) return checkExtending(layer, lineage);
  const { profile, findings } = await checkValue(own, []);
  const faults = placeFindings([layer], [...findings, ...nameFindings(profile, file)]);
  return { file, profile, faults, layers: [layer] };
}

/** Checks what a profile extends, then the profile with that beneath it. */
async function checkExtending(layer: Layer, lineage: Lineage): Promise<CheckedLayers> {
  const { file } = layer;
  const own = layer.json.value as Readonly<Record<string, unknown>>;
  const place = await basePlace(layer, lineage);
  if ('faults' in place) return { file, profile: null, faults: place.faults, layers: [layer] };
  const { path, above } = place;
  const base: CheckedLayers = await checkRead(path, above);
  const parent = base.profile;
  if (parent === null) return { file, profile: null, faults: base.faults, layers: [layer] };
  const extended = extend({ ...parent.source }, own, await nullableFields());
  if (extended.findings.length > 0) return refused(layer, extended.findings);
  const bases = [
    { name: parent.name, sha256: parent.sha256, overrides: extended.overrides },
    ...parent.bases,
  ];
  const { profile, findings } = await checkValue(extended.value, bases);
  const odd =
    profile === null
      ? []
      : [...nameFindings(profile, file), ...extendFindings(own, extended.value, extended.overrides)];
  const layers = [layer, ...base.layers];
  // What is odd in a base alone is its own author's business.
  const faults = placeFindings(layers, [...findings, ...odd]).filter(
    (fault) => fault.severity === 'error' || fault.file === file,
  );
  return { file, profile, faults, layers };
}

function refused(layer: Layer, findings: readonly Finding[]): CheckedLayers {
  return { file: layer.file, profile: null, faults: findings.map((f) => layer.place(f)), layers: [layer] };
}

async function checkValue(value: unknown, bases: DeviceProfile['bases'], kelvin?: number, cycles?: number) {
  const version = versionFinding(value);
  if (version !== null) return { profile: null, findings: [version] };
  const schemaFindings = await checkSchema(value);
  const built = await buildProfile(value, schemaFindings, kelvin, cycles);
  const profile = built.profile === null ? null : { ...built.profile, bases };
  const elsewhere = kelvin === undefined && profile !== null ? await atOtherTemperatures(value, profile) : [];
  const isSound = elsewhere.every(({ severity }) => severity !== 'error');
  return {
    profile: isSound ? profile : null,
    findings: [...schemaFindings, ...built.findings, ...elsewhere],
  };
}

/** Intervals of the range of temperature at whose ends formulas of T are tried. */
const TEMPERATURE_STEPS = 8;

/** Errors of a profile's laws within its range of temperature, each place once; without formulas of T at its ends. */
async function atOtherTemperatures(value: unknown, { temperature }: DeviceProfile): Promise<Finding[]> {
  if (temperature === null) return [];
  const { fromKelvin: from, toKelvin: to } = temperature;
  const found = new Map<string, Finding>();
  const namesT = /"expression":"[^"]*\bT\b/u.test(JSON.stringify(value));
  const between = Array.from(
    { length: namesT ? TEMPERATURE_STEPS - 1 : 0 },
    (_, i) => from + ((to - from) * (i + 1)) / TEMPERATURE_STEPS,
  );
  for (const kelvin of [from, to, ...between]) {
    const { findings } = await buildProfile(value, [], kelvin);
    for (const finding of findings) {
      if (finding.severity !== 'error' || found.has(finding.pointer)) continue;
      found.set(finding.pointer, { ...finding, message: `${finding.message}, at T = ${kelvin} K` });
    }
  }
  return [...found.values()];
}

/** A warning where a profile's name is not its file's. */
function nameFindings(profile: DeviceProfile | null, file: string): Finding[] {
  const base = basename(file, '.json');
  if (profile === null || !file.endsWith('.json') || profile.name === base) return [];
  const message = `should be the file's name without .json (${shown(base)}), got ${shown(profile.name)}`;
  return [{ severity: 'warning', pointer: '/name', message, cure: 'rename one of them' }];
}
