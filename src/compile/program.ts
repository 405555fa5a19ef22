import { float32, type Graph, type Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { transpose } from '../graph/transpose.ts';
import type { AdcRange, DeviceProfile, Converter as ProfileConverter } from '../profile/profile.ts';
import {
  type CellRole,
  couplesOf,
  type LayerCell,
  type MappingOptions,
  sliceCount,
  weightColumns,
} from './cells.ts';
import { checkOptions } from './check-options.ts';
import { CompileError } from './compile-error.ts';
import { type Converter, converter } from './convert.ts';
import { inputSliceCount } from './input-digits.ts';
import { lowerToStrips, sliceInputs } from './lower.ts';
import { mapWeights } from './map.ts';
import { partition, type Range } from './partition.ts';

/** A linear layer on its tiles. The tiles are the pairs of a strip (a row range) and a column range. */
export interface ProgramLayer {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly strips: readonly Range[];
  readonly columns: readonly Range[];
  /** The cells of a weight: w = scale x sum over cells of share x g, + zero. */
  readonly cells: readonly LayerCell[];
  /** Weight units a microsiemens, `[strips, out]`. */
  readonly scale: Float32Array;
  /** The digital zero point in weight units, `[strips, out]`; null where the mapping has none. */
  readonly zero: Float32Array | null;
  /** How many weights the mapping clipped. */
  readonly clippedWeights: number;
  /** The DAC's range at each strip, in units of the layer's input; null without a DAC. */
  readonly inputRange: Float32Array | null;
  /** The ADC's range, `[strips, slices, out]`, in units of the layer's output; null without an ADC. */
  readonly adcRange: Float32Array | null;
}

/** Static converter ranges of a layer, as calibration found them: a number a strip, a number a strip and column. */
export interface LayerRanges {
  readonly input: Float32Array;
  readonly adc: Float32Array;
}

export type Ranges = ReadonlyMap<string, LayerRanges>;

/** A converter as a profile or the command line asks for it. */
export interface Bits {
  readonly bits: number | null;
  readonly rule: Converter['rule'];
  /** How its range is chosen; absent: by the least error in calibration. */
  readonly range?: AdcRange;
}

export interface CompileOptions {
  /** Largest tile. */
  readonly tile: { readonly rows: number; readonly columns: number };
  readonly mapping: MappingOptions;
  /** `bits` null: an exact converter. */
  readonly dac: Bits;
  readonly adc: Bits;
}

/** The compiled artefact: the executable graph, and the cells that its strips are made of. Deterministic. */
export interface Program {
  /** Inputs: the model's own, and `<layer>.weight.<strip>` `[R, out]` in weight units. */
  readonly graph: Graph;
  readonly layers: readonly ProgramLayer[];
  readonly profile: DeviceProfile;
  readonly options: CompileOptions;
}

/** What a profile asks for where the user says nothing. */
export function defaultOptions(profile: DeviceProfile): CompileOptions {
  return {
    tile: { rows: profile.array.rows, columns: profile.array.columns },
    mapping: profile.mapping,
    dac: bitsOf(profile.converters.dac),
    adc: bitsOf(profile.converters.adc),
  };
}

function bitsOf({ bits, rule, range }: ProfileConverter): Bits {
  return range.rule === 'calibrated' ? { bits, rule } : { bits, rule, range };
}

/**
 * Compiles linear layers of a graph onto tiles. Draws no random number and runs no graph.
 *
 * @param graph A model's graph, its adapter attached (digital) or folded.
 * @param names The layers to put onto crossbars; all others stay digital.
 * @param ranges Calibrated converter ranges. Null compiles without converters: the form that calibration runs.
 * @param before A program of the same graph, layers, profile, tiles and mapping, whose cells are taken over: mapping takes long.
 * @throws CompileError if a name is no linear layer of the graph, or a range is missing where a converter needs it.
 */
export function compileProgram(
  graph: Graph,
  names: readonly string[],
  profile: DeviceProfile,
  options: CompileOptions,
  ranges: Ranges | null,
  before: Program | null = null,
): Program {
  const known = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  checkOptions(options, profile);
  const dac = converterOf(options.dac);
  const adc = converterOf(options.adc);
  const calibrated = ranges !== null && (dac !== null || adc !== null);
  const layers: ProgramLayer[] = [];
  const plans = names.map((name) => {
    const layer = known.get(name);
    if (layer === undefined) {
      throw new CompileError(
        'compile',
        `layer "${name}" must be a linear layer of the model, got none; see "holdfast model info"`,
      );
    }
    const strips = partition(layer.in, options.tile.rows);
    const columns = partition(layer.out, weightColumns(options.mapping, options.tile.columns));
    const mapped =
      mappedBefore(before, name) ??
      mapWeights(name, weightInOut(graph, layer), layer.out, strips, columns, profile, options.mapping);
    const range = calibrated ? ranges.get(name) : undefined;
    if (calibrated && range === undefined) {
      throw new CompileError('compile', `layer "${name}" must have converter ranges, got none; calibrate it`);
    }
    layers.push({
      name,
      in: layer.in,
      out: layer.out,
      strips,
      columns,
      ...mapped,
      inputRange: dac === null || range === undefined ? null : range.input,
      adcRange: adc === null || range === undefined ? null : range.adc,
    });
    const converters =
      range === undefined
        ? null
        : {
            dac,
            adc,
            inputRange: spread(range.input, strips, layer.in),
            adcRange: range.adc,
            scale: mapped.scale,
          };
    const { slices, inputSliceBits } = options.mapping;
    return { layer, strips, converters, slices, zero: mapped.zero, inputSliceBits };
  });
  return { graph: lowerToStrips(graph, plans), layers, profile, options };
}

function mappedBefore(before: Program | null, layer: string) {
  const known = before?.layers.find(({ name }) => name === layer);
  if (known === undefined) return undefined;
  const { cells, scale, zero, clippedWeights } = known;
  return { cells, scale, zero, clippedWeights };
}

/** The converter of a setting; null where it is exact. */
export function converterOf({ bits, rule }: Bits): Converter | null {
  return bits === null ? null : converter(bits, rule);
}

/** The number of tiles of a layer. */
export function tileCount(layer: ProgramLayer): number {
  return layer.strips.length * layer.columns.length;
}

/** A strip's number at each of its rows: `[strips]` to `[in]`. */
function spread(values: Float32Array, strips: readonly Range[], rows: number): Float32Array {
  const each = new Float32Array(rows);
  strips.forEach(([from, to], strip) => {
    each.fill(values[strip]!, from, to);
  });
  return each;
}

function weightInOut(
  graph: Graph,
  layer: { weight: string; transposed: boolean; in: number; out: number },
): Float32Array {
  const tensor = graph.initializers.get(layer.weight)!;
  const { data } = tensor;
  if (!(data instanceof Float32Array))
    throw new CompileError(`weight "${layer.weight}"`, 'must be float32; convert the model');
  return layer.transposed ? (transpose(tensor).data as Float32Array) : data;
}

/**
 * What cells stand for, without any error: a strip's weights `[R, out]`, w = scale x sum of share x g, + zero. Of the
 * program's own targets these are the model's weights, within the bound of the mapping (see `mapWeights`).
 */
export function targetWeights(layer: ProgramLayer, strip: number): Float32Array {
  return wholeWeights(layer, strip, sliceWeights(layer, strip));
}

/**
 * What the slices of a strip's weights, each `[R, out]`, add up to behind the ADCs: their sum, in their order, and the
 * digital zero point.
 */
export function wholeWeights(
  layer: Pick<ProgramLayer, 'out' | 'zero'>,
  strip: number,
  slices: readonly Float32Array[],
): Float32Array {
  const { out, zero } = layer;
  const weights = slices[0]!.slice();
  for (const slice of slices.slice(1)) for (let at = 0; at < weights.length; at++) weights[at]! += slice[at]!;
  if (zero !== null) {
    const points = zero.subarray(strip * out, (strip + 1) * out);
    for (let at = 0; at < weights.length; at++) weights[at]! += points[at % out]!;
  }
  return weights;
}

/** How many products each strip of a layer has: slices of the weights, slices of the inputs. */
export function productCounts(
  { options }: Pick<Program, 'options'>,
  layer: ProgramLayer,
): { readonly slices: number; readonly inputSlices: number } {
  const { dac, mapping } = options;
  const isSliced = layer.inputRange !== null && dac.bits !== null && mapping.inputSliceBits !== null;
  const inputSlices = isSliced ? inputSliceCount(dac.bits!, mapping.inputSliceBits!) : 1;
  return { slices: sliceCount(layer.cells), inputSlices };
}

/** A number of each of a kind of cell of some rows, as `[rows, out]`: those of zero-point cells stand for all weights that share one. */
export function perWeight(
  layer: Pick<ProgramLayer, 'in' | 'out' | 'columns'>,
  cell: CellRole,
  values: Float32Array,
  [top, bottom]: Range = [0, layer.in],
): Float32Array {
  if (!cell.isShared) return values.subarray(top * layer.out, bottom * layer.out);
  const each = new Float32Array((bottom - top) * layer.out);
  for (let row = top; row < bottom; row++) {
    const line = (row - top) * layer.out;
    layer.columns.forEach(([from, to], range) => {
      each.fill(values[row * layer.columns.length + range]!, line + from, line + to);
    });
  }
  return each;
}

/** The targets of each kind of a layer's cells, microsiemens. */
export function targetsOf({ cells }: Pick<ProgramLayer, 'cells'>): readonly Float32Array[] {
  return cells.map(({ targets }) => targets);
}

/** What the cells of each slice stand for, without the digital zero point: each `[R, out]` in weight units. */
export function sliceWeights(layer: ProgramLayer, strip: number): Float32Array[] {
  const { out } = layer;
  const [from, to] = layer.strips[strip]!;
  const slices = Array.from({ length: sliceCount(layer.cells) }, () => new Float32Array((to - from) * out));
  for (const { slice, share, plus, minus } of couplesOf(layer.cells)) {
    const weights = slices[slice]!;
    const zeros = minus === null ? null : perWeight(layer, minus, minus.targets, [from, to]);
    for (let at = 0; at < weights.length; at++) {
      const cell = from * out + at;
      const g = Math.fround(plus.targets[cell]! - (zeros === null ? 0 : zeros[at]!));
      weights[at]! += g * Math.fround(layer.scale[strip * out + (at % out)]! * share);
    }
  }
  return slices;
}

/** A layer's weights as graph inputs: what `weightsOf` gives for each strip, an array `[R, out]` a slice. */
export function stripFeeds(
  layer: ProgramLayer,
  weightsOf: (strip: number) => readonly Float32Array[],
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  layer.strips.forEach(([from, to], strip) => {
    const names = sliceInputs(layer.name, strip, sliceCount(layer.cells));
    weightsOf(strip).forEach((weights, slice) => {
      feeds[names[slice]!] = float32([to - from, layer.out], weights);
    });
  });
  return feeds;
}
