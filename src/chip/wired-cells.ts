import type { CellRole } from '../compile/cells.ts';
import type { Program, ProgramLayer } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import { areIdeal, type WireEffort } from '../device/wires/circuit.ts';
import { effectiveCells } from '../device/wires/side-by-side.ts';
import { createWireSolver } from '../device/wires/solver.ts';
import type { DeviceProfile, ProfileWires } from '../profile/profile.ts';

/** Residual at which a tile's solves stop: its effective conductances are then as exact as float32 holds them. */
const TILE_TOLERANCE = 1e-8;

/**
 * Reads that are new at each product are drawn at its outputs, whose spread behind wires depends on the whole input: it
 * would take solves for each product.
 * @throws UsageError where a profile has both wires and read noise
 */
export function refuseLiveReads({ name, wires, readNoise, telegraph }: DeviceProfile): void {
  if (wires === null || areIdeal(wires) || (readNoise === null && telegraph === null)) return;
  throw new UsageError(
    '--read',
    `must be frozen where wires have resistance and reads are noisy, as in profile ${name}, got live; leave one of the three out`,
  );
}

/** What the terminals of a program's tiles see of their cells. */
export interface WiredCells {
  /**
   * The effective conductances of a layer's cells, each tile solved with its wires.
   * @param cells Present conductances of each kind of cell, in the layer's order, shaped as its targets, microsiemens.
   * @returns The same, as seen through the wires.
   * @throws EngineError if a solve fails
   */
  seen(
    layer: ProgramLayer,
    cells: readonly Float32Array[],
  ): { readonly cells: readonly Float32Array[]; readonly effort: WireEffort };
}

/** Makes the solver for a program's tiles. Null where its profile's wires have no resistance, or it has none. */
export function createWiredCells({ profile, layers }: Program): WiredCells | null {
  const { wires } = profile;
  if (wires === null || areIdeal(wires)) return null;
  const sizes = layers.flatMap(({ strips, columns, cells }) => {
    const kinds = Math.max(...arraysOf(cells, wires).map((kinds) => kinds.length));
    return strips.flatMap(([top, bottom]) =>
      columns.map(([left, right]) => ({ rows: bottom - top, columns: (right - left + 1) * kinds })),
    );
  });
  const most = (side: 'rows' | 'columns') => sizes.reduce((max, size) => Math.max(max, size[side]), 1);
  const solver = createWireSolver({ rows: most('rows'), columns: most('columns') });

  return {
    seen(layer, cells) {
      const out = cells.map((values) => new Float32Array(values.length));
      const effort = { solves: 0, iterations: 0, mostIterations: 0 };
      for (const numbers of arraysOf(layer.cells, wires)) {
        layer.strips.forEach(([top, bottom]) => {
          layer.columns.forEach(([left, right], range) => {
            const rows = bottom - top;
            /** The tile's part of a kind of cell: its width in the layer, its first column, its columns. */
            const parts = numbers.map((number) => {
              const { isShared } = layer.cells[number]!;
              return isShared
                ? { number, isShared, width: layer.columns.length, first: range, count: 1 }
                : { number, isShared, width: layer.out, first: left, count: right - left };
            });
            const kinds = parts.map(({ number, isShared, width, first, count }) => {
              const block = new Float32Array(rows * count);
              for (let row = 0; row < rows; row++) {
                const from = (top + row) * width + first;
                block.set(cells[number]!.subarray(from, from + count), row * count);
              }
              return { cells: block, isShared };
            });
            const columns = right - left;
            const tile = { rows, columns, kinds, wires, tolerance: TILE_TOLERANCE };
            const solved = effectiveCells(solver, tile);
            parts.forEach(({ number, width, first, count }, at) => {
              for (let row = 0; row < rows; row++) {
                const values = solved.seen[at]!.subarray(row * count, (row + 1) * count);
                out[number]!.set(values, (top + row) * width + first);
              }
            });
            effort.solves += solved.effort.solves;
            effort.iterations += solved.effort.iterations;
            effort.mostIterations = Math.max(effort.mostIterations, solved.effort.mostIterations);
          });
        });
      }
      return { cells: out, effort };
    },
  };
}

/**
 * The arrays of a tile, as numbers of its kinds of cells: with interleaved cells one; else one for those that add to a weight,
 * with the zero-point cells that belong to them, and one for those that are subtracted.
 */
function arraysOf(cells: readonly CellRole[], wires: ProfileWires): readonly (readonly number[])[] {
  const all = cells.map((_, number) => number);
  if (wires.layout === 'interleaved') return [all];
  const adds = (number: number) => cells[number]!.share > 0 || cells[number]!.isShared;
  return [all.filter(adds), all.filter((number) => !adds(number))].filter(({ length }) => length > 0);
}
