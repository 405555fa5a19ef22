import { isPair, type ProfileMapping, sliceBits } from '../profile/mapping.ts';

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

/**
 * The cells of a weight, least significant slice first. Slice s counts 2^(b s) times, b being the bits of a slice:
 *
 * - pairs: `plus` and `minus`; in slices `plus0`, `minus0`, ...;
 * - `offset`, `single-device`: `single`; in slices `single0`, ...;
 * - `offset-unit-column`: `single` and the shared `zero`; in slices `single0`, `zero0`, ....
 */
export function cellRoles(mapping: MappingOptions): readonly CellRole[] {
  return Array.from({ length: mapping.slices }, (_, slice) => {
    const ending = mapping.slices === 1 ? '' : String(slice);
    const share = mapping.slices === 1 ? 1 : 2 ** (sliceBits(mapping) * slice);
    const role = (name: string, sign: 1 | -1, isShared = false): CellRole => ({
      name: name + ending,
      share: sign * share,
      slice,
      isShared,
    });
    if (isPair(mapping)) return [role('plus', 1), role('minus', -1)];
    if (mapping.kind === 'offset-unit-column') return [role('single', 1), role('zero', -1, true)];
    return [role('single', 1)];
  }).flat();
}

/**
 * The most columns of weights that a tile of so many output lines has room for: a weight takes a line a slice, and a
 * unit column as many.
 */
export function weightColumns(mapping: MappingOptions, lines: number): number {
  return Math.floor(lines / mapping.slices) - (mapping.kind === 'offset-unit-column' ? 1 : 0);
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
