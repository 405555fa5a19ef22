import type { LayerCell, MappingOptions } from './cells.ts';
import { cellRoles } from './cells.ts';
import { CompileError } from './compile-error.ts';
import type { Range } from './partition.ts';

/** The smallest float32 with all its digits. */
const SMALLEST_SCALE = 2 ** -126;

/** A layer's weights as cells: w = scale x sum over cells of share x g, + zero. */
export interface MappedLayer {
  readonly cells: readonly LayerCell[];
  /** Weight units a microsiemens, `[strips, out]`. */
  readonly scale: Float32Array;
  /** The digital zero point in weight units, `[strips, out]`; null where the mapping has none. */
  readonly zero: Float32Array | null;
}

/**
 * Maps weights to target conductances:
 *
 *     gPlus = gMin + max(w, 0) / scale,   gMinus = gMin + max(-w, 0) / scale,   scale = max |w| / (gMax - gMin)
 *
 * the maximum going over a tile, or over a tile's column. An all-zero tile has scale 0 and all cells at gMin. No other
 * scale is below 2^-126, where float32 would lose digits: such weights take a part of the range only.
 * With gMin 0 each weight comes back within 1 ulp, or 2^-140 of the largest.
 *
 * @param weight `[in, out]`, row-major. Not modified.
 * @throws CompileError if a weight is not a finite number.
 */
export function mapWeights(
  name: string,
  weight: Float32Array,
  out: number,
  strips: readonly Range[],
  columns: readonly Range[],
  device: { readonly gMinMicrosiemens: number; readonly gMaxMicrosiemens: number },
  mapping: MappingOptions,
): MappedLayer {
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = device;
  const plus = new Float32Array(weight.length).fill(gMin);
  const minus = new Float32Array(weight.length).fill(gMin);
  const scale = new Float32Array(strips.length * out);
  strips.forEach(([fromRow, toRow], strip) => {
    for (const [from, to] of columns) {
      const largest = new Float32Array(to - from);
      for (let row = fromRow; row < toRow; row++) {
        for (let column = from; column < to; column++) {
          const size = Math.abs(weight[row * out + column]!);
          if (!Number.isFinite(size)) {
            throw new CompileError(
              `layer "${name}"`,
              `weight [${row}, ${column}] must be a finite number, got ${weight[row * out + column]}; repair the checkpoint`,
            );
          }
          if (size > largest[column - from]!) largest[column - from] = size;
        }
      }
      const ofTile = largest.reduce((a, b) => Math.max(a, b), 0);
      for (let column = from; column < to; column++) {
        const size = mapping.scale === 'tile' ? ofTile : largest[column - from]!;
        scale[strip * out + column] = size === 0 ? 0 : Math.max(size / (gMax - gMin), SMALLEST_SCALE);
      }
      for (let row = fromRow; row < toRow; row++) {
        for (let column = from; column < to; column++) {
          const at = row * out + column;
          const unit = scale[strip * out + column]!;
          const w = weight[at]!;
          if (unit === 0 || w === 0) continue;
          // The largest weight can round to a hair above the range: it is gMax by definition.
          const g = Math.min(gMin + Math.abs(w) / unit, gMax);
          if (w > 0) plus[at] = g;
          else minus[at] = g;
        }
      }
    }
  });
  const targets = [plus, minus];
  return {
    cells: cellRoles(mapping).map((role, i) => ({ ...role, targets: targets[i]! })),
    scale,
    zero: null,
  };
}
