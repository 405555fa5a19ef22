import { type Couple, couplesOf, type LayerCell, sliceCount } from '../compile/cells.ts';
import { type Program, type ProgramLayer, perWeight, sliceWeights, stripFeeds } from '../compile/program.ts';
import { cellStreams } from '../device/cell-streams.ts';
import { createKernels } from '../device/kernels.ts';
import type { Tensor } from '../graph/graph.ts';
import { type CellLaws, cellLaws, firstAge } from '../profile/cell-laws.ts';
import { arrayEffects } from './array-effects.ts';
import { type Compensation, compensationGains } from './compensation.ts';
import { type CellToKeep, cellsToKeep, createKeptChip } from './kept-chip.ts';
import { createLiveReader, type LiveReader } from './live-read.ts';
import { presentLayerCells } from './present-cells.ts';
import { type ErrorSource, hasWires, lawsOf } from './sources.ts';
import { createWiredCells, refuseLiveReads, type WiredCells } from './wired-cells.ts';
import { subtractZeros } from './zero-cells.ts';

/** One chip at one moment. */
export interface ChipState {
  /** The chip's seed. */
  readonly chip: number;
  /** Age: seconds since the profile's reference read. */
  readonly seconds: number;
  readonly noise: number;
  /** Number of the repeated read, from 0: another number, another draw of read noise. */
  readonly read: number;
  readonly source: ErrorSource;
  readonly compensate: Compensation;
}

/**
 * Makes the effective weights of simulated chips of one program. Each cell is drawn again from its streams, so any chip at any
 * time is one pass, and the same whatever was asked for before. Of a chip that is asked for again and again (`kept-chip.ts`), written
 * states and drift exponents are kept: the same bits, sooner.
 */
export interface ChipWriter {
  /** The strips' weights as graph inputs. The arrays are the writer's own: the next call overwrites them. */
  weights(state: ChipState): Record<string, Tensor>;
  /**
   * The same chip for reads that are new at each product: the weights' means over reads, and the variances of a read,
   * as graph inputs (`compile/live-reads.ts`). Where a read draws nothing, the weights of `weights` and no variances.
   * Compensation gains come from one read of the chip, the one that `weights` would give.
   * @throws UsageError where both wires and reads would have to be drawn for
   */
  live(state: ChipState): { weights: Record<string, Tensor>; variances: Record<string, Tensor> | null };
  /** The strips' weights without any error. */
  targets(): Record<string, Tensor>;
}

interface Place {
  readonly layer: ProgramLayer;
  readonly couples: readonly Couple<LayerCell>[];
  /** Weights of each strip and slice, `[R, out]`. */
  readonly weights: readonly (readonly Float32Array[])[];
}

/**
 * Makes a writer for a program's chips. It holds targets and weights in WebAssembly memory: 12 bytes a weight of one pair; and 16
 * more, up to `KEPT_BYTES` in all, of a chip asked for at several ages or reads in a row.
 *
 * @throws RangeError if that is beyond 4 GiB; UsageError, when asked for weights, for an age that the profile does not support
 */
export function createChipWriter(program: Program): ChipWriter {
  const { kernels, places, chosen } = placed(program);
  const wired = createWiredCells(program);
  const effectsOf = arrayEffects(program);
  const keptChip = createKeptChip(kernels, chosen, effectsOf);
  const tables = new Map<number, CellLaws>();
  // Building tables costs more than a chip, and the kernels keep those that they hold.
  const lawsAt = (seconds: number): CellLaws => {
    const known = tables.get(seconds) ?? cellLaws(program.profile, seconds);
    tables.set(seconds, known);
    return known;
  };

  /** One pass over all cells: fills the weights, returns each column's reference sum, `[strips, out]` a layer. */
  const pass = (state: ChipState, seconds: number, event: number): Float64Array[] => {
    const laws = lawsOf(state.source, lawsAt(seconds));
    const throughWires = wired !== null && hasWires(state.source) ? wired : null;
    const keptOf = throughWires === null ? keptChip.recall(state, laws) : () => undefined;
    return places.map((place) => {
      const { layer, couples, weights } = place;
      const { name, out: columns } = layer;
      if (throughWires !== null) {
        const present = (cell: LayerCell) =>
          presentLayerCells(kernels, laws, effectsOf, state, layer, cell, event);
        return wiredPass(throughWires, place, present);
      }
      const sums = new Float64Array(layer.strips.length * columns);
      for (const couple of couples) {
        const { slice, share, plus } = couple;
        const zeros = couple.minus?.isShared === true ? couple.minus : null;
        const minus = zeros === null ? couple.minus : null;
        layer.strips.forEach(([fromRow, toRow], strip) => {
          const span = [strip * columns, (strip + 1) * columns] as const;
          const scale = layer.scale.subarray(...span);
          kernels.effectiveWeights({
            laws,
            noiseScale: state.noise,
            plus: cellStreams(state.chip, name, plus.name, event),
            minus: minus === null ? null : cellStreams(state.chip, name, minus.name, event),
            plusEffects: effectsOf(state, layer, plus, strip),
            minusEffects: minus === null ? undefined : effectsOf(state, layer, minus, strip),
            keptPlus: keptOf(layer, plus),
            keptMinus: minus === null ? undefined : keptOf(layer, minus),
            targetPlus: plus.targets,
            targetMinus: minus === null ? null : minus.targets,
            columns,
            fromRow,
            toRow,
            scale: share === 1 ? scale : scale.map((unit) => unit * share),
            gain: 1,
            out: weights[strip]![slice]!,
            ...(zeros === null ? { columnSums: sums.subarray(...span) } : {}),
          });
        });
        // Zero-point cells are few: they are drawn once, and subtracted from the cells that stand alone.
        if (zeros !== null) {
          const cells = presentLayerCells(kernels, laws, effectsOf, state, layer, zeros, event);
          subtractZeros(layer, couple, cells, weights, sums);
        }
      }
      return sums;
    });
  };

  // The reference time, or the first age that the profile's source supports.
  const start = firstAge(program.profile);
  let reference: { key: string; sums: Float64Array[] } | null = null;
  /** The chip's reference read, kept while the same chip is asked for. */
  const referenceSums = (state: ChipState): Float64Array[] => {
    const key = JSON.stringify([state.chip, state.noise, state.source]);
    if (reference?.key !== key) reference = { key, sums: pass(state, start, REFERENCE_READ) };
    return reference.sums;
  };

  const drifts = (state: ChipState): boolean => {
    const laws = lawsOf(state.source, lawsAt(state.seconds));
    if (state.seconds <= start) return false;
    const relaxes = program.profile.writing?.meanShift?.dependsOnAge === true;
    return (
      (laws.driftExponentMean !== null && laws.driftLog > 0) || (relaxes && laws.writeMeanShift !== null)
    );
  };

  let liveReader: LiveReader | undefined;

  /** One pass at the present age and, where drift is compensated, the gains that it asks for. */
  const passWithGains = (state: ChipState): Float32Array[] | null => {
    const isCompensated = state.compensate !== 'none' && drifts(state);
    const before = isCompensated ? referenceSums(state) : null;
    const now = pass(state, state.seconds, readEvent(state));
    if (before === null) return null;
    const outs = program.layers.map((layer) => layer.out);
    return compensationGains(state.compensate, before, now, outs);
  };

  const compensate = (gains: readonly Float32Array[], reader?: LiveReader): void => {
    places.forEach(({ layer, weights }, index) => {
      weights.forEach((slices, number) => {
        const gain = gains[index]!.subarray(number * layer.out, (number + 1) * layer.out);
        reader?.compensate(index, number, gain);
        for (const slice of slices) {
          for (let row = 0; row < slice.length; row += layer.out) {
            for (let column = 0; column < layer.out; column++) slice[row + column]! *= gain[column]!;
          }
        }
      });
    });
  };

  const feeds = (
    weightsOf: (place: Place, strip: number) => readonly Float32Array[],
  ): Record<string, Tensor> =>
    Object.assign({}, ...places.map((place) => stripFeeds(place.layer, (strip) => weightsOf(place, strip))));

  return {
    weights(state) {
      const gains = passWithGains(state);
      if (gains !== null) compensate(gains);
      return feeds(({ weights }, strip) => weights[strip]!);
    },
    live(state) {
      if (hasWires(state.source)) refuseLiveReads(program.profile, program.options.mapping);
      const gains = passWithGains(state);
      const laws = lawsOf(state.source, lawsAt(state.seconds));
      liveReader ??= createLiveReader(program, kernels, effectsOf);
      const variances = liveReader.fill(laws, state, (layer, strip) => places[layer]!.weights[strip]!);
      if (gains !== null) compensate(gains, liveReader);
      return { weights: feeds(({ weights }, strip) => weights[strip]!), variances };
    },
    targets: () => feeds(({ layer }, strip) => sliceWeights(layer, strip)),
  };
}

/** A layer's pass with wires: what the terminals see of the cells, instead of the cells. */
function wiredPass(
  wired: WiredCells,
  { layer, couples, weights }: Place,
  present: (cell: LayerCell) => Float32Array,
): Float64Array {
  const { cells, out: columns } = layer;
  const seen = wired.seen(layer, cells.map(present)).cells;
  const held = { ...layer, cells: cells.map((cell, kind) => ({ ...cell, targets: seen[kind]! })) };
  const sums = new Float64Array(layer.strips.length * columns);
  layer.strips.forEach(([fromRow], strip) => {
    sliceWeights(held, strip).forEach((values, slice) => {
      weights[strip]![slice]!.set(values);
    });
    for (const { slice, plus, minus } of couples) {
      const values = weights[strip]![slice]!;
      const zeros = minus === null ? null : perWeight(layer, minus, minus.targets);
      for (let at = 0; at < values.length; at++) {
        const cell = fromRow * columns + at;
        const direction = Math.sign(plus.targets[cell]! - (zeros === null ? 0 : zeros[cell]!));
        sums[strip * columns + (at % columns)]! += direction * values[at]!;
      }
    }
  });
  return sums;
}

/** Which draw of read noise: that of an age and a repeat. Ages are below 2^40 s. */
export function readEvent({ seconds, read }: Pick<ChipState, 'seconds' | 'read'>): number {
  return seconds + read * 2 ** 40;
}

/** The read at the reference time that drift is measured against: a read of its own. */
const REFERENCE_READ = -1;

/** The kernels with a program's targets, and room for its weights and kept cells, in their memory. */
function placed(program: Program) {
  const targets = program.layers.flatMap((layer) => layer.cells.map((cell) => cell.targets.length));
  const weights = program.layers.flatMap(({ strips, cells, out }) =>
    strips.flatMap(([from, to]) => Array.from({ length: sliceCount(cells) }, () => (to - from) * out)),
  );
  const used = [...targets, ...weights].reduce((sum, size) => sum + 4 * size + 64, 0);
  const toKeep = cellsToKeep(program, used);
  const kernels = createKernels({ bytes: toKeep.reduce((sum, { bytes }) => sum + bytes, used) });
  const copied = (cell: LayerCell): LayerCell => {
    const array = kernels.allocate(cell.targets.length);
    array.set(cell.targets);
    return { ...cell, targets: array };
  };
  const cellsOf = new Map(program.layers.map((layer) => [layer, layer.cells.map(copied)]));
  const places = program.layers.map((layer): Place => {
    const slices = sliceCount(layer.cells);
    return {
      layer,
      couples: couplesOf(cellsOf.get(layer)!),
      weights: layer.strips.map(([from, to]) =>
        Array.from({ length: slices }, () => kernels.allocate((to - from) * layer.out)),
      ),
    };
  });
  const chosen = toKeep.map((kept): CellToKeep => {
    const cell = cellsOf.get(kept.layer)!.find(({ name }) => name === kept.cell.name)!;
    return { ...kept, cell };
  });
  return { kernels, places, chosen };
}
