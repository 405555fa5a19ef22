import { stripInput } from '../compile/lower.ts';
import { type Program, type ProgramLayer, targetWeights } from '../compile/program.ts';
import { cellStreams } from '../device/cell-streams.ts';
import { createKernels } from '../device/kernels.ts';
import type { Tensor } from '../graph/graph.ts';
import { type CellLaws, cellLaws } from '../profile/cell-laws.ts';
import { type Compensation, compensationGains } from './compensation.ts';
import { type ErrorSource, lawsOf } from './sources.ts';

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
 * Makes the effective weights of simulated chips of one program. Cells are not stored: each is drawn again from its
 * streams, so any chip at any time is one pass, and the same whatever was asked for before.
 */
export interface ChipWriter {
  /** The strips' weights as graph inputs. The arrays are the writer's own: the next call overwrites them. */
  weights(state: ChipState): Record<string, Tensor>;
  /** The strips' weights without any error. */
  targets(): Record<string, Tensor>;
}

interface Place {
  readonly layer: ProgramLayer;
  readonly plus: Float32Array;
  readonly minus: Float32Array;
  /** Weights of each strip, `[R, out]`. */
  readonly weights: readonly Float32Array[];
}

export function createChipWriter(program: Program): ChipWriter {
  const { kernels, places } = placed(program);
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
    return places.map(({ layer, plus, minus, weights }) => {
      const { name, out: columns } = layer;
      const sums = new Float64Array(layer.strips.length * columns);
      layer.strips.forEach(([fromRow, toRow], strip) => {
        const span = [strip * columns, (strip + 1) * columns] as const;
        kernels.effectiveWeights({
          laws,
          noiseScale: state.noise,
          plus: cellStreams(state.chip, name, 'plus', event),
          minus: cellStreams(state.chip, name, 'minus', event),
          targetPlus: plus,
          targetMinus: minus,
          columns,
          fromRow,
          toRow,
          scale: layer.scale.subarray(...span),
          gain: 1,
          out: weights[strip]!,
          columnSums: sums.subarray(...span),
        });
      });
      return sums;
    });
  };

  // The reference time, or the first age that the profile's source supports.
  const start = program.profile.validity.fromSeconds;
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

  const compensate = (gains: readonly Float32Array[]): void => {
    places.forEach(({ layer, weights }, index) => {
      weights.forEach((strip, number) => {
        const gain = gains[index]!.subarray(number * layer.out, (number + 1) * layer.out);
        for (let row = 0; row < strip.length; row += layer.out) {
          for (let column = 0; column < layer.out; column++) strip[row + column]! *= gain[column]!;
        }
      });
    });
  };

  const feeds = (weightsOf: (place: Place, strip: number) => Float32Array): Record<string, Tensor> => {
    const all: Record<string, Tensor> = {};
    for (const place of places) {
      place.layer.strips.forEach(([from, to], strip) => {
        const shape = [to - from, place.layer.out];
        all[stripInput(place.layer.name, strip)] = { dtype: 'float32', shape, data: weightsOf(place, strip) };
      });
    }
    return all;
  };

  return {
    weights(state) {
      const isCompensated = state.compensate !== 'none' && drifts(state);
      const before = isCompensated ? referenceSums(state) : null;
      const now = pass(state, state.seconds, readEvent(state));
      if (before !== null) {
        const outs = program.layers.map((layer) => layer.out);
        compensate(compensationGains(state.compensate, before, now, outs));
      }
      return feeds(({ weights }, strip) => weights[strip]!);
    },
    targets: () => feeds(({ layer }, strip) => targetWeights(layer, strip)),
  };
}

/** Which draw of read noise: that of an age and a repeat. Ages are below 2^40 s. */
function readEvent({ seconds, read }: ChipState): number {
  return seconds + read * 2 ** 40;
}

/** The read at the reference time that drift is measured against: a read of its own. */
const REFERENCE_READ = -1;

/** The kernels with a program's targets, and room for its weights, in their memory. */
function placed(program: Program) {
  const weights = program.layers.reduce((sum, layer) => sum + layer.in * layer.out, 0);
  const arrays = program.layers.reduce((sum, layer) => sum + 2 + layer.strips.length, 0);
  const kernels = createKernels({ bytes: 3 * 4 * weights + 64 * arrays });
  const copied = (source: Float32Array): Float32Array => {
    const array = kernels.allocate(source.length);
    array.set(source);
    return array;
  };
  const places = program.layers.map(
    (layer): Place => ({
      layer,
      plus: copied(layer.plus),
      minus: copied(layer.minus),
      weights: layer.strips.map(([from, to]) => kernels.allocate((to - from) * layer.out)),
    }),
  );
  return { kernels, places };
}
