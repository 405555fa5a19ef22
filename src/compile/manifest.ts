import { BadFileError } from '../core/errors.ts';
import { MAPPING_KINDS } from '../profile/mapping.ts';
import type { MappingOptions } from './cells.ts';
import type { CompileOptions } from './program.ts';

/** What a bundle was made from: a name and a SHA-256. */
export interface Source {
  readonly name: string;
  readonly sha256: string;
}

/** How an adapter got into the bundle, with all that a report says of it. */
export interface AdapterSource extends Source {
  readonly method: string;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ManifestLayer {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly mapping: MappingOptions['kind'];
  /** Names of the cells of a weight, and how often and with which sign each counts in it. */
  readonly cells: readonly string[];
  readonly shares: readonly number[];
  readonly clippedWeights: number;
  readonly tiles: readonly {
    readonly rows: readonly [number, number];
    readonly columns: readonly [number, number];
  }[];
}

/** `manifest.json` of a bundle. Keys sorted, no time of day, no path. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly name: string;
  /** SHA-256 of each other file of the bundle, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly sources: {
    readonly model: Source;
    readonly adapters: readonly AdapterSource[];
    readonly profile: Source;
  };
  readonly options: CompileOptions & { readonly deployment: 'digital' | 'folded' };
  readonly layers: readonly ManifestLayer[];
  readonly counts: {
    readonly layers: number;
    readonly tiles: number;
    readonly weights: number;
    readonly cells: number;
    readonly adcs: number;
  };
  /** The program without converters and errors against the model before compilation: largest difference of a logit. */
  readonly idealCheck: { readonly maxAbsoluteError: number; readonly bound: number };
  /** The head's labels in order of the logits; empty for a regression. */
  readonly labels: readonly string[];
  readonly warnings: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The manifest in the text of a `manifest.json`.
 *
 * @throws BadFileError if it is of another version or lacks what a bundle is read by.
 */
export function parseManifest(text: string, where: string): Manifest {
  let json: Manifest;
  try {
    json = JSON.parse(text) as Manifest;
  } catch (error) {
    throw new BadFileError(where, `must be JSON, got ${(error as Error).message}; compile again`, error);
  }
  if (json?.schemaVersion !== 1) {
    throw new BadFileError(
      where,
      `"schemaVersion" must be 1, got ${json?.schemaVersion}; compile again with this version`,
    );
  }
  for (const key of ['files', 'layers', 'options', 'sources', 'labels'] as const) {
    if (json[key] === undefined) {
      throw new BadFileError(where, `"${key}" must be there, got nothing; compile again`);
    }
  }
  if (!Array.isArray(json.layers) || !json.layers.every(isLayer)) {
    throw new BadFileError(
      where,
      '"layers" must hold {name, in, out, tiles}, got another form; compile again',
    );
  }
  const forms: readonly (readonly [key: string, holds: boolean, form: string])[] = [
    ['files', isHashes(json.files), '{name: sha-256}'],
    ['options', isOptions(json.options), '{tile, mapping, dac, adc, deployment}'],
    ['sources', isSources(json.sources), '{model, adapters, profile}'],
    ['labels', isListOf(json.labels, isText), 'names'],
  ];
  for (const [key, holds, form] of forms) {
    if (!holds) {
      throw new BadFileError(where, `"${key}" must hold ${form}, got another form; compile again`);
    }
  }
  return json;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isListOf = (value: unknown, holds: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(holds);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isSource = (value: unknown): boolean => isRecord(value) && isText(value.name) && isText(value.sha256);
const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isSizeOrNull = (value: unknown): boolean => value === null || isSize(value);

/** Names of files are those of the folder itself. */
function isHashes(files: unknown): boolean {
  return (
    isRecord(files) && Object.entries(files).every(([name, hash]) => /^[\w.-]+$/.test(name) && isText(hash))
  );
}

function isSources(sources: unknown): boolean {
  return (
    isRecord(sources) &&
    isSource(sources.model) &&
    isSource(sources.profile) &&
    isListOf(sources.adapters, (adapter) => isSource(adapter) && isText((adapter as AdapterSource).method))
  );
}

function isOptions(options: unknown): boolean {
  if (!isRecord(options)) return false;
  const { tile, mapping, dac, adc, deployment } = options;
  const isConverter = (value: unknown) => isRecord(value) && isSizeOrNull(value.bits);
  return (
    isRecord(tile) &&
    isSize(tile.rows) &&
    isSize(tile.columns) &&
    isRecord(mapping) &&
    MAPPING_KINDS.some((kind) => kind === mapping.kind) &&
    isSize(mapping.slices) &&
    isSizeOrNull(mapping.weightBits) &&
    isSizeOrNull(mapping.inputSliceBits) &&
    isConverter(dac) &&
    isConverter(adc) &&
    (deployment === 'digital' || deployment === 'folded')
  );
}

function isLayer(layer: ManifestLayer | null): boolean {
  const isRange = (range: unknown) =>
    Array.isArray(range) && range.length === 2 && range.every(Number.isInteger);
  return (
    typeof layer?.name === 'string' &&
    Number.isInteger(layer.in) &&
    Number.isInteger(layer.out) &&
    Array.isArray(layer.tiles) &&
    layer.tiles.every(
      (tile: ManifestLayer['tiles'][number] | null) => isRange(tile?.rows) && isRange(tile?.columns),
    )
  );
}
