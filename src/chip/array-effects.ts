import type { CellRole } from '../compile/cells.ts';
import type { Program, ProgramLayer } from '../compile/program.ts';
import type { ArrayEffects } from '../device/array-effects.ts';
import { type CellGrid, type StuckCells, stuckCells } from '../device/faults.ts';
import { columnFactors } from '../device/vary.ts';
import type { ErrorSource } from './sources.ts';

/** Whose effects: what stays with a chip through all ages and reads. */
export interface EffectsState {
  readonly chip: number;
  readonly noise: number;
  readonly source: ErrorSource;
}

/** What arrays do to one kind of cell of a layer at one strip; undefined: nothing. */
export type EffectsOf = (
  state: EffectsState,
  layer: ProgramLayer,
  cell: CellRole,
  strip: number,
) => ArrayEffects | undefined;

/**
 * Makes the effects of a program's arrays: stuck cells and the factors of chip and columns. A chip's stuck cells are kept
 * until another chip is asked for.
 */
export function arrayEffects({ profile }: Program): EffectsOf {
  const { faults, variation } = profile;
  let heldChip: number | null = null;
  const held = new Map<string, StuckCells | null>();
  const stuckOf = (chip: number, layer: ProgramLayer, cell: CellRole): StuckCells | null => {
    if (faults === null) return null;
    if (chip !== heldChip) held.clear();
    heldChip = chip;
    const key = JSON.stringify([layer.name, cell.name]);
    const known = held.get(key);
    if (known !== undefined) return known;
    const stuck = stuckCells(faults, profile, chip, layer.name, cell.name, gridOf(layer, cell));
    held.set(key, stuck);
    return stuck;
  };
  return ({ chip, noise, source }, layer, cell, strip) => {
    const isOn = (which: ErrorSource) => source === 'all' || source === which;
    const stuck = isOn('faults') ? stuckOf(chip, layer, cell) : null;
    const factors =
      variation === null || !isOn('variation')
        ? null
        : columnFactors(variation, noise, chip, layer.name, cell.name, strip, gridOf(layer, cell).columns);
    return stuck === null && factors === null ? undefined : { stuck, factors };
  };
}

/** The cells of one kind on their tiles; shared cells stand in one column a tile. */
function gridOf(layer: ProgramLayer, { isShared }: CellRole): CellGrid {
  const rows = { rows: layer.in, rowRanges: layer.strips };
  if (!isShared) return { ...rows, columns: layer.out, columnRanges: layer.columns };
  const columnRanges = layer.columns.map((_, i) => [i, i + 1] as const);
  return { ...rows, columns: columnRanges.length, columnRanges };
}
