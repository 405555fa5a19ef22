import { type MappingOptions, sliceCount } from '../compile/cells.ts';
import { sliceInputs } from '../compile/lower.ts';
import { compileProgram, defaultOptions, type ProgramLayer, wholeWeights } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import type { Tensor } from '../graph/graph.ts';
import { checkAge } from '../profile/cell-laws.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { aihwkitConductances, aihwkitWeights, refuseAihwkit } from './aihwkit-cells.ts';
import { presentConductances } from './conductances.ts';
import { matrixGraph } from './matrix-graph.ts';
import { createChipWriter } from './writer.ts';

/** One weight matrix to be written onto tiles. */
export interface WriteTileJob {
  readonly profile: DeviceProfile;
  /** `[rows, columns]`, row-major: rows are inputs, columns are outputs. Any unit. */
  readonly weight: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** The chip: a whole number from 0. */
  readonly seed: number;
  /** Age in seconds since the profile's reference read. Default 0. */
  readonly seconds?: number;
  /** Multiplies the profile's random spreads. Default 1. */
  readonly noiseScale?: number;
  /** The largest tile. Default: the profile's array. */
  readonly tile?: { readonly rows: number; readonly columns: number };
  /** Default: the profile's. */
  readonly mapping?: MappingOptions;
  /** `physical`: every cell keeps its own state. `aihwkit`: the stages of that tool, to compare with it. Default `physical`. */
  readonly semantics?: 'physical' | 'aihwkit';
}

/** A matrix on tiles: targets and cells in microsiemens, by the names of the mapping's cells (`plus`, `minus`). */
export interface WrittenTile {
  readonly layer: ProgramLayer;
  readonly targets: ReadonlyMap<string, Float32Array>;
  /** The cells at the asked age, without a read. */
  readonly cells: ReadonlyMap<string, Float32Array>;
  /**
   * One read: the weights that the cells then act as, `[rows, columns]`, in the unit of `weight`.
   * @param number Which read it is: another number, another draw of read noise. Default 0.
   */
  read(number?: number): Float32Array;
}

/** The layer's name: chips of the command `tile` are drawn from streams of this name. */
export const TILE_LAYER = 'tile';

/**
 * Writes one matrix onto tiles, ages it, and reads it back as weights; without converters. The same seed gives the same bytes
 * on every machine, and the cells of `holdfast tile` with that seed.
 *
 * @throws UsageError for an age that the profile's source does not support, a weight that is not finite or not `[rows,
 *   columns]`, or `aihwkit` semantics of a mapping or a profile that they have no place for.
 */
export function writeTile(job: WriteTileJob): WrittenTile {
  const { profile, weight, rows, columns, seed, seconds = 0, noiseScale: noise = 1 } = job;
  if (rows < 1 || columns < 1 || weight.length !== rows * columns) {
    const got = `${rows} x ${columns} and ${weight.length} weights`;
    throw new UsageError('writeTile', `weight must hold rows x columns numbers, got ${got}; mend the sizes`);
  }
  checkAge(profile, seconds);
  const base = defaultOptions(profile);
  const options = { ...base, tile: job.tile ?? base.tile, mapping: job.mapping ?? base.mapping };
  if (job.semantics === 'aihwkit') refuseAihwkit(profile, options.mapping, 'semantics of writeTile');
  const program = compileProgram(
    matrixGraph(TILE_LAYER, weight, rows, columns),
    [TILE_LAYER],
    profile,
    options,
    null,
  );
  const layer = program.layers[0]!;
  const state = { chip: seed, seconds, noise, read: 0, source: 'all', compensate: 'none' } as const;
  const isPhysical = job.semantics !== 'aihwkit';
  const cells = isPhysical
    ? presentConductances(program, state, () => undefined)
    : aihwkitConductances(program, state);
  const held = layer.cells.map(
    ({ name }) => [name, cells.get(`${TILE_LAYER}.${name}`)!.data as Float32Array] as const,
  );
  return {
    layer,
    targets: new Map(layer.cells.map(({ name, targets }) => [name, targets])),
    cells: new Map(held),
    read: (number = 0) => {
      const now = { ...state, read: number };
      return joined(
        layer,
        isPhysical ? createChipWriter(program).weights(now) : aihwkitWeights(program, now),
      );
    },
  };
}

/** The strips' weights as one matrix. */
function joined(layer: ProgramLayer, feeds: Readonly<Record<string, Tensor>>): Float32Array {
  const whole = new Float32Array(layer.in * layer.out);
  layer.strips.forEach(([from], strip) => {
    const names = sliceInputs(layer.name, strip, sliceCount(layer.cells));
    const slices = names.map((name) => feeds[name]!.data as Float32Array);
    whole.set(wholeWeights(layer, strip, slices), from * layer.out);
  });
  return whole;
}
