import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import { readBytes, readText, sha256, stableJson, writeFileAtomic } from '../core/files.ts';
import { packageVersion } from '../core/paths.ts';
import { decodeSafetensors } from '../core/safetensors.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import { type Adapter, trainableCounts } from './adapter.ts';
import { type AdapterFile, type ModelMark, parseAdapterJson, SCHEMA_VERSION } from './adapter-json.ts';
import { checkTensors } from './check-tensors.ts';

export type { AdapterFile } from './adapter-json.ts';

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
  { name, sha256: hash, family }: ModelMark,
  training?: unknown,
): Promise<StoredAdapter> {
  const bytes = encodeSafetensors(adapter.tensors, { format: 'holdfast-adapter', method: adapter.method });
  const counts = trainableCounts(adapter);
  const file: AdapterFile = {
    schemaVersion: SCHEMA_VERSION,
    method: adapter.method,
    options: adapter.options,
    head: adapter.head,
    model: { name, sha256: hash, ...(family === undefined ? {} : { family }) },
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
    throw new UsageError(
      folder,
      'must be an adapter\'s folder (with adapter.json), got none there; pass the --out of "holdfast train"',
    );
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
  const tensors = checkTensors(decodeSafetensors(bytes, tensorsPath).tensors, file, tensorsPath);
  const { method, options, head } = file;
  return { adapter: { method, options, head, tensors }, file, sha256: hash };
}

/** @throws BadFileError if the adapter was trained on another model. */
export function checkAdapterModel(
  stored: StoredAdapter,
  model: { name: string; sha256: string },
  where: string,
): void {
  if (stored.file.model.sha256 !== model.sha256) {
    throw new BadFileError(
      where,
      `must belong to model "${model.name}" (sha-256 ${model.sha256.slice(0, 12)}), got an adapter of "${stored.file.model.name}" (${stored.file.model.sha256.slice(0, 12)}); pass the model that it was trained on`,
    );
  }
}
