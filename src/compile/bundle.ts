import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError, UsageError } from '../core/errors.ts';
import { readBytes, readText, sha256, stableJson, writeFileAtomic } from '../core/files.ts';
import { decodeSafetensors } from '../core/safetensors.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { decodeModel } from '../graph/read.ts';
import { encodeModel } from '../graph/write.ts';
import { parseProfile } from '../profile/load.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { profileAt } from '../profile/temperature.ts';
import { cellRoles, sliceCount } from './cells.ts';
import { type Manifest, type ManifestLayer, parseManifest } from './manifest.ts';
import type { Range } from './partition.ts';
import type { Program, ProgramLayer } from './program.ts';

/** A compiled program as `readBundle` finds it on disk. */
export interface Bundle {
  readonly manifest: Manifest;
  /** SHA-256 of manifest.json, which names the hashes of all other files. */
  readonly sha256: string;
  readonly program: Program;
  /** Biases and adapter constants: for the reader; the graph holds them too. */
  readonly digital: ReadonlyMap<string, Tensor>;
  /** See `validation.ts`; and `model.<input>`, `model.logits`: one batch through the model before compilation. */
  readonly validation: ReadonlyMap<string, Tensor>;
}

/** Writes a bundle's files into an existing empty folder. The manifest's `files` are filled in here. */
export async function writeBundle(
  folder: string,
  program: Program,
  digital: ReadonlyMap<string, Tensor>,
  validation: ReadonlyMap<string, Tensor>,
  manifest: Omit<Manifest, 'files' | 'layers' | 'counts' | 'schemaVersion'>,
): Promise<Manifest> {
  const tiles = new Map<string, Tensor>();
  const constants = new Map<string, Tensor>(digital);
  for (const layer of program.layers) {
    for (const { name, isShared, targets } of layer.cells) {
      tiles.set(
        `${layer.name}.${name}`,
        float32([layer.in, isShared ? layer.columns.length : layer.out], targets),
      );
    }
    const perColumn = [layer.strips.length, layer.out];
    constants.set(`${layer.name}.scale`, float32(perColumn, layer.scale));
    if (layer.zero !== null) constants.set(`${layer.name}.zero`, float32(perColumn, layer.zero));
    if (layer.inputRange !== null)
      constants.set(`${layer.name}.inputRange`, float32([layer.strips.length], layer.inputRange));
    if (layer.adcRange !== null) {
      const slices = sliceCount(layer.cells);
      const shape = slices === 1 ? perColumn : [layer.strips.length, slices, layer.out];
      constants.set(`${layer.name}.adcRange`, float32(shape, layer.adcRange));
    }
  }
  const contents: Record<string, Uint8Array | string> = {
    'program.onnx': encodeModel(program.graph),
    'tiles.safetensors': encodeSafetensors(tiles, { unit: 'microsiemens' }),
    'digital.safetensors': encodeSafetensors(constants, {}),
    'validation.safetensors': encodeSafetensors(validation, {}),
    'profile.json': stableJson(program.profile.source),
  };
  const files: Record<string, string> = {};
  for (const [name, data] of Object.entries(contents)) {
    files[name] = sha256(data);
    await writeFileAtomic(join(folder, name), data);
  }
  const whole: Manifest = {
    schemaVersion: 1,
    ...manifest,
    files,
    layers: program.layers.map((layer) => ({
      name: layer.name,
      in: layer.in,
      out: layer.out,
      mapping: program.options.mapping.kind,
      cells: layer.cells.map(({ name }) => name),
      shares: layer.cells.map(({ share }) => share),
      clippedWeights: layer.clippedWeights,
      tiles: layer.strips.flatMap((rows) => layer.columns.map((columns) => ({ rows, columns }))),
    })),
    counts: counts(program.layers),
  };
  await writeFileAtomic(join(folder, 'manifest.json'), stableJson(whole));
  return whole;
}

/**
 * Reads a bundle and checks the hash of every file.
 *
 * @throws UsageError if the folder is no bundle, BadFileError if a file is missing, changed or malformed.
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) {
    throw new UsageError(
      folder,
      'must be a bundle (a folder with manifest.json), got none there; pass the --out of "holdfast compile"',
    );
  }
  const text = await readText(path);
  const manifest = parseManifest(text, path);
  const read = new Set<string>();
  const content = async (name: string): Promise<Uint8Array> => {
    read.add(name);
    if (!existsSync(join(folder, name))) {
      throw new BadFileError(
        join(folder, name),
        'must be there, as the manifest says, got no such file; compile again or restore the file',
      );
    }
    const bytes = await readBytes(join(folder, name));
    const hash = sha256(bytes);
    if (hash !== manifest.files[name]) {
      throw new BadFileError(
        join(folder, name),
        `must have the sha-256 of the manifest (${manifest.files[name] ?? 'none'}), got ${hash}; compile again or restore the file`,
      );
    }
    return bytes;
  };
  const tensors = async (name: string): Promise<ReadonlyMap<string, Tensor>> =>
    decodeSafetensors(await content(name), join(folder, name)).tensors as ReadonlyMap<string, Tensor>;
  const graph: Graph = decodeModel(await content('program.onnx'), join(folder, 'program.onnx'));
  const tiles = await tensors('tiles.safetensors');
  const digital = await tensors('digital.safetensors');
  const validation = await tensors('validation.safetensors');
  const profilePath = join(folder, 'profile.json');
  const profile: DeviceProfile = await parseProfile(
    new TextDecoder().decode(await content('profile.json')),
    profilePath,
  );
  // What else a manifest names must be there as well, whoever put it there.
  for (const name of Object.keys(manifest.files)) if (!read.has(name)) await content(name);
  const layers = manifest.layers.map((layer): ProgramLayer => {
    const part = (
      from: ReadonlyMap<string, Tensor>,
      name: string,
      size: number,
      file: string,
    ): Float32Array => {
      const data = from.get(name)?.data;
      if (!(data instanceof Float32Array) || data.length !== size) {
        throw new BadFileError(
          join(folder, file),
          `tensor "${name}" must hold ${size} float32 values, got ${data?.length ?? 'nothing'}; compile again`,
        );
      }
      return data;
    };
    const strips = distinct(layer.tiles.map((tile) => tile.rows));
    const columns = distinct(layer.tiles.map((tile) => tile.columns));
    checkTiles(layer, strips, columns, path);
    const scales = strips.length * layer.out;
    const optional = (name: string, length: number) =>
      digital.has(name) ? part(digital, name, length, 'digital.safetensors') : null;
    const cells = cellRoles(manifest.options.mapping).map((role) => {
      const size = layer.in * (role.isShared ? columns.length : layer.out);
      return { ...role, targets: part(tiles, `${layer.name}.${role.name}`, size, 'tiles.safetensors') };
    });
    return {
      name: layer.name,
      in: layer.in,
      out: layer.out,
      strips,
      columns,
      cells,
      scale: part(digital, `${layer.name}.scale`, scales, 'digital.safetensors'),
      zero: optional(`${layer.name}.zero`, scales),
      clippedWeights: layer.clippedWeights,
      inputRange: optional(`${layer.name}.inputRange`, strips.length),
      adcRange: optional(`${layer.name}.adcRange`, scales * sliceCount(cells)),
    };
  });
  return {
    manifest,
    sha256: sha256(text),
    program: { graph, layers, profile, options: manifest.options },
    digital,
    validation,
  };
}

/** The tiles must cover the layer's weights, each once: every strip with every range of columns. */
function checkTiles(
  layer: ManifestLayer,
  strips: readonly Range[],
  columns: readonly Range[],
  where: string,
): void {
  const covers = (ranges: readonly Range[], size: number) =>
    ranges.every(([from, to], i) => from === (ranges[i - 1]?.[1] ?? 0) && to > from) &&
    ranges.at(-1)?.[1] === size;
  const isWhole = covers(strips, layer.in) && covers(columns, layer.out);
  if (!isWhole || layer.tiles.length !== strips.length * columns.length) {
    throw new BadFileError(
      where,
      `the tiles of layer "${layer.name}" must cover its ${layer.in} x ${layer.out} weights, each once, got others; compile again`,
    );
  }
}

function distinct(ranges: readonly (readonly [number, number])[]): Range[] {
  const seen = new Map(ranges.map((range) => [range[0], range]));
  return [...seen.values()].sort((a, b) => a[0] - b[0]);
}

function counts(layers: readonly ProgramLayer[]): Manifest['counts'] {
  const weights = layers.reduce((sum, layer) => sum + layer.in * layer.out, 0);
  const cells = layers.flatMap((layer) => layer.cells.map(({ targets }) => targets.length));
  return {
    layers: layers.length,
    tiles: layers.reduce((sum, layer) => sum + layer.strips.length * layer.columns.length, 0),
    weights,
    cells: cells.reduce((sum, count) => sum + count, 0),
    adcs: layers.reduce((sum, { cells, strips, out }) => sum + sliceCount(cells) * strips.length * out, 0),
  };
}

/**
 * A bundle whose chips are made at another temperature (null: the profile's reference), of cells that have been through some
 * write cycles (null: fresh ones).
 * @throws UsageError for a temperature or cycles that the profile's source does not support
 */
export async function bundleAt(
  bundle: Bundle,
  kelvin: number | null,
  cycles: number | null = null,
): Promise<Bundle> {
  const { program } = bundle;
  const profile = await profileAt(program.profile, kelvin, cycles);
  return { ...bundle, program: { ...program, profile } };
}
