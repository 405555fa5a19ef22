import { intAttribute } from './attributes.ts';
import type { Graph, Node } from './graph.ts';

/** A product with a constant matrix: what an adapter stands in front of and what a crossbar holds. */
export interface LinearLayer {
  /** The name of its MatMul or Gemm. */
  readonly name: string;
  /** The value that is multiplied, `[..., in]`. */
  readonly input: string;
  /** The value behind the bias, or the product itself where there is none, `[..., out]`. */
  readonly output: string;
  /** Initializer `[in, out]`, or `[out, in]` where `transposed`. */
  readonly weight: string;
  /** Initializer `[out]`: a Gemm's C, or the operand of the Add that directly follows. */
  readonly bias: string | null;
  readonly transposed: boolean;
  readonly in: number;
  readonly out: number;
}

/** The linear layers of a graph in order: every MatMul and Gemm whose second operand is a rank-2 constant. */
export function linearLayers(graph: Graph): LinearLayer[] {
  const users = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  }
  return graph.nodes.flatMap((node) => {
    const weight = node.inputs[1] ?? '';
    const shape = graph.initializers.get(weight)?.shape;
    if ((node.op !== 'MatMul' && node.op !== 'Gemm') || shape?.length !== 2) return [];
    const transposed = node.op === 'Gemm' && intAttribute(node, 'transB', 0) !== 0;
    const [rows, columns] = [shape[0]!, shape[1]!];
    const out = transposed ? rows : columns;
    const product = node.outputs[0]!;
    const own = node.op === 'Gemm' && vectorOf(graph, node.inputs[2], out) ? node.inputs[2]! : null;
    const next = own === null ? biasAfter(graph, users.get(product) ?? [], product, out) : null;
    return [
      {
        name: node.name,
        input: node.inputs[0]!,
        output: next?.output ?? product,
        weight,
        bias: own ?? next?.bias ?? null,
        transposed,
        in: transposed ? columns : rows,
        out,
      },
    ];
  });
}

function biasAfter(
  graph: Graph,
  followers: readonly Node[],
  product: string,
  out: number,
): { bias: string; output: string } | null {
  const [add, ...others] = followers;
  // A product that is used bare as well, or is itself an output of the graph, has no bias of its own.
  const bare = others.length > 0 || graph.outputs.some((output) => output.name === product);
  if (add?.op !== 'Add' || bare) return null;
  const bias = add.inputs[0] === product ? add.inputs[1]! : add.inputs[0]!;
  return vectorOf(graph, bias, out) ? { bias, output: add.outputs[0]! } : null;
}

function vectorOf(graph: Graph, name: string | undefined, length: number): boolean {
  const shape = name === undefined ? undefined : graph.initializers.get(name)?.shape;
  return shape?.length === 1 && shape[0] === length;
}
