import type { Couple, LayerCell } from '../compile/cells.ts';
import type { ProgramLayer } from '../compile/program.ts';

/**
 * Subtracts a slice's zero-point cells, `[in, column ranges]`, from its weights, and adds what the reference read of the
 * differences measures to each column's sum, `[strips, out]`.
 *
 * @param weights Of each strip and slice, `[R, out]`; those of the slice hold its other cells alone.
 */
export function subtractZeros(
  layer: ProgramLayer,
  { slice, share, plus, minus }: Couple<LayerCell>,
  zeros: Float32Array,
  weights: readonly (readonly Float32Array[])[],
  sums: Float64Array,
): void {
  const { out, columns, scale } = layer;
  layer.strips.forEach(([fromRow, toRow], strip) => {
    const ofStrip = weights[strip]![slice]!;
    for (let row = fromRow; row < toRow; row++) {
      columns.forEach(([from, to], range) => {
        const cell = row * columns.length + range;
        for (let column = from; column < to; column++) {
          const at = (row - fromRow) * out + column;
          const line = strip * out + column;
          ofStrip[at]! -= zeros[cell]! * Math.fround(scale[line]! * share);
          const direction = Math.sign(plus.targets[row * out + column]! - minus!.targets[cell]!);
          sums[line]! += direction * ofStrip[at]!;
        }
      });
    }
  });
}
