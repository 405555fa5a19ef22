import type { LayerCell } from '../../src/compile/cells.ts';

/** The targets of one kind of cell, by its name. */
export function targetsOf(layer: { readonly cells: readonly LayerCell[] }, name: string): Float32Array {
  return layer.cells.find((cell) => cell.name === name)!.targets;
}

/** The cells with other targets for some of them. */
export function withTargets(
  { cells }: { readonly cells: readonly LayerCell[] },
  targets: Readonly<Record<string, Float32Array>>,
): { readonly cells: readonly LayerCell[] } {
  return { cells: cells.map((cell) => ({ ...cell, targets: targets[cell.name] ?? cell.targets })) };
}
