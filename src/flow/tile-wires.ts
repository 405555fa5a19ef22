import { createWiredCells } from '../chip/wired-cells.ts';
import { type ChipState, createChipWriter } from '../chip/writer.ts';
import type { Program } from '../compile/program.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Feeds } from '../runtime/engine.ts';

/** What the wires of a profile did to one matrix. */
export interface WireCost {
  /** rms(with - without) / rms(without) of the product before the ADC, on the same cells; null where only `without` is zero. */
  readonly relativeRmsError: number | null;
  /** Arrays that were solved, and the floating-point operations of all. */
  readonly arrays: number;
  readonly flops: number;
}

/** The cells of a program's one layer as the terminals see them, what it took; null where the wires have no resistance. */
export function seenThroughWires(program: Program, cells: ReadonlyMap<string, Tensor>) {
  const wired = createWiredCells(program);
  const layer = program.layers[0]!;
  const nameOf = (kind: { readonly name: string }) => `${layer.name}.${kind.name}`;
  if (wired === null) return null;
  const present = layer.cells.map((kind) => cells.get(nameOf(kind))!);
  const {
    cells: seen,
    arrays,
    flops,
  } = wired.seen(
    layer,
    present.map(({ data }) => data as Float32Array),
  );
  const named = layer.cells.map((kind, at) => [nameOf(kind), { ...present[at]!, data: seen[at]! }] as const);
  return { cells: new Map<string, Tensor>(named), arrays, flops };
}

/** The weights of the same chip at the same time, its wires without resistance. */
export function weightsWithoutWires(program: Program, state: ChipState): Feeds {
  return createChipWriter({ ...program, profile: { ...program.profile, wires: null } }).weights(state);
}

/** The relative rms difference of two products, each given by strips that are summed, `[B, out]`. */
export function productsApart(
  products: readonly Float32Array[],
  others: readonly Float32Array[],
): number | null {
  let off = 0;
  let size = 0;
  for (let at = 0; at < products[0]!.length; at++) {
    const sum = (strips: readonly Float32Array[]) => strips.reduce((all, strip) => all + strip[at]!, 0);
    off += (sum(products) - sum(others)) ** 2;
    size += sum(others) ** 2;
  }
  if (size === 0) return off === 0 ? 0 : null;
  return Math.sqrt(off / size);
}
