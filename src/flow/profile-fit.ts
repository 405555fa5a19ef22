import { basename } from 'node:path';
import { formatDuration } from '../core/duration.ts';
import { BadFileError, UsageError } from '../core/errors.ts';
import { readBytes, sha256, writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import type { Progress } from '../core/progress.ts';
import {
  LEAST_CONDUCTANCE,
  LEAST_SECONDS,
  MOST_CONDUCTANCE,
  MOST_SECONDS,
} from '../profile/build-profile.ts';
import { checkProfileText } from '../profile/check.ts';
import { type DeviceFit, fitDevice } from '../profile/fit/fit.ts';
import { agesText } from '../profile/fit/fit-read-noise.ts';
import {
  type FittedProfileFacts,
  fittedProfile,
  shortEstimate,
  shortNumber,
} from '../profile/fit/fitted-profile.ts';
import { DOUBTFUL } from '../profile/fit/goodness.ts';
import { type LawRecord, lawRecord } from '../profile/fit/law-json.ts';
import { readMeasurements } from '../profile/fit/measurements.ts';
import type { Goodness, Refusal } from '../profile/fit/parameter.ts';
import { type Data, dataOf } from '../profile/fit/series.ts';
import { loadProfile } from '../profile/load.ts';
import { profileError } from '../profile/profile-error.ts';
import { profileNameOf, schemaPathFrom } from './profile-name.ts';

/** t_c where none is given: that of phase-change memory's published profiles. */
export const REFERENCE_SECONDS = 20;

/** What to fit. */
export interface FitOptions {
  /** CSV: target_uS,seconds,measured_uS and, where known, device and temperature_C. */
  readonly data: string;
  readonly out: string;
  readonly gMin?: number | undefined;
  readonly gMax?: number | undefined;
  /** t_c, seconds. */
  readonly referenceTime?: number | undefined;
  readonly form: 'auto' | 'polynomial' | 'table';
  readonly order?: number | undefined;
  readonly confidence: number;
  /** Where the measurements come from, for the profile's provenance. */
  readonly source?: string | undefined;
  /** Profile whose array, mapping and converters are taken over. */
  readonly like?: string | undefined;
  /** Where to write figures: .svg or .html. */
  readonly figures?: string | undefined;
  readonly seed: number;
  readonly force: boolean;
  readonly progress?: Progress | undefined;
}

/** `holdfast profile fit`. */
export interface FitResult {
  readonly profile: string;
  readonly out: string;
  readonly rows: number;
  /** Null where cells are not named. */
  readonly cells: number | null;
  readonly targetsMicrosiemens: readonly number[];
  readonly ages: readonly number[];
  readonly referenceSeconds: number;
  readonly confidence: number;
  readonly parameters: readonly LawRecord[];
  /** What the data cannot support, why, and what to measure. */
  readonly refused: readonly Refusal[];
  readonly goodness: readonly Goodness[];
  readonly censored: number;
  readonly warnings: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Fits a device profile to measured cells and writes it: what the data support, with its intervals in the provenance.
 * @throws BadFileError for faults of the CSV by line, or where not even the writing spread can be fitted; UsageError
 */
export async function fitProfile(options: FitOptions): Promise<FitResult> {
  const { data: file, out, confidence, seed, figures, progress } = options;
  const name = profileNameOf(out);
  const { force } = options;
  await checkOutputFile(out, { force, inputs: { data: file } });
  if (figures !== undefined && !/\.(svg|html)$/u.test(figures)) {
    throw new UsageError('--figures', `must be an .svg or .html file, got "${figures}"; choose one of them`);
  }
  if (figures !== undefined) await checkOutputFile(figures, { force, option: '--figures' });
  refuseReferenceTime(options.referenceTime);
  const like = options.like === undefined ? null : await loadProfile(options.like);
  const data = dataOf(await readMeasurements(file), file);
  const [gMin, gMax] = cellRange(data, options);
  const referenceSeconds = options.referenceTime ?? REFERENCE_SECONDS;
  progress?.stage('fitting');
  const choice = { form: options.form, order: options.order ?? null };
  const fit = fitDevice({ data, gMaxMicrosiemens: gMax, referenceSeconds, seed, ...choice });
  if (!fit.laws.some((law) => law.name === 'writing.std')) throw unsupported(file, fit);
  const parameters = fit.laws.map((law) => lawRecord(law, confidence));
  const facts: FittedProfileFacts = {
    name,
    schema: schemaPathFrom(out),
    source: options.source ?? `Measurements of ${basename(file)} (sha-256 ${sha256(await readBytes(file))})`,
    gMinMicrosiemens: gMin,
    gMaxMicrosiemens: gMax,
    referenceSeconds,
    confidence,
    periphery:
      like === null
        ? { of: null }
        : {
            of: like.name,
            ...(like.source.array === undefined ? {} : { array: like.source.array }),
            ...(like.source.mapping === undefined ? {} : { mapping: like.source.mapping }),
            ...(like.source.converters === undefined ? {} : { converters: like.source.converters }),
          },
  };
  const profile = fittedProfile(data, fit, parameters, facts);
  const text = `${JSON.stringify(profile, null, 2)}\n`;
  const checked = await checkProfileText(text, out);
  if (checked.profile === null) throw profileError(out, checked.faults);
  const warnings = [
    ...warningsOf(data, options, fit),
    ...checked.faults.map(({ pointer, message, cure }) => `${pointer}: ${message}; ${cure}`),
  ];
  await writeFileAtomic(out, text);
  if (figures !== undefined) {
    const { fitView } = await import('./fit-view.ts');
    const { fitHtml, fitSvg } = await import('../report/fit-page.ts');
    const { source, taken } = profile.provenance;
    const view = fitView(fit, { name, source, taken, warnings }, gMax, confidence);
    await writeFileAtomic(figures, await (figures.endsWith('.svg') ? fitSvg(view) : fitHtml(view)));
  }
  const result = {
    profile: name,
    out,
    rows: data.rows,
    cells: data.hasDevices ? data.cells.length : null,
    targetsMicrosiemens: data.targets,
    ages: data.ages,
    referenceSeconds,
    confidence,
    parameters,
    refused: fit.refusals,
    goodness: fit.goodness,
    censored: fit.writing.censored,
    warnings,
  };
  return { ...result, lines: linesOf(result, figures) };
}

/** What a profile requires of t_c: ages count in it. */
function refuseReferenceTime(seconds: number | undefined): void {
  if (seconds === undefined || (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)) return;
  const most = `from ${LEAST_SECONDS} to ${MOST_SECONDS} s`;
  const cure = 'give the time from writing to the reference read';
  throw new UsageError('--reference-time', `must be ${most}, got ${seconds} s; ${cure}`);
}

/** gMin and gMax: as given, or the least and the greatest target. */
function cellRange(data: Data, { gMin, gMax }: FitOptions): readonly [number, number] {
  const [least, most] = [data.targets[0]!, data.targets.at(-1)!];
  const high = gMax ?? most;
  if (!(high >= LEAST_CONDUCTANCE && high <= MOST_CONDUCTANCE)) {
    const range = `from ${LEAST_CONDUCTANCE} to ${MOST_CONDUCTANCE} uS`;
    const got = gMax === undefined ? `${high} uS, the greatest target` : `${high}`;
    throw new UsageError('--g-max', `must be ${range}, got ${got}; give it, or check the unit of target_uS`);
  }
  const low = gMin ?? (data.targets.length > 1 ? least : 0);
  if (most > high) {
    throw new UsageError(
      '--g-max',
      `must be at least the greatest target (${most} uS), got ${high}; raise it`,
    );
  }
  if (low > least || low >= high) {
    throw new UsageError(
      '--g-min',
      `must be at most the least target (${least} uS) and below gMax (${high} uS), got ${low}; lower it`,
    );
  }
  return [low, high];
}

function unsupported(file: string, fit: DeviceFit): BadFileError {
  const { why, measure } = fit.refusals.find(({ parameter }) => parameter === 'writing.std')!;
  return new BadFileError(file, `must support at least the spread of writing, got ${why}; ${measure}`);
}

function warningsOf(data: Data, options: FitOptions, fit: DeviceFit): string[] {
  const hasDrift = fit.laws.some(({ name }) => name === 'drift.exponentMean');
  return [
    ...(hasDrift && options.referenceTime === undefined
      ? [
          `the reference read is taken to be ${REFERENCE_SECONDS} s after writing; give --reference-time if it was not`,
        ]
      : []),
    ...fit.laws
      .filter(({ heldAt }) => heldAt.length > 0)
      .map(
        ({ name, ages, heldAt }) =>
          `${name} rests on reads at ${agesText(ages)} and is held at ${agesText(heldAt)}; read cells twice there too if it changes with age`,
      ),
    ...(data.targets.length === 1 && options.gMin === undefined
      ? ['one target says nothing of the range: gMin is taken to be 0 uS; give --g-min']
      : []),
    ...fit.goodness
      .filter(({ p }) => p < DOUBTFUL)
      .map(({ of, p }) => `${of} do not look like the fitted model (p = ${shortNumber(p)}); see --figures`),
  ];
}

function linesOf(result: Omit<FitResult, 'lines'>, figures: string | undefined): string[] {
  const { parameters, refused, goodness, warnings, out } = result;
  const cells = result.cells === null ? 'unnamed cells' : `${result.cells} cells`;
  const ages =
    result.ages.length > 8 ? `${result.ages.length} ages` : result.ages.map(formatDuration).join(', ');
  const percent = Number((100 * result.confidence).toPrecision(12));
  return [
    `${result.profile}: ${result.rows} reads of ${cells}, ${result.targetsMicrosiemens.length} targets, at ${ages}; ${percent} % intervals in brackets`,
    '',
    ...parameters.flatMap((law) => [
      `${law.parameter}: ${law.family}${law.unit === '1' ? '' : `, ${law.unit}`}`,
      ...law.states.map(
        (state) =>
          `  x = ${shortNumber(state.x).padEnd(7)} ${law.family.includes('ages') ? `${formatDuration(state.seconds).padEnd(5)} ` : ''}${shortEstimate(state)}`,
      ),
      ...(law.note === null ? [] : [`  ${law.note}`]),
    ]),
    ...refused.map(({ parameter, why, measure }) => `${parameter}: not fitted: ${why}; ${measure}`),
    '',
    ...goodness.map(
      ({ of, value, degrees, p }) =>
        `fit of ${of}: chi-square ${shortNumber(value)} of ${degrees} degrees, p = ${shortNumber(p)}`,
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
    `wrote ${out}`,
    ...(figures === undefined ? [] : [`wrote ${figures}`]),
    `next: holdfast profile check ${out}, holdfast profile show ${out}`,
  ];
}
