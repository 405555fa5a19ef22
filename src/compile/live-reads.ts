import { buildGraph } from '../graph/build.ts';
import { float32, type Graph, type Node } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { sliceCount } from './cells.ts';
import { CompileError } from './compile-error.ts';
import { sliceInputs } from './lower.ts';
import type { ProgramLayer } from './program.ts';

/** The graph input that holds the variances of one read of a strip's weights, `[R, out]` in weight units squared. */
export function readVarianceInput(weightInput: string): string {
  return `${weightInput}.readVariance`;
}

/** The graph input that holds one standard normal for each output of a product, of its shape. */
export function readDrawInput(product: string): string {
  return `${product}.readDraw`;
}

/** The value that is a product with its read noise, before the ADC. */
export function readProduct(product: string): string {
  return `${product}.read`;
}

/** A product of a program: the node, and the graph input of its weights. */
export interface WeightProduct {
  readonly node: Node;
  readonly weightInput: string;
  /** What multiplies the weights before the product, a number a column or one for all; null where nothing does. */
  readonly gain: string | null;
}

/** The products of a program's strips, in the graph's order. */
export function weightProducts(graph: Graph, layers: readonly ProgramLayer[]): WeightProduct[] {
  const weightInputs = new Set(
    layers.flatMap(({ name, strips, cells }) =>
      strips.flatMap((_, strip) => sliceInputs(name, strip, sliceCount(cells))),
    ),
  );
  const scaled = new Map<string, readonly [weight: string, gain: string]>();
  const products: WeightProduct[] = [];
  for (const node of graph.nodes) {
    const [first, second] = node.inputs as [string, string];
    if (node.op === 'Mul' && weightInputs.has(first)) scaled.set(node.outputs[0]!, [first, second]);
    if (node.op !== 'MatMul') continue;
    if (weightInputs.has(second)) products.push({ node, weightInput: second, gain: null });
    const [weightInput, gain] = scaled.get(second) ?? [];
    if (weightInput !== undefined) products.push({ node, weightInput, gain: gain! });
  }
  return products;
}

/**
 * Adds read noise that is new at each product to a program's graph. The noise of the cells of a column is independent
 * and, unless it is clipped, Gaussian; so its sum is drawn at the output, exactly, by one normal:
 *
 *     y_c = sum_j x_j w_jc + sqrt(sum_j x_j^2 v_jc) z_c
 *
 * v being the variance of one read of a weight. It costs a second product and a normal an output. The graph holds no
 * randomness: variances and normals are its inputs (`readVarianceInput`, `readDrawInput`).
 *
 * @param graph A program's, as compiled; counters and the removal of converters come after it.
 * @throws CompileError for cells that several columns share: their noise is not independent.
 */
export function withLiveReads(graph: Graph, layers: readonly ProgramLayer[]): Graph {
  for (const { name, cells } of layers) {
    const shared = cells.find(({ isShared }) => isShared);
    if (shared === undefined) continue;
    throw new CompileError(
      `layer "${name}"`,
      `must have cells of its own for each weight to be read live, got "${shared.name}", which the weights of a row share; use --read frozen`,
    );
  }
  const shapes = inferShapes(graph);
  const products = new Map(weightProducts(graph, layers).map((product) => [product.node, product]));
  const builder = buildGraph(graph.name, { ...graph, nodes: [] });
  const made = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  const noisy = new Map<string, string>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => noisy.get(input) ?? input);
    builder.nodes(node.op, inputs, node.outputs.length, node);
    const product = products.get(node);
    if (product === undefined) continue;
    const [rows, driven] = node.inputs as [string, string];
    const output = node.outputs[0]!;
    const variance = once(`variance of ${driven}`, () => drivenVariance(product));
    const square = once(`square of ${rows}`, () =>
      builder.node('Mul', [rows, rows], { name: `${node.name}.read.squares` }),
    );
    const draw = builder.input(readDrawInput(node.name), 'float32', shapes.get(output)!.shape);
    const sum = builder.node('MatMul', [square, variance], { name: `${node.name}.read.sum` });
    const std = builder.node('Sqrt', [sum], { name: `${node.name}.read.std` });
    const noise = builder.node('Mul', [std, draw], { name: `${node.name}.read.noise` });
    noisy.set(output, builder.node('Add', [output, noise], { name: readProduct(node.name) }));
  }
  return builder.finish();

  /** The variances in the unit of the product: what multiplies the weights multiplies them twice. */
  function drivenVariance({ weightInput, gain }: WeightProduct): string {
    const { shape } = graph.inputs.find((input) => input.name === weightInput)!;
    const name = readVarianceInput(weightInput);
    const variance = once(name, () => builder.input(name, 'float32', shape));
    if (gain === null) return variance;
    const gains = graph.initializers.get(gain)!;
    const squared = (gains.data as Float32Array).map((value) => value * value);
    const constant = once(`square of ${gain}`, () =>
      builder.constant(`${gain}.squared`, float32(gains.shape, squared)),
    );
    return builder.node('Mul', [variance, constant], { name: `${name}.driven` });
  }
}
