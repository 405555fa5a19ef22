import type { ProfileMapping } from '../profile/profile.ts';

/** How weights become conductances: the profile's choice, or the command line's in its place. */
export type MappingOptions = ProfileMapping;

/** What one of a weight's cells is for. */
export interface CellRole {
  /** The cell's name in files: `plus`. */
  readonly name: string;
  /** How often, and with which sign, its conductance counts in the weight. */
  readonly share: number;
  /** Cells of one slice share an output line: their currents are summed before the ADC, slices after it. */
  readonly slice: number;
  /** A zero-point cell: one for each row of a tile, for all of the tile's weights in this row. */
  readonly isShared: boolean;
}

/** A cell of a layer's weights with its targets. */
export interface LayerCell extends CellRole {
  /** Target conductances in microsiemens, `[in, out]`; of a shared cell `[in, column ranges]`. */
  readonly targets: Float32Array;
}

/** Two cells whose currents are subtracted before the ADC, or one alone: share x (gPlus - gMinus). */
export interface Couple<Cell extends CellRole> {
  readonly slice: number;
  /** Above 0. */
  readonly share: number;
  readonly plus: Cell;
  readonly minus: Cell | null;
}

/** The cells of a weight, in order. */
export function cellRoles(_mapping: MappingOptions): readonly CellRole[] {
  return [
    { name: 'plus', share: 1, slice: 0, isShared: false },
    { name: 'minus', share: -1, slice: 0, isShared: false },
  ];
}

/** The output lines of the array that a weight takes: its slices. The two cells of a pair share one. */
export function sliceCount(cells: readonly CellRole[]): number {
  return 1 + cells.reduce((most, { slice }) => Math.max(most, slice), 0);
}

/** The cells of a weight by couples: each positive one with the negative one of its slice and share, if there is one. */
export function couplesOf<Cell extends CellRole>(cells: readonly Cell[]): Couple<Cell>[] {
  const free = cells.filter(({ share }) => share < 0);
  return cells
    .filter(({ share }) => share > 0)
    .map((plus) => {
      const { slice, share } = plus;
      const at = free.findIndex((minus) => minus.slice === slice && minus.share === -share);
      const minus = at < 0 ? null : free.splice(at, 1)[0]!;
      return { slice, share, plus, minus };
    });
}
