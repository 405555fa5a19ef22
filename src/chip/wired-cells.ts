import type { CellRole, MappingOptions } from '../compile/cells.ts';
import type { Program, ProgramLayer } from '../compile/program.ts';
import { UsageError } from '../core/errors.ts';
import { areIdeal } from '../device/wires/circuit.ts';
import { createArrayReducer } from '../device/wires/effective.ts';
import { effectiveCells } from '../device/wires/side-by-side.ts';
import type { DeviceProfile, ProfileWires } from '../profile/profile.ts';

/**
 * Reads that are new at each product are drawn at its outputs, whose spread behind wires depends on the whole input: it
 * would take solves for each product.
 * @throws UsageError where a profile has both wires and read noise
 */
export function refuseLiveReads(
  { name, wires, readNoise, telegraph }: DeviceProfile,
  { kind }: Pick<MappingOptions, 'kind'>,
): void {
  if (readNoise === null && telegraph === null) return;
  if (kind === 'offset-unit-column') {
    throw new UsageError(
      '--read',
      `must be frozen where the columns of a tile share the noise of its zero-point cells, got live with ${kind}; choose frozen, or another mapping`,
    );
  }
  if (wires === null || areIdeal(wires)) return;
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
   * @returns The same, as seen through the wires, and what it took: arrays and floating-point operations.
   * @throws EngineError without room for an array
   */
  seen(
    layer: ProgramLayer,
    cells: readonly Float32Array[],
  ): { readonly cells: readonly Float32Array[]; readonly arrays: number; readonly flops: number };
}

/** Null where the wires of a program's profile have no resistance, or it has none. */
export function createWiredCells({ profile }: Program): WiredCells | null {
  const { wires } = profile;
  if (wires === null || areIdeal(wires)) return null;
  const reducer = createArrayReducer();
  return {
    seen(layer, cells) {
      const out = cells.map((values) => new Float32Array(values.length));
      let [arrays, flops] = [0, 0];
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
            const solved = effectiveCells(reducer, { rows, columns, kinds, wires });
            parts.forEach(({ number, width, first, count }, at) => {
              for (let row = 0; row < rows; row++) {
                const values = solved.seen[at]!.subarray(row * count, (row + 1) * count);
                out[number]!.set(values, (top + row) * width + first);
              }
            });
            arrays += 1;
            flops += solved.flops;
          });
        });
      }
      return { cells: out, arrays, flops };
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
