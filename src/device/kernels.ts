import type { Stream } from '../core/stream.ts';
import { TABLE_POINTS, type Table } from '../core/table.ts';
import { compileWasm, instantiateWasm, type WasmModule, wasmMemory } from '../core/wasm.ts';
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
import { EFFECTS_BYTES, effectsRoom, MOST_COLUMNS } from './kernel-effects.ts';
import type { KernelExports } from './kernel-exports.ts';
import { KERNELS_WASM } from './kernels-wasm.ts';
import { readBounds } from './read.ts';
import { writeFloor } from './write.ts';

/**
 * The device kernels, compiled from `assembly/`, over one WebAssembly memory of fixed size. Arrays from `allocate` lie
 * in that memory and are worked on where they are; others are carried in and out by blocks.
 */
export interface Kernels extends CellKernels {
  /** A zeroed array in the kernels' memory; it stays valid (the memory never grows) and is freed with the kernels. */
  allocate(length: number): Float32Array;
}

/** Stages, as bits: see `assembly/cells.ts`. */
const WRITE = 1;
const DRIFT = 2;
const READ = 4;
const VARY = 8;
const STICK = 16;
const ALL = WRITE + VARY + DRIFT + STICK;

/** Elements carried at a time of an array outside the memory. */
const CARRIED = 2 ** 16;

const NOT_KEPT = [0, 0] as const;

/** Room for what the module holds itself. */
const MODULE_BYTES = 2 ** 17;
const RESERVED_BYTES = MODULE_BYTES + 3 * 4 * CARRIED + 12 * MOST_COLUMNS + EFFECTS_BYTES;

/** Vectors may be read, never written, a little beyond an array's end. */
const MARGIN_BYTES = 64;

const ALIGNMENT = 64;

let compiled: WasmModule | undefined;

/**
 * Makes the kernels.
 * @param size.bytes - room for `allocate`; each array takes its bytes, rounded up to 64
 * @throws RangeError beyond 4 GiB; EngineError without WebAssembly SIMD or memory
 */
export function createKernels({ bytes }: { bytes: number }): Kernels {
  compiled ??= compileWasm('device kernels', KERNELS_WASM);
  const total = RESERVED_BYTES + bytes + MARGIN_BYTES;
  const memory = wasmMemory('createKernels', total);
  const wasm = instantiateWasm<KernelExports>(compiled, memory);
  if (wasm.firstFree() > MODULE_BYTES) throw new Error('device kernels: MODULE_BYTES is too small');

  const carriers = [0, 1, 2].map(
    (i) => new Float32Array(memory.buffer, MODULE_BYTES + i * 4 * CARRIED, CARRIED),
  );
  const sumsAt = MODULE_BYTES + 12 * CARRIED;
  const scaleAt = sumsAt + 8 * MOST_COLUMNS;
  const effects = effectsRoom(memory, scaleAt + 4 * MOST_COLUMNS, wasm);
  const tables: (Table | null)[] = Array.from({ length: 7 }, () => null);
  let free = RESERVED_BYTES;

  const isInside = (array: Float32Array): boolean => array.buffer === memory.buffer;

  /** Where elements `from` to `to` of an array are, or have been carried to. */
  function place(carrier: number, array: Float32Array, from: number, to: number): number {
    if (isInside(array)) return array.byteOffset + 4 * from;
    const held = carriers[carrier]!;
    held.set(array.subarray(from, to));
    return held.byteOffset;
  }

  function outPlace(out: Float32Array, from: number): number {
    return isInside(out) ? out.byteOffset + 4 * from : carriers[2]!.byteOffset;
  }

  function carryOut(out: Float32Array, from: number, to: number): void {
    if (!isInside(out)) out.set(carriers[2]!.subarray(0, to - from), from);
  }

  function setLaws(laws: CellLaws): void {
    const { writeMeanShift, writeStd, driftExponentMean, driftExponentStd, readStd } = laws;
    const { telegraphProbability, telegraphAmplitude } = laws;
    [
      ...[writeMeanShift, writeStd, driftExponentMean, driftExponentStd, readStd],
      ...[telegraphProbability, telegraphAmplitude],
    ].forEach((table, slot) => {
      wasm.setPresent(slot, table === null ? 0 : 1);
      if (table === tables[slot]) return;
      const held = new Float32Array(memory.buffer, wasm.tableAt(slot), TABLE_POINTS + 1);
      if (table === null) held.fill(0);
      else {
        held.set(table.values);
        held[TABLE_POINTS] = table.values[TABLE_POINTS - 1] ?? NaN;
      }
      tables[slot] = table;
    });
    wasm.setNumbers(1 / laws.gMaxMicrosiemens, laws.driftLog);
    wasm.setBounds(writeFloor(laws), ...readBounds(laws));
    wasm.setCellVariation(laws.cellVariation);
  }

  function setStream(slot: number, { key0, key1, counter2, counter3 }: Stream): void {
    new Uint32Array(memory.buffer, wasm.streamAt(slot), 4).set([key0, key1, counter2, counter3]);
  }

  function setStreams(kind: number, { write, drift, read, vary, telegraph }: CellStreams): void {
    [write, drift, read, vary, telegraph].forEach((stream, slot) => {
      if (stream !== null) setStream(5 * kind + slot, stream);
    });
  }

  interface StageJob {
    readonly laws: CellLaws;
    readonly noiseScale: number;
    readonly first?: number;
    readonly out: Float32Array;
    readonly targets?: Float32Array;
    readonly cells?: Float32Array;
    readonly effects?: ArrayEffects | undefined;
  }

  function runStages(stages: number, job: StageJob): void {
    const { laws, noiseScale, first = 0, out, targets = job.out, cells = job.out } = job;
    setLaws(laws);
    effects.setFactors(0, job.effects);
    const step = [targets, cells, out].every(isInside) ? out.length : CARRIED;
    for (let from = 0, to = 0; from < out.length; from = to) {
      const end = Math.min(from + step, out.length);
      to = effects.setStuck(0, job.effects, first + from, first + end) - first;
      const targetsAt = place(0, targets, from, to);
      const cellsAt = place(1, cells, from, to);
      wasm.stageCells(stages, targetsAt, cellsAt, outPlace(out, from), to - from, first + from, noiseScale);
      carryOut(out, from, to);
    }
  }

  /** Where kept cells and their exponents lie. @throws RangeError outside the kernels' memory */
  function keptPlace(name: string, { written, exponents }: KeptCells, from: number): [number, number] {
    if (!isInside(written) || !isInside(exponents)) {
      const cure = 'make them by allocate';
      throw new RangeError(`${name}: kept cells must lie in the kernels' memory, got other arrays; ${cure}`);
    }
    return [written.byteOffset + 4 * from, exponents.byteOffset + 4 * from];
  }

  return {
    allocate(length) {
      const start = free;
      const end = start + Math.ceil((4 * length) / ALIGNMENT) * ALIGNMENT;
      if (!Number.isInteger(length) || length < 0 || end > RESERVED_BYTES + bytes) {
        throw new RangeError(
          `allocate: ${length} numbers must fit into the ${RESERVED_BYTES + bytes - start} bytes left; create the kernels with more`,
        );
      }
      free = end;
      return new Float32Array(memory.buffer, start, length);
    },

    writeCells(job) {
      checkCellJob('writeCells', job);
      setStream(0, job.stream);
      runStages(WRITE, job);
    },

    driftCells(job) {
      checkCellJob('driftCells', job);
      setStream(1, job.stream);
      runStages(DRIFT, job);
    },

    varyCells(job) {
      checkCellJob('varyCells', job);
      setStream(3, job.stream);
      runStages(VARY + STICK, job);
    },

    readCells(job) {
      checkCellJob('readCells', job);
      checkTelegraph('readCells', job.laws, job.telegraph);
      setStream(2, job.stream);
      if (job.telegraph !== undefined) setStream(4, job.telegraph);
      runStages(READ, job);
    },

    presentCells(job) {
      checkCellJob('presentCells', job);
      setStreams(0, job.streams);
      runStages(ALL + (job.streams.read === null ? 0 : READ), job);
    },

    keepCells(job) {
      checkKeepJob(job);
      const { laws, noiseScale, targets, first = 0 } = job;
      setLaws(laws);
      setStreams(0, job.streams);
      effects.setFactors(0, job.effects);
      const step = isInside(targets) ? Math.max(1, targets.length) : CARRIED;
      for (let from = 0; from < targets.length; from += step) {
        const to = Math.min(from + step, targets.length);
        const out = keptPlace('keepCells', job.out, from);
        wasm.keepCells(place(0, targets, from, to), ...out, to - from, first + from, noiseScale);
      }
    },

    effectiveWeights(job) {
      checkEffectiveWeightsJob(job);
      const { columns, targetPlus, targetMinus, out, columnSums, gain, noiseScale } = job;
      if (columns > MOST_COLUMNS) {
        throw new RangeError(
          `effectiveWeights: a layer must have at most ${MOST_COLUMNS} columns, got ${columns}; split it`,
        );
      }
      setLaws(job.laws);
      const kinds = [job.plusEffects, job.minusEffects];
      [job.plus, job.minus].forEach((streams, kind) => {
        if (streams === null) return;
        setStreams(kind, streams);
        effects.setFactors(kind, kinds[kind]);
      });
      const stages = ALL + (job.plus.read === null ? 0 : READ);
      new Float32Array(memory.buffer, scaleAt, columns).set(job.scale);
      const sums = new Float64Array(memory.buffer, sumsAt, columns);
      if (columnSums !== undefined) sums.set(columnSums);
      const end = job.toRow * columns;
      const first = job.fromRow * columns;
      const step = [targetPlus, targetMinus ?? out, out].every(isInside) ? Math.max(1, end - first) : CARRIED;
      for (let from = first, to = first; from < end; from = to) {
        to = Math.min(from + step, end);
        [job.keptPlus, job.keptMinus].forEach((kept, kind) => {
          const [written, exponents] = kept ? keptPlace('effectiveWeights', kept, from) : NOT_KEPT;
          wasm.setKept(kind, written, exponents);
        });
        // Each shortens the call to what it has room for; the first is told again how long it has become.
        for (const kind of [0, 1, 0]) to = effects.setStuck(kind, kinds[kind], from, to);
        wasm.effectiveWeights(
          stages,
          place(0, targetPlus, from, to),
          targetMinus === null ? 0 : place(1, targetMinus, from, to),
          outPlace(out, from - first),
          to - from,
          from,
          columns,
          scaleAt,
          gain,
          noiseScale,
          columnSums === undefined ? 0 : sumsAt,
        );
        carryOut(out, from - first, to - first);
      }
      columnSums?.set(sums);
    },
  };
}
