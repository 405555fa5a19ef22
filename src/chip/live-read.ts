import { couplesOf, type LayerCell, sliceCount } from '../compile/cells.ts';
import { readVarianceInput } from '../compile/live-reads.ts';
import { sliceInputs } from '../compile/lower.ts';
import type { Program, ProgramLayer } from '../compile/program.ts';
import { lookup } from '../core/table.ts';
import { cellStreams } from '../device/cell-streams.ts';
import type { Kernels } from '../device/kernels.ts';
import { type ReadMoments, readMoments } from '../device/read-moments.ts';
import type { Tensor } from '../graph/graph.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { EffectsOf, EffectsState } from './array-effects.ts';

/** Makes the means and variances of the reads of a chip's weights, strip by strip. */
export interface LiveReader {
  /**
   * Overwrites `weights` by the mean of a read and fills the variances, of every strip.
   *
   * @param weights The strips' weights, `[R, out]` a slice, by layer and strip.
   * @returns null where a read draws nothing: then `weights` is left alone.
   */
  fill(
    laws: CellLaws,
    state: EffectsState,
    weights: (layer: number, strip: number) => readonly Float32Array[],
  ): Record<string, Tensor> | null;
  /** Multiplies the variances of a strip's columns by the squares of its gains. */
  compensate(layer: number, strip: number, gains: Float32Array): void;
}

/** Cells of a strip and what a cell counts for in the weights. */
interface Counted {
  readonly cell: LayerCell;
  /** Weight units a microsiemens of each column, with the cell's sign. */
  readonly unit: Float32Array;
  readonly weights: Float32Array;
  readonly variances: Float32Array;
}

/**
 * A read of a weight has the mean sum of share m scale and the variance sum of (share scale)^2 v over its cells, m and
 * v being the moments of one clipped read of a cell (`device/read-moments.ts`); cells are independent. The cells are
 * those of `presentConductances`.
 */
export function createLiveReader(program: Program, kernels: Kernels, effectsOf: EffectsOf): LiveReader {
  const { gMaxMicrosiemens: gMax } = program.profile;
  const variances = program.layers.map(({ strips, out, cells }) =>
    strips.map(([from, to]) =>
      Array.from({ length: sliceCount(cells) }, () => new Float32Array((to - from) * out)),
    ),
  );
  const sizes = variances.flat(2).map(({ length }) => length);
  const present = new Float32Array(Math.max(0, ...sizes));

  const addCells = (
    { cell, unit, weights, variances: variance }: Counted,
    first: number,
    moments: ReadMoments,
    job: { laws: CellLaws; state: EffectsState; layer: ProgramLayer; strip: number },
  ): void => {
    const cells = present.subarray(0, weights.length);
    kernels.presentCells({
      laws: job.laws,
      noiseScale: job.state.noise,
      targets: cell.targets.subarray(first, first + weights.length),
      streams: cellStreams(job.state.chip, job.layer.name, cell.name, null),
      effects: effectsOf(job.state, job.layer, cell, job.strip),
      first,
      out: cells,
    });
    for (let i = 0; i < weights.length; i++) {
      const g = cells[i]!;
      const x = Math.fround(g / gMax);
      const worth = unit[i % unit.length]!;
      weights[i] = weights[i]! + (g + gMax * lookup(moments.shift, x)) * worth;
      variance[i] = variance[i]! + lookup(moments.variance, x) * (gMax * worth) ** 2;
    }
  };

  return {
    fill(laws, state, weightsOf) {
      const moments = readMoments(laws, state.noise);
      if (moments === null) return null;
      const feeds: Record<string, Tensor> = {};
      program.layers.forEach((layer, index) => {
        const { name, out, strips, cells, scale } = layer;
        strips.forEach(([from, to], strip) => {
          const weights = weightsOf(index, strip);
          const variance = variances[index]![strip]!;
          for (const array of [...weights, ...variance]) array.fill(0);
          for (const { slice, plus, minus } of couplesOf(cells)) {
            for (const cell of minus === null ? [plus] : [plus, minus]) {
              const unit = scale.slice(strip * out, (strip + 1) * out).map((worth) => worth * cell.share);
              const counted = { cell, unit, weights: weights[slice]!, variances: variance[slice]! };
              addCells(counted, from * out, moments, { laws, state, layer, strip });
            }
          }
          const inputs = sliceInputs(name, strip, variance.length);
          variance.forEach((data, slice) => {
            feeds[readVarianceInput(inputs[slice]!)] = { dtype: 'float32', shape: [to - from, out], data };
          });
        });
      });
      return feeds;
    },
    compensate(layer, strip, gains) {
      for (const variance of variances[layer]![strip]!) {
        for (let i = 0; i < variance.length; i++) variance[i]! *= gains[i % gains.length]! ** 2;
      }
    },
  };
}
