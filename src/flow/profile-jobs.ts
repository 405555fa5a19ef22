import { formatDuration } from '../core/duration.ts';
import { UsageError } from '../core/errors.ts';
import { writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import { checkProfileFile } from '../profile/check.ts';
import { type ProfileFacts, profileFacts, type StateRow } from '../profile/facts.ts';
import { type Fault, faultLine, faultPlace } from '../profile/fault.ts';
import { listProfiles, loadProfile } from '../profile/load.ts';

import type { MappingErrors } from './mapping-errors.ts';

export { type NewProfileOptions, type NewProfileResult, newProfile } from './profile-new.ts';
export { type SimulateOptions, type SimulateResult, simulate } from './profile-simulate.ts';

/** `holdfast profile list`. */
export interface ListResult {
  readonly profiles: readonly { readonly name: string; readonly description: string }[];
  readonly lines: readonly string[];
}

/** The shipped profiles. */
export async function list(): Promise<ListResult> {
  const profiles = (await listProfiles()).map(({ name, description }) => ({ name, description }));
  const width = Math.max(...profiles.map(({ name }) => name.length));
  return {
    profiles,
    lines: profiles.map(({ name, description }) => `${name.padEnd(width)}  ${description}`),
  };
}

/** `holdfast profile show`. */
export interface ShowResult extends ProfileFacts {
  /** What StochGRASP would train toward, by mapping and age. */
  readonly weightErrors: MappingErrors;
  /** The file of figures, where one was asked for. */
  readonly out?: string;
  readonly lines: readonly string[];
}

/**
 * A profile's facts, its laws by state, and the weight errors of its mappings.
 * @param out Where to write figures: an .html page, or one .svg file.
 * @throws ProfileError; UsageError for another kind of file, or for one that exists, unless `force`.
 */
export async function show(nameOrPath: string, out?: string, force = false): Promise<ShowResult> {
  if (out !== undefined && !/\.(svg|html)$/u.test(out)) {
    throw new UsageError('--out', `must be an .svg or .html file, got "${out}"; choose one of them`);
  }
  if (out !== undefined) await checkOutputFile(out, { force });
  const profile = await loadProfile(nameOrPath);
  const facts = profileFacts(profile);
  const { mappingErrors } = await import('./mapping-errors.ts');
  const weightErrors = mappingErrors(profile, facts.readSeconds);
  const lines = [...showLines(facts), '', ...weightErrorLines(weightErrors)];
  if (out === undefined) return { ...facts, weightErrors, lines };
  const { profileView } = await import('./profile-view.ts');
  const { profileHtml, profileSvg } = await import('../report/profile-page.ts');
  const make = out.endsWith('.svg') ? profileSvg : profileHtml;
  await writeFileAtomic(out, await make(profileView(profile, weightErrors)));
  return { ...facts, weightErrors, out, lines: [...lines, '', `wrote ${out}`] };
}

/** `holdfast profile check`. */
export interface CheckResult {
  /** Whether no file has an error; warnings are let pass. */
  readonly accepted: boolean;
  readonly files: readonly {
    readonly file: string;
    readonly accepted: boolean;
    readonly faults: readonly Fault[];
  }[];
  readonly lines: readonly string[];
}

/** Checks profile files and names every fault. @throws UsageError if a file does not exist. */
export async function check(files: readonly string[]): Promise<CheckResult> {
  const results = await Promise.all(
    files.map(async (file) => {
      const { faults, profile } = await checkProfileFile(file);
      return { file, accepted: profile !== null, faults };
    }),
  );
  const lines = results.flatMap(({ file, accepted, faults }) => [
    ...faults.map(
      (fault) => `${faultPlace(fault)}: ${fault.severity}: ${faultLine({ ...fault, line: null })}`,
    ),
    `${file}: ${accepted ? 'a valid device profile' : 'rejected'}${counted(faults)}`,
  ]);
  return { accepted: results.every(({ accepted }) => accepted), files: results, lines };
}

function counted(faults: readonly Fault[]): string {
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const warnings = faults.length - errors;
  const parts = [
    ...(errors > 0 ? [`${errors} error${errors === 1 ? '' : 's'}`] : []),
    ...(warnings > 0 ? [`${warnings} warning${warnings === 1 ? '' : 's'}`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function showLines({ name, description, facts, firstSeconds, readSeconds, states }: ProfileFacts): string[] {
  const width = Math.max(...facts.map((fact) => fact.name.length));
  const ages = readSeconds.map(formatDuration);
  const relaxes = states.some((row) => row.relaxedStdsMicrosiemens !== null);
  const head = [
    'x',
    'g uS',
    ...(relaxes ? ages.map((t) => `write std uS ${t}`) : ['write std uS']),
    'drift nu',
    ...ages.map((t) => `g(${t})/g${firstSeconds === 0 ? '' : `(${formatDuration(firstSeconds)})`}`),
    ...ages.map((t) => `read std ${t}`),
  ];
  const rows = states.map((row) => stateCells(row));
  return [
    `${name}: ${description}`,
    '',
    ...facts.map((fact) => `${fact.name.padEnd(width)}  ${fact.value}`),
    '',
    ...flushRight([head, ...rows]),
  ];
}

/** Rows of cells as lines, each column flush right. */
function flushRight(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  '));
}

/** Shares below a millionth are what float32 rounds. */
function weightErrorLines({ layer, seconds, mappings }: MappingErrors): string[] {
  const percent = (error: number) =>
    error < 1e-6 ? '<0.0001 %' : `${Number((100 * error).toPrecision(3))} %`;
  const names = mappings.map(({ kind, isOwn }) => `${kind}${isOwn ? ", the profile's" : ''}`);
  const width = Math.max('mapping'.length, ...names.map(({ length }) => length));
  const rows = flushRight([
    seconds.map(formatDuration),
    ...mappings.map(({ errors }) => errors.map(percent)),
  ]);
  return [
    `relative weight error that StochGRASP would train toward (${layer.rows}x${layer.columns} normal weights, noise 1, one gain a chip):`,
    ...['mapping', ...names].map((name, i) => `${name.padEnd(width)}  ${rows[i]}`),
  ];
}

function stateCells(row: StateRow): string[] {
  const number = (value: number | null) => (value === null ? '-' : String(Number(value.toPrecision(4))));
  const nu =
    row.driftExponentMean === null
      ? '-'
      : `${number(row.driftExponentMean)} +- ${number(row.driftExponentStd)}`;
  return [
    number(row.x),
    number(row.gMicrosiemens),
    ...(row.relaxedStdsMicrosiemens ?? [row.writeStdMicrosiemens]).map(number),
    nu,
    ...row.driftFactors.map(number),
    ...(row.readStds === null ? row.driftFactors.map(() => '-') : row.readStds.map(number)),
  ];
}
