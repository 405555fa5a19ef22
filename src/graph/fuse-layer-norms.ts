import type { Graph, Node, Tensor } from './graph.ts';
import { inferShapes } from './shapes.ts';

/**
 * Makes a LayerNormalization of the nine operators that exporters before operator set 17 wrote for it,
 * (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) scale + bias over the last axis: fewer nodes, a gradient of its
 * own, and biases that BitFit finds. What is used elsewhere too stays.
 */
export function fuseLayerNorms(graph: Graph): Graph {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const users = new Map<string, number>();
  for (const name of [
    ...graph.nodes.flatMap(({ inputs }) => inputs),
    ...graph.outputs.map(({ name }) => name),
  ]) {
    users.set(name, (users.get(name) ?? 0) + 1);
  }
  const shapes = inferShapes(graph);
  const fused = new Map<Node, Node>();
  const dropped = new Set<Node>();
  for (const node of graph.nodes) {
    const found = normAt(node, { graph, makers, rank: (value) => shapes.get(value)!.shape.length });
    // Each inner value must have the users within the pattern and no others; x - mean(x) has two.
    if (found === null || !found.inner.every(([inner, count]) => users.get(inner.outputs[0]!) === count))
      continue;
    fused.set(node, found.norm);
    for (const [inner] of found.inner) dropped.add(inner);
  }
  if (fused.size === 0) return graph;
  const nodes = graph.nodes.filter((node) => !dropped.has(node)).map((node) => fused.get(node) ?? node);
  const used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  const initializers = new Map([...graph.initializers].filter(([name]) => used.has(name)));
  return { ...graph, nodes, initializers };
}

interface Surroundings {
  readonly graph: Graph;
  readonly makers: ReadonlyMap<string, Node>;
  readonly rank: (value: string) => number;
}

function normAt(
  last: Node,
  { graph, makers, rank }: Surroundings,
): { norm: Node; inner: readonly (readonly [Node, users: number])[] } | null {
  const tensor = (name: string | undefined): Tensor | undefined => graph.initializers.get(name ?? '');
  const madeBy = (name: string | undefined, op: string): Node | null => {
    const maker = makers.get(name ?? '');
    return maker?.op === op ? maker : null;
  };
  /** The two inputs of a node that may stand in either order: the computed one, and the constant vector. */
  const withVector = (node: Node | null, op: string): { made: string; vector: string } | null => {
    if (node?.op !== op) return null;
    const [a, b] = node.inputs as [string, string];
    const [made, vector] = tensor(a) === undefined ? [a, b] : [b, a];
    return tensor(vector)?.shape.length === 1 && tensor(made) === undefined ? { made, vector } : null;
  };
  const shift = withVector(last, 'Add');
  const product = madeBy(shift?.made, 'Mul');
  const scale = withVector(product, 'Mul');
  const quotient = madeBy(scale?.made, 'Div');
  const root = madeBy(quotient?.inputs[1], 'Sqrt');
  const guarded = madeBy(root?.inputs[0], 'Add');
  const variance = madeBy(guarded?.inputs[0], 'ReduceMean') ?? madeBy(guarded?.inputs[1], 'ReduceMean');
  const centred = madeBy(quotient?.inputs[0], 'Sub');
  const square = madeBy(variance?.inputs[0], 'Pow') ?? madeBy(variance?.inputs[0], 'Mul');
  const mean = madeBy(centred?.inputs[1], 'ReduceMean');
  const x = centred?.inputs[0];
  if (
    !shift ||
    !product ||
    !scale ||
    !quotient ||
    !root ||
    !guarded ||
    !variance ||
    !centred ||
    !square ||
    !mean
  )
    return null;
  const difference = centred.outputs[0]!;
  const two = tensor(square.inputs[1]);
  const isSquare =
    square.inputs[0] === difference &&
    (square.op === 'Mul'
      ? square.inputs[1] === difference
      : two?.data.length === 1 && Number(two.data[0]) === 2);
  const overLast = (node: Node): boolean => {
    const axes = tensor(node.inputs[1]);
    const keeps = node.attributes.keepdims;
    const axis = axes?.data.length === 1 ? Number(axes.data[0]) : Number.NaN;
    return (axis === -1 || axis === rank(x!) - 1) && (keeps === undefined || keeps.value === 1);
  };
  const epsilon = tensor(guarded.inputs.find((input) => input !== variance.outputs[0]));
  if (mean.inputs[0] !== x || !isSquare || !overLast(mean) || !overLast(variance)) return null;
  if (epsilon?.data.length !== 1) return null;
  const norm: Node = {
    op: 'LayerNormalization',
    name: last.name,
    inputs: [x!, scale.vector, shift.vector],
    outputs: last.outputs,
    attributes: {
      axis: { type: 'int', value: -1 },
      epsilon: { type: 'float', value: Number(epsilon.data[0]) },
    },
  };
  const squareUses = square.op === 'Mul' ? 3 : 2;
  const inner = [product, quotient, root, guarded, variance, square, mean].map((node) => [node, 1] as const);
  return { norm, inner: [...inner, [centred, squareUses]] };
}
