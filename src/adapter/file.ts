import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import { readBytes, readText, sha256, stableJson, writeFileAtomic } from '../core/files.ts';
import { packageVersion } from '../core/paths.ts';
import { decodeSafetensors } from '../core/safetensors.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import type { Tensor } from '../graph/graph.ts';
import { type Adapter, type AdapterOptions, type Head, METHODS, type MethodName, trainableCounts } from './adapter.ts';

const SCHEMA_VERSION = 1;

/** `adapter.json`: what an adapter is and what it was made for. */
export interface AdapterFile {
  readonly schemaVersion: number;
  readonly method: MethodName;
  readonly options: AdapterOptions;
  readonly head: Head;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly tensorsSha256: string;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly versions: Readonly<Record<string, string>>;
  /** How it was trained: task, loop and loss settings, target source. Free form, for the reader. */
  readonly training?: unknown;
}

/** An adapter as it lies on disk. */
export interface StoredAdapter {
  readonly adapter: Adapter;
  readonly file: AdapterFile;
  /** SHA-256 of `adapter.safetensors`. */
  readonly sha256: string;
}

/** Writes `adapter.json` and `adapter.safetensors` into a folder. */
export async function saveAdapter(
  folder: string,
  adapter: Adapter,
  model: { readonly name: string; readonly sha256: string },
  training?: unknown,
): Promise<StoredAdapter> {
  const bytes = encodeSafetensors(adapter.tensors, { format: 'holdfast-adapter', method: adapter.method });
  const counts = trainableCounts(adapter);
  const file: AdapterFile = {
    schemaVersion: SCHEMA_VERSION,
    method: adapter.method,
    options: adapter.options,
    head: adapter.head,
    model: { name: model.name, sha256: model.sha256 },
    tensorsSha256: sha256(bytes),
    trainableParameters: counts.withoutHead,
    trainableParametersWithHead: counts.withHead,
    versions: { holdfast: packageVersion() },
    ...(training === undefined ? {} : { training }),
  };
  await writeFileAtomic(join(folder, 'adapter.safetensors'), bytes);
  await writeFileAtomic(join(folder, 'adapter.json'), stableJson(file));
  return { adapter, file, sha256: file.tensorsSha256 };
}

/**
 * Reads an adapter's folder.
 *
 * @throws UsageError if the folder holds no adapter, BadFileError if a file is malformed or its hash is wrong.
 */
export async function loadAdapter(folder: string): Promise<StoredAdapter> {
  const jsonPath = join(folder, 'adapter.json');
  if (!existsSync(jsonPath)) {
    throw new UsageError(folder, 'must be an adapter\'s folder (with adapter.json), got none there; pass the --out of "holdfast train"');
  }
  const file = parseAdapterJson(await readText(jsonPath), jsonPath);
  const tensorsPath = join(folder, 'adapter.safetensors');
  const bytes = await readBytes(tensorsPath);
  const hash = sha256(bytes);
  if (hash !== file.tensorsSha256) {
    throw new BadFileError(
      tensorsPath,
      `must have the sha-256 that adapter.json states (${file.tensorsSha256}), got ${hash}; restore the file, or update "tensorsSha256" if you edited it on purpose`,
    );
  }
  const { tensors } = decodeSafetensors(bytes, tensorsPath);
  const adapter: Adapter = {
    method: file.method,
    options: file.options,
    head: file.head,
    tensors: tensors as ReadonlyMap<string, Tensor>,
  };
  checkTensors(adapter, tensorsPath);
  return { adapter, file, sha256: hash };
}

/** @throws BadFileError if the adapter was trained on another model. */
export function checkAdapterModel(stored: StoredAdapter, model: { name: string; sha256: string }, where: string): void {
  if (stored.file.model.sha256 !== model.sha256) {
    throw new BadFileError(
      where,
      `must belong to model "${model.name}" (sha-256 ${model.sha256.slice(0, 12)}), got an adapter of "${stored.file.model.name}" (${stored.file.model.sha256.slice(0, 12)}); pass the model that it was trained on`,
    );
  }
}

function parseAdapterJson(text: string, where: string): AdapterFile {
  let json: Partial<AdapterFile>;
  try {
    json = JSON.parse(text) as Partial<AdapterFile>;
  } catch (error) {
    throw new BadFileError(where, `must be JSON, got ${(error as Error).message}; write it again with "holdfast train"`, error);
  }
  if (json.schemaVersion !== SCHEMA_VERSION) {
    throw new BadFileError(where, `"schemaVersion" must be ${SCHEMA_VERSION}, got ${json.schemaVersion}; train again with this version`);
  }
  if (json.method === undefined || !METHODS.includes(json.method)) {
    throw new BadFileError(where, `"method" must be one of ${METHODS.join(', ')}, got ${JSON.stringify(json.method)}; train again`);
  }
  for (const key of ['options', 'head', 'model', 'tensorsSha256'] as const) {
    if (json[key] === undefined) throw new BadFileError(where, `"${key}" must be there, got nothing; train again`);
  }
  return json as AdapterFile;
}

function checkTensors(adapter: Adapter, where: string): void {
  const { head, options } = adapter;
  const expect = (name: string, shape: readonly number[] | null): Tensor => {
    const tensor = adapter.tensors.get(name);
    const got = tensor === undefined ? 'nothing' : `[${tensor.shape.join(', ')}]`;
    if (tensor === undefined || (shape !== null && got !== `[${shape.join(', ')}]`)) {
      throw new BadFileError(where, `tensor "${name}" must be [${shape?.join(', ') ?? 'in'}], got ${got}; train again`);
    }
    return tensor;
  };
  expect('head.weight', [head.width, head.outputs]);
  expect('head.bias', [head.outputs]);
  for (const layer of adapter.method === 'head' ? [] : options.layers) {
    expect(`${layer}.logGamma`, [options.groups]);
    expect(`${layer}.beta`, [options.groups]);
    if (adapter.method === 'stochgrasp') expect(`${layer}.logStd`, [options.groups]);
    const group = expect(`${layer}.group`, null);
    group.data.forEach((value, index) => {
      if (Number(value) < 0 || Number(value) >= options.groups) {
        throw new BadFileError(where, `tensor "${layer}.group" must hold values in 0..${options.groups - 1}, got ${value} at ${index}; train again`);
      }
    });
  }
}
