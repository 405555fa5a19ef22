import type { MappingOptions } from '../compile/cells.ts';
import { type Program, type ProgramLayer, sliceWeights, stripFeeds } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import { type AihwkitCells, aihwkitCells } from '../device/aihwkit-semantics.ts';
import { cellStreams } from '../device/cell-streams.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import { cellLaws } from '../profile/cell-laws.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { type ChipState, readEvent } from './writer.ts';

/**
 * Refuses aihwkit's stages of what they have no place for: that tool (1.1) ages pairs of which one cell alone stands, and
 * knows nothing of stuck cells, variation, telegraph noise, wires and laws of current by voltage.
 *
 * @param where What the message begins with: the option or the argument that chose them.
 * @throws UsageError for a mapping other than one-sided pairs in one slice, or a section of the profile that would be left out
 */
export function refuseAihwkit(profile: DeviceProfile, mapping: MappingOptions, where: string): void {
  const { name, writing, clamp } = profile;
  const sections = ['wires', 'conduction', 'faults', 'variation', 'telegraph'] as const;
  for (const section of sections) {
    if (profile[section] === null) continue;
    const message = `must be physical where the profile has ${section}, got aihwkit with the ${section} of ${name}`;
    throw new UsageError(where, `${message}; leave "${section}" out of it`);
  }
  if (writing?.std.dependsOnAge === true || writing?.meanShift?.dependsOnAge === true) {
    const message = `must be physical where writing errors depend on the age, got aihwkit with those of ${name}`;
    throw new UsageError(where, `${message}; choose physical`);
  }
  if (clamp === 'range') {
    const message = `must be physical where reads stay within the cell's range, got aihwkit with the clamp of ${name}`;
    throw new UsageError(where, `${message}; leave "clamp" out of it`);
  }
  if (mapping.kind !== 'pair-one-sided' || mapping.slices !== 1) {
    const slices = mapping.slices === 1 ? '' : ` in ${mapping.slices} slices`;
    const message = `must be physical for any mapping but pair-one-sided in one slice, got aihwkit with ${mapping.kind}${slices}`;
    throw new UsageError(where, `${message}; choose that`);
  }
}

type AihwkitState = Pick<ChipState, 'chip' | 'seconds' | 'noise' | 'read'>;

/**
 * The conductances of one chip at one time by the stages of aihwkit, without a read: `<layer>.<cell>` `[in, out]`, in
 * microsiemens of the targets' scale. Of physical cells it is `presentConductances` that has them.
 *
 * @param program Of a mapping and a profile that `refuseAihwkit` lets pass.
 */
export function aihwkitConductances(program: Program, state: AihwkitState): Map<string, Tensor> {
  return new Map(
    program.layers.flatMap((layer) => {
      const { plus, minus } = layerCells(program, layer, state, null);
      return Object.entries({ plus, minus }).map(([kind, cells]): [string, Tensor] => [
        `${layer.name}.${kind}`,
        float32([layer.in, layer.out], cells),
      ]);
    }),
  );
}

/** The strips' weights of one read of the same cells, as graph inputs: of physical cells a `ChipWriter`'s. */
export function aihwkitWeights(program: Program, state: AihwkitState): Record<string, Tensor> {
  return Object.assign(
    {},
    ...program.layers.map((layer) => {
      const read = layerCells(program, layer, state, readEvent(state));
      const cells = layer.cells.map((cell) => ({
        ...cell,
        targets: cell.name === 'plus' ? read.plus : read.minus,
      }));
      return stripFeeds(layer, (strip) => sliceWeights({ ...layer, cells }, strip));
    }),
  );
}

/** A layer's cells, tile by tile: each tile's largest weight is what its cells are scaled anew by. */
function layerCells(
  { profile }: Program,
  layer: ProgramLayer,
  state: AihwkitState,
  event: number | null,
): AihwkitCells {
  const { name, strips, columns: ranges, out, cells, in: rows } = layer;
  const [targetPlus, targetMinus] = ['plus', 'minus'].map(
    (kind) => cells.find((cell) => cell.name === kind)!.targets,
  ) as [Float32Array, Float32Array];
  const laws = cellLaws(profile, state.seconds);
  const whole = { plus: new Float32Array(rows * out), minus: new Float32Array(rows * out) };
  strips.forEach(([fromRow, toRow]) => {
    for (const [from, to] of ranges) {
      const elements = Uint32Array.from({ length: (toRow - fromRow) * (to - from) }, (_, i) => {
        const row = fromRow + Math.floor(i / (to - from));
        return row * out + from + (i % (to - from));
      });
      const tile = aihwkitCells({
        laws,
        noiseScale: state.noise,
        targetPlus: Float32Array.from(elements, (at) => targetPlus[at]!),
        targetMinus: Float32Array.from(elements, (at) => targetMinus[at]!),
        elements,
        plus: cellStreams(state.chip, name, 'plus', event),
        minus: cellStreams(state.chip, name, 'minus', event),
      });
      elements.forEach((at, i) => {
        whole.plus[at] = tile.plus[i]!;
        whole.minus[at] = tile.minus[i]!;
      });
    }
  });
  return whole;
}
