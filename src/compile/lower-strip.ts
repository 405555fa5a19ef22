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
}

/**
 * Adds one strip: the products of its slices, their ADCs, and their digital sum with the zero point.
 *
 * @param driven What drives the rows: the layer's input, or its codes.
 * @param digits The codes in slices, least significant first; null where all bits drive at once.
 * @returns The name of the strip's part of the layer's output.
 */
export function addStrip(
  builder: GraphBuilder,
  plan: LayerPlan,
  strip: number,
  driven: string,
  digits: readonly string[] | null,
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
  const inputs = (digits ?? [driven]).map((value, part) => ofStrip(value, digits === null ? '' : `.${part}`));
  // What one code of the DAC is worth at this strip's rows; a strip has one input range.
  const dac = converters?.dac ?? null;
  const unit = converters !== null && dac !== null ? converters.inputRange[from]! / dac.top : 1;
  const parts = sliceInputs(name, strip, slices).flatMap((input, slice) => {
    const weight = builder.input(input, 'float32', [to - from, layer.out]);
    return addSlice(builder, plan, { strip, slice, weight, inputs, unit });
  });
  const sum = summed(builder, parts, `${name}.slices.${strip}`);
  if (zero === null) return sum;
  const rows = digits === null ? inputs[0]! : ofStrip(driven, '');
  const total = builder.node('ReduceSum', [rows, builder.ints([-1])], {
    name: `${name}.total.${strip}`,
    attributes: { keepdims: 1 },
  });
  const points = zero.slice(strip * layer.out, (strip + 1) * layer.out).map((point) => point * unit);
  const each = builder.constant(`${name}.zero.${strip}`, float32([layer.out], points));
  const offset = builder.node('Mul', [total, each], { name: `${name}.offset.${strip}` });
  return builder.node('Add', [sum, offset], { name: `${name}.centred.${strip}` });
}

interface SliceOfStrip {
  readonly strip: number;
  readonly slice: number;
  readonly weight: string;
  readonly inputs: readonly string[];
  readonly unit: number;
}

/** The products of one slice of the weights with each slice of the inputs, converted and shifted. */
function addSlice(
  builder: GraphBuilder,
  plan: LayerPlan,
  { strip, slice, weight, inputs, unit }: SliceOfStrip,
): string[] {
  const { layer, slices, converters, inputSliceBits } = plan;
  const { name } = layer;
  const adc = converters?.adc ?? null;
  const isWhole = slices === 1 && inputs.length === 1;
  const of = isWhole ? `${strip}` : `${strip}.${slice}`;
  const partOf = (part: number) => (isWhole ? of : `${of}.${part}`);
  const products = sliceProducts(name, strip, { slices, inputSlices: inputs.length })[slice]!;
  const worth = (part: number) => 2 ** ((inputSliceBits ?? 0) * part);
  const multiply = (weights: string) =>
    inputs.map((rows, part) => builder.node('MatMul', [rows, weights], { name: products[part]! }));
  if (converters === null || adc === null) {
    const scaled =
      unit === 1
        ? weight
        : builder.node('Mul', [weight, builder.scalar(unit)], { name: `${name}.driven.${of}` });
    return multiply(scaled).map((product, part) =>
      worth(part) === 1
        ? product
        : builder.node('Mul', [product, builder.scalar(worth(part))], {
            name: `${name}.partial.${partOf(part)}`,
          }),
    );
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
  return multiply(weights).map((codes, part) => {
    const worths = step.map((lsb) => lsb * worth(part));
    const lsb = builder.constant(`${name}.adc.step.${partOf(part)}`, float32([layer.out], worths));
    return builder.node('Mul', [convert(builder, `${name}.adc.${partOf(part)}`, codes, adc), lsb], {
      name: `${name}.partial.${partOf(part)}`,
    });
  });
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
