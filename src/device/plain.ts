import { fillNormalsPlain } from '../core/normals.ts';
import { words } from '../core/philox.ts';
import type { Stream } from '../core/stream.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { ArrayEffects } from './array-effects.ts';
import {
  type CellKernels,
  checkCellJob,
  checkEffectiveWeightsJob,
  checkKeepJob,
  checkTelegraph,
  type KeptCells,
} from './cell-jobs.ts';
import type { CellStreams } from './cell-streams.ts';
import { agedCell, driftExponent, driftedCell, driftIsRandom, exponentIsRandom } from './drift.ts';
import { stickCells } from './faults.ts';
import { readCell, readIsRandom, telegraphedCell } from './read.ts';
import { variedCell, varyIsRandom } from './vary.ts';
import { writeIsRandom, writtenCell } from './write.ts';

const f = Math.fround;

/**
 * The kernels' plain twin: slow, obvious, and equal to them in every bit. The tests hold the two together; use it where
 * one wants to read what is computed.
 */
export const plainKernels: CellKernels = {
  writeCells(job) {
    checkCellJob('writeCells', job);
    const { laws, noiseScale, targets, stream, out, first } = job;
    const z = normals(writeIsRandom(laws, noiseScale), stream, out.length, first);
    for (let i = 0; i < out.length; i++) out[i] = writtenCell(targets[i] ?? NaN, z[i] ?? 0, laws, noiseScale);
  },

  varyCells(job) {
    checkCellJob('varyCells', job);
    const { laws, noiseScale, cells, stream, effects, out, first = 0 } = job;
    const factors = effects?.factors ?? null;
    const isRandom = varyIsRandom(laws, noiseScale);
    const z = normals(isRandom, stream, out.length, first);
    const varied = (g: number, i: number) =>
      variedCell(g, factors?.[(first + i) % factors.length] ?? 1, z[i] ?? 0, laws, noiseScale);
    for (let i = 0; i < out.length; i++) {
      const g = cells[i] ?? NaN;
      out[i] = isRandom || factors !== null ? varied(g, i) : g;
    }
    if (effects?.stuck) stickCells(out, effects.stuck, first);
  },

  driftCells(job) {
    checkCellJob('driftCells', job);
    const { laws, noiseScale, targets, cells, stream, out, first } = job;
    const z = normals(driftIsRandom(laws, noiseScale), stream, out.length, first);
    for (let i = 0; i < out.length; i++) {
      out[i] = driftedCell(cells[i] ?? NaN, targets[i] ?? NaN, z[i] ?? 0, laws, noiseScale);
    }
  },

  readCells(job) {
    checkCellJob('readCells', job);
    const { laws, noiseScale, cells, stream, out, first } = job;
    checkTelegraph('readCells', laws, job.telegraph);
    const z = normals(readIsRandom(laws, noiseScale), stream, out.length, first);
    const states = job.telegraph === undefined ? null : words(job.telegraph, out.length, first);
    for (let i = 0; i < out.length; i++) {
      const g = cells[i] ?? NaN;
      const present = states === null ? g : telegraphedCell(g, states[i] ?? 0, laws, noiseScale);
      out[i] = readCell(present, z[i] ?? 0, laws, noiseScale);
    }
  },

  presentCells(job) {
    checkCellJob('presentCells', job);
    const { laws, noiseScale, streams, targets, effects, first = 0 } = job;
    job.out.set(present(laws, noiseScale, streams, targets, first, effects));
  },

  keepCells(job) {
    checkKeepJob(job);
    const { laws, noiseScale, streams, targets, effects, first = 0 } = job;
    const { written, exponents } = job.out;
    plainKernels.writeCells({ laws, noiseScale, targets, first, out: written, stream: streams.write });
    const factors = effects === undefined ? undefined : { ...effects, stuck: null };
    const cells = { cells: written, out: written, stream: streams.vary, effects: factors };
    plainKernels.varyCells({ laws, noiseScale, first, ...cells });
    const z = normals(exponentIsRandom(laws, noiseScale), streams.drift, targets.length, first);
    for (let i = 0; i < targets.length; i++) {
      exponents[i] = driftExponent(targets[i] ?? NaN, z[i] ?? 0, laws, noiseScale);
    }
  },

  effectiveWeights(job) {
    checkEffectiveWeightsJob(job);
    const { laws, noiseScale, columns, scale, gain, out, columnSums } = job;
    const first = job.fromRow * columns;
    const rows = [first, job.toRow * columns] as const;
    const targetPlus = job.targetPlus.subarray(...rows);
    const targetMinus = job.targetMinus?.subarray(...rows) ?? new Float32Array(targetPlus.length);
    const keptPlus = keptRows(job.keptPlus, rows);
    const plus = present(laws, noiseScale, job.plus, targetPlus, first, job.plusEffects, keptPlus);
    const keptMinus = keptRows(job.keptMinus, rows);
    const minus =
      job.minus === null
        ? targetMinus
        : present(laws, noiseScale, job.minus, targetMinus, first, job.minusEffects, keptMinus);
    for (let i = 0; i < plus.length; i++) {
      const column = i % columns;
      const weight = f(f((plus[i] ?? NaN) - (minus[i] ?? NaN)) * (scale[column] ?? NaN));
      out[i] = f(weight * f(gain));
      if (columnSums !== undefined) {
        const direction = Math.sign((targetPlus[i] ?? NaN) - (targetMinus[i] ?? NaN));
        columnSums[column] = (columnSums[column] ?? NaN) + (direction === 0 ? 0 : direction * weight);
      }
    }
  },
};

function keptRows(
  kept: KeptCells | undefined,
  [from, to]: readonly [from: number, to: number],
): KeptCells | undefined {
  if (kept === undefined) return undefined;
  return { written: kept.written.subarray(from, to), exponents: kept.exponents.subarray(from, to) };
}

function present(
  laws: CellLaws,
  noiseScale: number,
  streams: CellStreams,
  targets: Float32Array,
  first: number,
  effects: ArrayEffects | undefined,
  kept?: KeptCells,
): Float32Array {
  const out = new Float32Array(targets.length);
  const job = { laws, noiseScale, targets, first, out };
  if (kept === undefined) {
    plainKernels.writeCells({ ...job, stream: streams.write });
    plainKernels.varyCells({ ...job, cells: out, stream: streams.vary, effects });
    plainKernels.driftCells({ ...job, cells: out, stream: streams.drift });
  } else {
    for (let i = 0; i < out.length; i++) {
      out[i] = agedCell(kept.written[i] ?? NaN, kept.exponents[i] ?? NaN, laws, noiseScale);
    }
  }
  // Stuck cells do not drift.
  if (effects?.stuck) stickCells(out, effects.stuck, first);
  if (streams.read !== null) {
    const telegraph = streams.telegraph ?? undefined;
    plainKernels.readCells({ laws, noiseScale, first, out, cells: out, stream: streams.read, telegraph });
  }
  return out;
}

function normals(isRandom: boolean, stream: Stream, count: number, first = 0): Float32Array {
  const z = new Float32Array(count);
  if (isRandom) fillNormalsPlain(stream, z, first);
  return z;
}
