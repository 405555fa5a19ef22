import { matrixGraph } from '../chip/matrix-graph.ts';
import { weightColumns } from '../compile/cells.ts';
import { compileProgram, defaultOptions } from '../compile/program.ts';
import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import { areIdeal } from '../device/wires/circuit.ts';
import { MAPPING_KINDS, type MappingKind, mappingFaults, type ProfileMapping } from '../profile/mapping.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { targetSpreads } from './target-spreads.ts';

/** The weight errors of a profile's mappings, for one layer of normal weights. */
export interface MappingErrors {
  /** Rows and columns of the layer. Its weights are standard normal. */
  readonly layer: { readonly rows: number; readonly columns: number };
  readonly seconds: readonly number[];
  readonly mappings: readonly {
    readonly kind: MappingKind;
    /** Whether it is the profile's own. */
    readonly isOwn: boolean;
    /** rms(W' - W) / rms(W) at each age, as `train --profile` takes it for StochGRASP's target. */
    readonly errors: readonly number[];
  }[];
}

const LAYER = 'layer';
const SEED = 0;
/** Rows and columns of the layer; behind wires fewer, as their solves grow with the cube of it. */
const SIZE = 64;
const SIZE_BEHIND_WIRES = 32;

/**
 * What StochGRASP would train toward on this profile at noise scale 1: the relative weight error of a layer of normal
 * weights, at each age, for the profile's mapping and each other kind that its cells, DAC and arrays allow (with the profile's
 * slices and bits).
 *
 * @param seconds Ages that the profile supports.
 */
export function mappingErrors(profile: DeviceProfile, seconds: readonly number[]): MappingErrors {
  const size = profile.wires === null || areIdeal(profile.wires) ? SIZE : SIZE_BEHIND_WIRES;
  const weight = new Float32Array(size * size);
  fillNormals(stream(SEED, 'mapping-errors'), weight);
  const graph = matrixGraph(LAYER, weight, size, size);
  const options = defaultOptions(profile);
  const own = profile.mapping;
  const kinds = [
    own.kind,
    ...MAPPING_KINDS.filter((kind) => kind !== own.kind && fits(profile, { ...own, kind })),
  ];
  const mappings = kinds.map((kind) => {
    const program = compileProgram(graph, [LAYER], profile, { ...options, mapping: { ...own, kind } }, null);
    return {
      kind,
      isOwn: kind === own.kind,
      errors: seconds.map((t) => targetSpreads(program, t, 1)[LAYER]!),
    };
  });
  return { layer: { rows: size, columns: size }, seconds, mappings };
}

/** Whether cells, DAC and arrays allow a mapping. */
function fits({ levels, converters, array }: DeviceProfile, mapping: ProfileMapping): boolean {
  return (
    mappingFaults(mapping, levels, converters.dac).length === 0 && weightColumns(mapping, array.columns) >= 1
  );
}
