import { buildGraph, type GraphBuilder } from '../graph/build.ts';
import type { Graph } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { convert } from './convert.ts';
import { inputDigits, inputSliceCount } from './input-digits.ts';
import { addStrip, type InputDigits, type LayerPlan, summed } from './lower-strip.ts';

export type { LayerConverters, LayerPlan } from './lower-strip.ts';
export { sliceInputs, sliceProducts, stripInput, stripProduct } from './strip-names.ts';

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
 * the strip's weights, so that the product comes out in ADC codes. Weights in slices take a product
 * and an ADC each; inputs in slices are stacked, one product for all. Their sum, shifted, and the digital zero point times the sum of the strip's converted inputs, are
 * added up behind the ADCs.
 *
 * @param plans The layers to put onto crossbars; others stay digital.
 */
export function lowerToStrips(graph: Graph, plans: readonly LayerPlan[]): Graph {
  const byName = new Map(plans.map((plan) => [plan.layer.name, plan]));
  const initializers = new Map(graph.initializers);
  for (const plan of plans) initializers.delete(plan.layer.weight);
  const builder = buildGraph(graph.name, { ...graph, initializers, nodes: [] });
  const shapes = inferShapes(graph);
  for (const node of graph.nodes) {
    const plan = byName.get(node.name);
    if (plan === undefined) {
      builder.nodes(node.op, node.inputs, node.outputs.length, node);
      continue;
    }
    const bias = node.op === 'Gemm' ? node.inputs[2] : undefined;
    const output = node.outputs[0]!;
    const rank = shapes.get(node.inputs[0]!)!.shape.length;
    if (bias === undefined || bias === '') {
      addStrips(builder, plan, node.inputs[0]!, rank, output);
    } else {
      addStrips(builder, plan, node.inputs[0]!, rank, `${node.name}.sum`);
      builder.node('Add', [`${node.name}.sum`, bias], { name: `${node.name}.biased`, outputs: [output] });
    }
  }
  return builder.finish();
}

function addStrips(builder: GraphBuilder, plan: LayerPlan, x: string, rank: number, output: string): void {
  const { layer, strips, converters } = plan;
  const { name } = layer;
  const dac = converters?.dac ?? null;
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
  const digits = dac === null ? null : digitsOf(builder, plan, driven, dac.bits, rank);
  const parts = strips.map((_, strip) => addStrip(builder, plan, strip, driven, digits));
  const sum = summed(builder, parts, `${name}.sum`);
  builder.node('Identity', [sum], { name: `${name}.whole`, outputs: [output] });
}

/** The codes in slices; null where all bits drive at once. */
function digitsOf(
  builder: GraphBuilder,
  { layer, inputSliceBits }: LayerPlan,
  codes: string,
  bits: number,
  rank: number,
): InputDigits | null {
  if (inputSliceBits === null) return null;
  const count = inputSliceCount(bits, inputSliceBits);
  if (count === 1) return null;
  const value = inputDigits(builder, `${layer.name}.dac`, codes, bits, inputSliceBits, rank);
  return { value, codes, count, rank };
}
