import { buildGraph, type GraphBuilder } from '../graph/build.ts';
import type { Graph } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import type { LinearLayer } from '../graph/linear-layers.ts';
import { type Converter, convert } from './convert.ts';
import type { Range } from './partition.ts';

/** How one linear layer stands on its tiles. */
export interface LayerPlan {
  readonly layer: LinearLayer;
  /** Row blocks, one product each. */
  readonly strips: readonly Range[];
  /** Converters with their ranges; null computes without them. */
  readonly converters: LayerConverters | null;
}

export interface LayerConverters {
  readonly dac: Converter | null;
  readonly adc: Converter | null;
  /** The DAC's range at each row, `[in]`, in units of the layer's input. */
  readonly inputRange: Float32Array;
  /** The ADC's range at each strip and column, `[strips, out]`, in units of the layer's output. */
  readonly adcRange: Float32Array;
}

/**
 * The graph inputs that hold a strip's effective weights, `[R, out]` in weight units: one a slice. A weight is the sum
 * of its slices and of the digital zero point, where the mapping has one.
 */
export function sliceInputs(layer: string, strip: number, slices: number): string[] {
  if (slices === 1) return [stripInput(layer, strip)];
  return Array.from({ length: slices }, (_, slice) => `${stripInput(layer, strip)}.${slice}`);
}

/** The graph input of a strip whose weights have one slice. */
export function stripInput(layer: string, strip: number): string {
  return `${layer}.weight.${strip}`;
}

/** The value that is a strip's product before its ADC. */
export function stripProduct(layer: string, strip: number): string {
  return `${layer}.product.${strip}`;
}

/** The value that a layer's rows are driven with, before the DAC. */
export function layerInput(graph: Graph, layer: string): string {
  const node = graph.nodes.find((candidate) => candidate.name === layer);
  return node!.inputs[0]!;
}

/**
 * Puts the linear layers onto crossbars: each product becomes DAC, one product a strip with its weights as a graph
 * input, ADC, and the digital sum of the strips. Everything else of the graph stays as it is.
 *
 * One MatMul serves a whole strip: its tiles are column ranges of it. The step of a column's ADC is multiplied into
 * the strip's weights, so that the product comes out in ADC codes.
 *
 * @param plans The layers to put onto crossbars; others stay digital.
 */
export function lowerToStrips(graph: Graph, plans: readonly LayerPlan[]): Graph {
  const byName = new Map(plans.map((plan) => [plan.layer.name, plan]));
  const initializers = new Map(graph.initializers);
  for (const plan of plans) initializers.delete(plan.layer.weight);
  const builder = buildGraph(graph.name, { ...graph, initializers, nodes: [] });
  for (const node of graph.nodes) {
    const plan = byName.get(node.name);
    if (plan === undefined) {
      builder.nodes(node.op, node.inputs, node.outputs.length, node);
      continue;
    }
    const bias = node.op === 'Gemm' ? node.inputs[2] : undefined;
    const output = node.outputs[0]!;
    if (bias === undefined || bias === '') {
      addStrips(builder, plan, node.inputs[0]!, output);
    } else {
      addStrips(builder, plan, node.inputs[0]!, `${node.name}.sum`);
      builder.node('Add', [`${node.name}.sum`, bias], { name: `${node.name}.biased`, outputs: [output] });
    }
  }
  return builder.finish();
}

function addStrips(builder: GraphBuilder, plan: LayerPlan, x: string, output: string): void {
  const { layer, strips, converters } = plan;
  const { name } = layer;
  const dac = converters?.dac ?? null;
  const adc = converters?.adc ?? null;
  let driven = x;
  if (converters !== null && dac !== null) {
    const gain = builder.constant(
      `${name}.dac.gain`,
      float32(
        [layer.in],
        converters.inputRange.map((range) => dac.top / range),
      ),
    );
    driven = convert(
      builder,
      `${name}.dac`,
      builder.node('Mul', [x, gain], { name: `${name}.dac.scaled` }),
      dac,
    );
  }
  const parts = strips.map(([from, to], strip) => {
    const rows =
      strips.length === 1
        ? driven
        : builder.node('Slice', [driven, builder.ints([from]), builder.ints([to]), builder.ints([-1])], {
            name: `${name}.rows.${strip}`,
          });
    const weight = builder.input(stripInput(name, strip), 'float32', [to - from, layer.out]);
    // What one code of the DAC is worth at this strip's rows; a strip has one input range.
    const unit = converters !== null && dac !== null ? converters.inputRange[from]! / dac.top : 1;
    const product = (weights: string) =>
      builder.node('MatMul', [rows, weights], { name: stripProduct(name, strip) });
    if (converters === null || adc === null) {
      if (unit === 1) return product(weight);
      const scaled = builder.node('Mul', [weight, builder.scalar(unit)], { name: `${name}.driven.${strip}` });
      return product(scaled);
    }
    const step = converters.adcRange
      .slice(strip * layer.out, (strip + 1) * layer.out)
      .map((range) => range / adc.top);
    const gain = builder.constant(
      `${name}.adc.gain.${strip}`,
      float32(
        [layer.out],
        step.map((lsb) => unit / lsb),
      ),
    );
    const codes = product(builder.node('Mul', [weight, gain], { name: `${name}.driven.${strip}` }));
    const lsb = builder.constant(`${name}.adc.step.${strip}`, float32([layer.out], step));
    return builder.node('Mul', [convert(builder, `${name}.adc.${strip}`, codes, adc), lsb], {
      name: `${name}.partial.${strip}`,
    });
  });
  const sum = parts
    .slice(1)
    .reduce(
      (left, right, index) => builder.node('Add', [left, right], { name: `${name}.sum.${index}` }),
      parts[0]!,
    );
  builder.node('Identity', [sum], { name: `${name}.whole`, outputs: [output] });
}
