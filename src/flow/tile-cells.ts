import { aihwkitConductances, aihwkitWeights, refuseAihwkit } from '../chip/aihwkit-cells.ts';
import { presentConductances } from '../chip/conductances.ts';
import { refuseLiveReads } from '../chip/wired-cells.ts';
import { type ChipState, createChipWriter } from '../chip/writer.ts';
import type { MappingOptions } from '../compile/cells.ts';
import type { Program } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import type { Tensor } from '../graph/graph.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import type { ReadCells } from './noisy-tile.ts';

/** How the cells of `holdfast tile` age and are read. */
export interface CellChoice {
  /** physical: every cell keeps its own state. aihwkit: the stages of that tool. */
  readonly semantics?: 'physical' | 'aihwkit';
  /** frozen: one read of the cells for all inputs; live: a new one for each product. */
  readonly read: 'frozen' | 'live';
}

/** @throws UsageError where a profile or a mapping has no meaning with what was chosen */
export function checkCellChoice(profile: DeviceProfile, mapping: MappingOptions, choice: CellChoice): void {
  if (choice.semantics === 'aihwkit') {
    refuseAihwkit(profile, mapping, '--semantics');
    if (choice.read === 'live') {
      const message = 'must be physical where reads are new at each product, got aihwkit with --read live';
      throw new UsageError('--semantics', `${message}; choose --read frozen`);
    }
  }
  if (choice.read === 'live') refuseLiveReads(profile, mapping);
}

/** One chip of a program: the cells as they stand, `<layer>.<cell>` in microsiemens, and as the graph is fed with them. */
export function tileCells(
  program: Program,
  state: ChipState,
  { semantics, read }: CellChoice,
): { readonly present: ReadonlyMap<string, Tensor>; readonly read: ReadCells } {
  if (semantics === 'aihwkit') {
    const weights = aihwkitWeights(program, state);
    return { present: aihwkitConductances(program, state), read: { weights, variances: null } };
  }
  const writer = createChipWriter(program);
  return {
    present: presentConductances(program, state, () => undefined),
    read: read === 'live' ? writer.live(state) : { weights: writer.weights(state), variances: null },
  };
}
