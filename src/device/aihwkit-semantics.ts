import { fillNormals } from '../core/normals.ts';
import { lookup } from '../core/table.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { CellStreams } from './cell-streams.ts';
import { driftedCell } from './drift.ts';
import { writtenCell } from './write.ts';

/** The pairs of one tile, written once and seen at the time of the laws. */
export interface AihwkitTileJob {
  readonly laws: CellLaws;
  readonly noiseScale: number;
  /** Targets of the tile's cells in microsiemens; one cell of each pair is at gMin. */
  readonly targetPlus: Float32Array;
  readonly targetMinus: Float32Array;
  /** Number of each pair's cells in their streams: its element in the layer. */
  readonly elements: ArrayLike<number>;
  /** A stream without `read` leaves the read out. */
  readonly plus: CellStreams;
  readonly minus: CellStreams;
}

/** The cells of a tile's pairs, in microsiemens of the targets' scale. */
export interface AihwkitCells {
  readonly plus: Float32Array;
  readonly minus: Float32Array;
}

/** gPlus - gMinus of each pair of `aihwkitCells`. */
export function aihwkitTile(job: AihwkitTileJob): Float32Array {
  const { plus, minus } = aihwkitCells(job);
  return plus.map((g, i) => g - minus[i]!);
}

/**
 * The cells of each pair, in microsiemens of the targets' scale, by the stages of IBM's aihwkit (1.1, classes
 * PCMLikeNoiseModel and SinglePairConductanceConverter), to compare results with it. Writing is as in `writeCells`. Then
 * what was written is taken for a weight and put onto cells anew: the tile's largest |gPlus - gMinus| becomes gMax, and
 * of each pair one cell alone is left to age,
 *
 *   c = (gMax - gMin)/max |d|,  d = gPlus - gMinus,  g+ = max(c d, 0) + gMin,  g- = max(-c d, 0) + gMin,
 *   g(t) = g ((t + t_c)/t_c)^-nu,  g' = max(0, g(t) + s g(t) std(g/gMax) z),
 *
 * with each cell's own exponent, drawn from its target, and the read noise by the state before drift; what is returned is g'/c (without
 * a read g(t)/c). A tile whose pairs all hold zero has no such scale: its cells are as written. Cells of `physical`
 * semantics keep both cells of a pair, are never scaled anew, and are read by their present state: at a full-scale weight of a
 * tile of 512 x 512 aihwkit's read noise is 9 % larger.
 */
export function aihwkitCells(job: AihwkitTileJob): AihwkitCells {
  const { laws, targetPlus, targetMinus, elements } = job;
  const written = (targets: Float32Array, { write }: CellStreams): Float32Array => {
    const z = normalsAt(write, elements);
    return targets.map((target, i) => writtenCell(target, z[i]!, laws, job.noiseScale));
  };
  const [plus, minus] = [written(targetPlus, job.plus), written(targetMinus, job.minus)];
  const difference = plus.map((g, i) => g - minus[i]!);
  const largest = difference.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
  if (largest === 0) return { plus, minus };
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = laws;
  const stretch = (gMax - gMin) / largest;

  const aged = (targets: Float32Array, streams: CellStreams, sign: 1 | -1): Float32Array => {
    const drift = normalsAt(streams.drift, elements);
    const read = streams.read === null ? null : normalsAt(streams.read, elements);
    return targets.map((target, i) => {
      const cell = Math.max(sign * stretch * difference[i]!, 0) + gMin;
      let g = driftedCell(cell, target, drift[i]!, laws, job.noiseScale);
      if (read !== null && laws.readStd !== null) {
        const std = job.noiseScale * lookup(laws.readStd, Math.fround(cell / gMax));
        g = Math.max(0, g + g * std * read[i]!);
      }
      return g / stretch;
    });
  };
  return { plus: aged(targetPlus, job.plus, 1), minus: aged(targetMinus, job.minus, -1) };
}

/** The normals of a stream at the elements, which ascend. */
function normalsAt(stream: CellStreams['write'], elements: ArrayLike<number>): Float32Array {
  const first = elements[0] ?? 0;
  const all = new Float32Array((elements[elements.length - 1] ?? -1) + 1 - first);
  fillNormals(stream, all, first);
  return Float32Array.from(elements, (element) => all[element - first]!);
}
