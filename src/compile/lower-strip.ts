import type { GraphBuilder } from '../graph/build.ts';
import { float32 } from '../graph/graph.ts';
import type { LinearLayer } from '../graph/linear-layers.ts';
import { type Converter, convert } from './convert.ts';
import type { Range } from './partition.ts';
import { sliceInputs, sliceProducts } from './strip-names.ts';

/** How one linear layer stands on its tiles. */
export interface LayerPlan {
  readonly layer: LinearLayer;
  /** Row blocks, one product each. */
  readonly strips: readonly Range[];
  /** Converters with their ranges; null computes without them. */
  readonly converters: LayerConverters | null;
  /** Output lines and graph inputs of a weight. */
  readonly slices: number;
  /** The digital zero point in weight units, `[strips, out]`; null where there is none. */
  readonly zero: Float32Array | null;
  /** Bits of an input's size that drive the rows at a time; null: all at once. */
  readonly inputSliceBits: number | null;
}

export interface LayerConverters {
  readonly dac: Converter | null;
  readonly adc: Converter | null;
  /** The DAC's range at each row, `[in]`, in units of the layer's input. */
  readonly inputRange: Float32Array;
  /**
   * The ADC's range at each strip, slice and column, `[strips, slices, out]`, in units of the layer's output; where inputs
   * are sliced, of its product with the least significant input slice.
   */
  readonly adcRange: Float32Array;
  /** Weight units a microsiemens, `[strips, out]`: 0 where the weights are all zero, whose codes then stand for nothing. */
  readonly scale: Float32Array;
}

/**
 * Adds one strip: the products of its slices, their ADCs, and their digital sum with the zero point.
 *
 * @param driven What drives the rows: the layer's input, or its codes.
 * @param digits The codes in slices, stacked in front; null where all bits drive at once.
 * @returns The name of the strip's part of the layer's output.
 */
export function addStrip(
  builder: GraphBuilder,
  plan: LayerPlan,
  strip: number,
  driven: string,
  digits: InputDigits | null,
): string {
  const { layer, strips, slices, zero, converters } = plan;
  const { name } = layer;
  const [from, to] = strips[strip]!;
  const ofStrip = (value: string, ending: string) =>
    strips.length === 1
      ? value
      : builder.node('Slice', [value, builder.ints([from]), builder.ints([to]), builder.ints([-1])], {
          name: `${name}.rows.${strip}${ending}`,
        });
  const rows = digits === null ? ofStrip(driven, '') : ofStrip(digits.value, '.digits');
  // What one code of the DAC is worth at this strip's rows; a strip has one input range.
  const dac = converters?.dac ?? null;
  const unit = converters !== null && dac !== null ? converters.inputRange[from]! / dac.top : 1;
  const parts = sliceInputs(name, strip, slices).map((input, slice) => {
    const weight = builder.input(input, 'float32', [to - from, layer.out]);
    return addSlice(builder, plan, { strip, slice, weight, rows, digits, unit });
  });
  const sum = summed(builder, parts, `${name}.slices.${strip}`);
  if (zero === null) return sum;
  const codes = digits === null ? rows : ofStrip(driven, '');
  const total = builder.node('ReduceSum', [codes, builder.ints([-1])], {
    name: `${name}.total.${strip}`,
    attributes: { keepdims: 1 },
  });
  const points = zero.slice(strip * layer.out, (strip + 1) * layer.out).map((point) => point * unit);
  const each = builder.constant(`${name}.zero.${strip}`, float32([layer.out], points));
  const offset = builder.node('Mul', [total, each], { name: `${name}.offset.${strip}` });
  return builder.node('Add', [sum, offset], { name: `${name}.centred.${strip}` });
}

/** The codes of a layer's inputs in slices: digits, stacked on an axis in front. */
export interface InputDigits {
  readonly value: string;
  /** The codes themselves. */
  readonly codes: string;
  readonly count: number;
  /** Of the codes, without that axis. */
  readonly rank: number;
}

interface SliceOfStrip {
  readonly strip: number;
  readonly slice: number;
  readonly weight: string;
  readonly rows: string;
  readonly digits: InputDigits | null;
  readonly unit: number;
}

/**
 * The product of one slice of the weights with the inputs, converted; with inputs in slices all products at once, which are then
 * shifted and added: sums of codes, which float32 holds exactly, before the step makes values of them.
 */
function addSlice(
  builder: GraphBuilder,
  plan: LayerPlan,
  { strip, slice, weight, rows, digits, unit }: SliceOfStrip,
): string {
  const { layer, slices, converters } = plan;
  const { name } = layer;
  const adc = converters?.adc ?? null;
  const of = slices === 1 && digits === null ? `${strip}` : `${strip}.${slice}`;
  const product = sliceProducts(name, strip, { slices, inputSlices: digits?.count ?? 1 })[slice]!;
  const added = (value: string) => (digits === null ? value : shiftedSum(builder, plan, of, value, digits));
  if (converters === null || adc === null) {
    const scaled =
      unit === 1
        ? weight
        : builder.node('Mul', [weight, builder.scalar(unit)], { name: `${name}.driven.${of}` });
    return added(builder.node('MatMul', [rows, scaled], { name: product }));
  }
  const first = (strip * slices + slice) * layer.out;
  const step = converters.adcRange.slice(first, first + layer.out).map((range) => range / adc.top);
  const gain = builder.constant(
    `${name}.adc.gain.${of}`,
    float32(
      [layer.out],
      step.map((lsb) => unit / lsb),
    ),
  );
  const weights = builder.node('Mul', [weight, gain], { name: `${name}.driven.${of}` });
  const codes = builder.node('MatMul', [rows, weights], { name: product });
  const converted = added(convert(builder, `${name}.adc.${of}`, codes, adc));
  const worth = step.map((size, column) => (converters.scale[strip * layer.out + column] === 0 ? 0 : size));
  const lsb = builder.constant(`${name}.adc.step.${of}`, float32([layer.out], worth));
  return builder.node('Mul', [converted, lsb], { name: `${name}.partial.${of}` });
}

/**
 * The sum over input slices k of 2^(s k) times the value's entry k, s being the bits of a slice: as a product with those numbers, which
 * goes over the value once.
 */
function shiftedSum(
  builder: GraphBuilder,
  { layer, inputSliceBits }: LayerPlan,
  of: string,
  value: string,
  { codes, count, rank }: InputDigits,
): string {
  const { name, out } = layer;
  const worths = `${name}.worths`;
  const shape = `${name}.lines`;
  if (!builder.has(worths)) {
    const numbers = Array.from({ length: count }, (_, part) => 2 ** (inputSliceBits! * part));
    builder.constant(worths, float32([1, count], numbers));
    const all = builder.node('Shape', [codes], { name: `${name}.lines.rows` });
    const rows = builder.node('Slice', [all, builder.ints([0]), builder.ints([rank - 1])], {
      name: `${name}.lines.batch`,
    });
    builder.node('Concat', [rows, builder.ints([out])], { name: shape, attributes: { axis: 0 } });
  }
  const flat = builder.node('Reshape', [value, builder.ints([count, -1])], { name: `${name}.flat.${of}` });
  const sum = builder.node('MatMul', [worths, flat], { name: `${name}.shifted.${of}` });
  return builder.node('Reshape', [sum, shape], { name: `${name}.added.${of}` });
}

/** Adds values up, in their order. */
export function summed(builder: GraphBuilder, parts: readonly string[], name: string): string {
  return parts
    .slice(1)
    .reduce(
      (left, right, index) => builder.node('Add', [left, right], { name: `${name}.${index}` }),
      parts[0]!,
    );
}
