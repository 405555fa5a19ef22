import { BadFileError } from '../core/errors.ts';

/**
 * `run.json`: the whole plan of a RUN and all that one must know to make it again or to judge it.
 * It holds no time of day and no path. Fields marked optional may be absent.
 */
export interface RunRecord {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  /** Seed that chip seeds and choices of examples derive from. */
  readonly seed: number;
  readonly task: TaskRecord;
  readonly arms: readonly ArmRecord[];
  /** Seeds of the chips, the same for all arms. */
  readonly chips: readonly number[];
  /** `--at`, seconds. */
  readonly times: readonly number[];
  /** `--noise`. */
  readonly noises: readonly number[];
  /** What is planned: the grid of times and noises, or their cross. */
  readonly conditions: readonly Condition[];
  readonly reads: number;
  readonly readMode: 'frozen' | 'live';
  /** Temperature of the chips, kelvin; absent: each profile's reference. */
  readonly kelvin?: number;
  /** Write cycles that each cell has been through; absent: fresh cells. */
  readonly cycles?: number;
  readonly compensate: 'none' | 'global' | 'layer' | 'column';
  /** `all` and what `--ablate` asked for, one at a time. */
  readonly sources: readonly string[];
  readonly engine: { readonly name: string; readonly version: string; readonly threads: number };
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly arch: string;
    readonly cpu: string;
    readonly features: readonly string[];
  };
  /** The ideal profile must be the identity: its largest deviation and the bound; null = not run. */
  readonly idealCheck: IdealCheck | null;
  /** Remarks on what was and was not simulated, one sentence each. */
  readonly notes: readonly string[];
  /** What of the hardware the simulation held, one phrase each. */
  readonly simulated?: readonly string[];
  /** What it left out, one phrase each. */
  readonly notSimulated?: readonly string[];
  /** How each arm's adapter came about, where known. */
  readonly training?: readonly TrainingRecord[];
  /** A head trained on the frozen model, without an adapter, on the clean digital model. */
  readonly probe?: {
    readonly method: 'head';
    readonly metrics: Readonly<Record<string, number | null>>;
  } | null;
  /** The command that makes this run again. */
  readonly command?: string;
  /** True where the numbers were made up to show the report's form. */
  readonly synthetic?: boolean;
}

/** One setting that all chips are evaluated at. */
export interface Condition {
  readonly seconds: number;
  readonly noise: number;
}

export interface TaskRecord {
  readonly name: string;
  readonly split: string;
  readonly examples: number;
  /** SHA-256 of the examples as the model takes them, with their labels. */
  readonly sha256?: string;
  readonly origin: string;
  readonly licence: string;
  readonly kind: 'classification' | 'regression';
  readonly labels: readonly string[];
  readonly mainMetric: string;
  readonly metrics: readonly string[];
}

/** One adapter of one bundle. */
export interface ArmRecord {
  readonly arm: string;
  readonly bundle: { readonly name: string; readonly sha256: string };
  readonly model: { readonly name: string; readonly sha256: string };
  readonly adapter: AdapterRecord | null;
  readonly profile: ProfileRecord;
  readonly deployment: 'digital' | 'folded';
  readonly layers: readonly LayerRecord[];
}

export interface AdapterRecord {
  readonly method: string;
  readonly sha256: string;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ProfileRecord {
  readonly name: string;
  readonly sha256: string;
  readonly description: string;
  /** Where the numbers were read off. */
  readonly source: string;
  readonly facts: readonly Fact[];
  /** t_c in seconds: the age of the reference read after writing. The figures' time axis is the logarithm of t + t_c. */
  readonly referenceSeconds?: number;
}

/** A named value that the report prints as it is. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** One linear layer on its tiles. */
export interface LayerRecord {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly tiles: number;
  /** Rows and columns of the largest tile. */
  readonly rows: number;
  readonly columns: number;
  /** Share of the arrays' cells that hold a weight, 0..1. */
  readonly utilisation: number;
  /** Target std of the layer (its relative rms weight error) and the std that the adapter learned, over groups. */
  readonly weightError?: {
    readonly target: number;
    readonly learned: { readonly mean: number; readonly min: number; readonly max: number };
  } | null;
}

export interface IdealCheck {
  readonly passed: boolean;
  readonly maxAbsoluteError: number;
  readonly bound: number;
}

export interface TrainingRecord {
  readonly arm: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly examples?: number;
  readonly learningRate?: number;
  /** Main metric of a head on the frozen model, where this arm has one of its own. */
  readonly cleanProbe?: number;
  /** Anything else worth printing. */
  readonly facts?: readonly Fact[];
}

/**
 * Takes the parsed JSON of a `run.json` for a RunRecord after checking what the report relies on.
 * @throws BadFileError naming the first field that is missing or wrong.
 */
export function parseRunRecord(json: unknown, where: string): RunRecord {
  const field = (
    record: unknown,
    path: string,
    must: string,
    holds: (value: unknown) => boolean,
  ): unknown => {
    const value = path
      .split('.')
      .reduce<unknown>(
        (at, key) => (isObject(at) || Array.isArray(at) ? (at as Json)[key] : undefined),
        record,
      );
    if (holds(value)) return value;
    const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
    throw new BadFileError(
      where,
      `"${path}" must be ${must}, got ${got}; evaluate again or restore the file`,
    );
  };
  if (!isObject(json))
    throw new BadFileError(where, 'must be one JSON object; evaluate again or restore the file');
  field(json, 'schemaVersion', '1', (v) => v === 1);
  for (const path of [
    'tool.name',
    'tool.version',
    'task.name',
    'task.split',
    'task.mainMetric',
    'engine.name',
    'machine.cpu',
  ]) {
    field(json, path, 'a text', isText);
  }
  field(json, 'seed', 'a whole number from 0', isCount);
  field(json, 'task.examples', 'a whole number from 1', (v) => isCount(v) && v !== 0);
  field(json, 'task.metrics', 'a list of names', isListOf(isText));
  field(json, 'chips', 'a list of seeds', isListOf(isCount));
  field(json, 'sources', 'a list of names', isListOf(isText));
  field(json, 'reads', 'a whole number from 1', (v) => isCount(v) && v !== 0);
  field(json, 'notes', 'a list of sentences', isListOf(isText));
  field(json, 'conditions', 'a list of {seconds, noise}, both from 0', isListOf(isCondition));
  field(json, 'idealCheck', 'an object or null', (v) => v === null || isObject(v));
  const arms = field(
    json,
    'arms',
    'a list of at least one arm',
    (v) => Array.isArray(v) && v.length > 0,
  ) as unknown[];
  arms.forEach((_, i) => {
    for (const path of ['arm', 'bundle.name', 'model.name', 'profile.name']) {
      field(json, `arms.${i}.${path}`, 'a text', isText);
    }
    field(json, `arms.${i}.adapter`, 'an object or null', (v) => v === null || isObject(v));
    field(json, `arms.${i}.layers`, 'a list of layers', isListOf(isObject));
    field(json, `arms.${i}.profile.facts`, 'a list of {name, value}', isListOf(isObject));
  });
  return json as unknown as RunRecord;
}

type Json = Record<string, unknown>;
const isObject = (v: unknown): v is Json => v !== null && typeof v === 'object' && !Array.isArray(v);
const isText = (v: unknown): boolean => typeof v === 'string';
const isCount = (v: unknown): boolean => Number.isSafeInteger(v) && (v as number) >= 0;
const isFromZero = (v: unknown): boolean => typeof v === 'number' && Number.isFinite(v) && v >= 0;
const isCondition = (v: unknown): boolean => isObject(v) && isFromZero(v.seconds) && isFromZero(v.noise);
const isListOf =
  (holds: (value: unknown) => boolean) =>
  (v: unknown): boolean =>
    Array.isArray(v) && v.every(holds);
