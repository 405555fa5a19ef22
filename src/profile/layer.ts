import { type Fault, shown } from './fault.ts';
import { type Finding, pointerKeys, valueAt } from './finding.ts';
import { lineFinder, type PlacedJson, readPlacedJson } from './json-places.ts';

/** One file of a profile: the profile's own, or one that it extends. */
export interface Layer {
  readonly file: string;
  readonly json: PlacedJson;
  /** A finding of this file with its place. */
  readonly place: (finding: Finding, offset?: number) => Fault;
}

/** A profile is a page of text. Longer files are refused unread. */
const MAX_CHARACTERS = 1_000_000;

/** Reads a file's text as a layer, or says why it is none. */
export function readLayer(source: string, file: string): Layer | { readonly faults: readonly Fault[] } {
  const text = source.startsWith('\ufeff') ? ` ${source.slice(1)}` : source;
  if (text.length > MAX_CHARACTERS) {
    const message = `must have at most ${MAX_CHARACTERS} characters, got ${text.length}`;
    const cure = 'a profile is a page of text; check the path';
    return { faults: [{ severity: 'error', file, line: 1, column: 1, pointer: '', message, cure }] };
  }
  const json = readPlacedJson(text);
  const placeOf = lineFinder(text);
  const place = (finding: Finding, offset = json.offsetOf(finding)): Fault => {
    const { severity, pointer, message, cure } = finding;
    return { severity, file, ...placeOf(offset), pointer, message, cure };
  };
  if (json.findings.some((finding) => finding.severity === 'error')) {
    return { faults: json.findings.map((finding) => place(finding, finding.offset)) };
  }
  return { file, json, place };
}

/**
 * The places of findings about a profile that several files make, in the order of files and texts: each stands in the
 * first file, from the profile's own down to the last base, that has its value, or of those that have most of its path.
 */
export function placeFindings(layers: readonly Layer[], findings: readonly Finding[]): readonly Fault[] {
  const placed = findings.map((finding) => {
    const depths = layers.map(({ json }) => depthOf(json.value, finding.pointer));
    const index = depths.indexOf(Math.max(...depths));
    return { finding, index, offset: layers[index]!.json.offsetOf(finding) };
  });
  placed.sort((a, b) => a.index - b.index || a.offset - b.offset);
  return placed.map(({ finding, index, offset }) => layers[index]!.place(finding, offset));
}

/** How many keys of a pointer a value has; a null in an extending file stands for nothing. */
function depthOf(root: unknown, pointer: string): number {
  const keys = pointerKeys(pointer);
  for (let depth = keys.length; depth > 0; depth--) {
    const at = keys
      .slice(0, depth)
      .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
    if (valueAt(root, at) !== undefined) return depth;
  }
  return 0;
}

/** The version of the schema that this release reads. */
export const SCHEMA_VERSION = 1;

/**
 * What is wrong with the version that a file names, null if nothing is. A file of a later version may mean anything by
 * any field, so nothing else of it is judged.
 */
export function versionFinding(value: unknown): Finding | null {
  const version = valueAt(value, '/schemaVersion');
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= SCHEMA_VERSION) return null;
  const message = `must be at most ${SCHEMA_VERSION}, the version that this holdfast reads, got ${shown(version)}`;
  const cure = 'update holdfast, or write the profile by the schema of this version';
  return { severity: 'error', pointer: '/schemaVersion', message, cure };
}
