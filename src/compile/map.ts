import { cellRoles, type LayerCell, type MappingOptions } from './cells.ts';
import { CompileError } from './compile-error.ts';
import type { Range } from './partition.ts';
import { placementOf, zeroTargets } from './placement.ts';
import type { CellRange, Extremes, Placement } from './scale.ts';

/** A layer's weights as cells: w = scale x sum over cells of share x g, + zero. */
export interface MappedLayer {
  readonly cells: readonly LayerCell[];
  /** Weight units a microsiemens, `[strips, out]`. */
  readonly scale: Float32Array;
  /** The digital zero point in weight units, `[strips, out]`; null where the mapping has none. */
  readonly zero: Float32Array | null;
  /** How many weights lay beyond the clipping limit. */
  readonly clippedWeights: number;
}

/**
 * Maps weights to target conductances, the scale going over a tile, or over a tile's column. See `placementOf` for the
 * formulas of each kind of mapping, and `MappingOptions` for rounding and clipping, which come first.
 *
 * Where weights have no bits and cells no levels, each comes back within 1 ulp of itself from one-sided pairs with gMin
 * 0, or within 2^-140 of the largest; within 4 ulp of the largest from any other mapping.
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
  device: CellRange,
  mapping: MappingOptions,
): MappedLayer {
  checkFinite(name, weight, out);
  const limit = clippingLimit(weight, mapping.clipShare);
  const rows = weight.length / out;
  const { gMinMicrosiemens: gMin } = device;
  const cells = cellRoles(mapping).map(
    (role): LayerCell => ({
      ...role,
      targets: new Float32Array(rows * (role.isShared ? columns.length : out)).fill(gMin),
    }),
  );
  const own = cells.filter(({ isShared }) => !isShared).map(({ targets }) => targets);
  const scale = new Float32Array(strips.length * out);
  const zero = new Float32Array(strips.length * out);
  let clippedWeights = 0;
  strips.forEach(([fromRow, toRow], strip) => {
    for (const [from, to] of columns) {
      const extremes = extremesOf(weight, out, [fromRow, toRow], [from, to], limit, mapping.scale);
      const placements = placementsOf(mapping, device, extremes);
      for (let column = from; column < to; column++) {
        const placement = placements[column - from]!;
        scale[strip * out + column] = placement.scale;
        zero[strip * out + column] = placement.zero;
      }
      for (let row = fromRow; row < toRow; row++) {
        for (let column = from; column < to; column++) {
          const at = row * out + column;
          const w = weight[at]!;
          if (Math.abs(w) > limit) clippedWeights += 1;
          const clipped = Math.abs(w) > limit ? Math.sign(w) * limit : w;
          placements[column - from]!.place(own, at, clipped);
        }
      }
    }
  });
  zeroTargets(mapping, device).forEach((target, index) => {
    cells.filter(({ isShared }) => isShared)[index]!.targets.fill(target);
  });
  const hasZero = mapping.kind === 'offset' || mapping.kind === 'single-device';
  return { cells, scale, zero: hasZero ? zero : null, clippedWeights };
}

/** One for each column; columns that share a scale share their placement. */
function placementsOf(
  mapping: MappingOptions,
  device: CellRange,
  extremes: readonly Extremes[],
): readonly Placement[] {
  if (mapping.scale === 'column') return extremes.map((each) => placementOf(mapping, device, each));
  const ofTile = placementOf(mapping, device, extremes[0]!);
  return extremes.map(() => ofTile);
}

function checkFinite(name: string, weight: Float32Array, out: number): void {
  const at = weight.findIndex((w) => !Number.isFinite(w));
  if (at < 0) return;
  throw new CompileError(
    `layer "${name}"`,
    `weight [${Math.floor(at / out)}, ${at % out}] must be a finite number, got ${weight[at]}; repair the checkpoint`,
  );
}

/** The size of the largest weight that keeps its value: of n weights, the ceil(share n)-th by size. */
function clippingLimit(weight: Float32Array, share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  const sizes = weight.map(Math.abs).sort();
  return sizes[Math.max(1, Math.ceil(share * sizes.length)) - 1]!;
}

/** Least, greatest and largest weight of a tile, once for all of its columns or for each. */
function extremesOf(
  weight: Float32Array,
  out: number,
  [fromRow, toRow]: Range,
  [from, to]: Range,
  limit: number,
  scale: MappingOptions['scale'],
): Extremes[] {
  const least = new Float32Array(to - from).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float32Array(to - from).fill(Number.NEGATIVE_INFINITY);
  for (let row = fromRow; row < toRow; row++) {
    for (let column = from; column < to; column++) {
      const w = weight[row * out + column]!;
      if (w < least[column - from]!) least[column - from] = w;
      if (w > greatest[column - from]!) greatest[column - from] = w;
    }
  }
  const clipped = (w: number) => Math.max(-limit, Math.min(limit, w));
  const extremes = (low: number, high: number): Extremes => ({
    least: clipped(low),
    greatest: clipped(high),
    largest: Math.max(Math.abs(clipped(low)), Math.abs(clipped(high))),
  });
  if (scale === 'column') return Array.from(least, (low, column) => extremes(low, greatest[column]!));
  const all = extremes(
    least.reduce((a, b) => Math.min(a, b)),
    greatest.reduce((a, b) => Math.max(a, b)),
  );
  return Array.from(least, () => all);
}
