import { BadFileError } from '../core/errors.ts';
import { nodeTitle } from './attributes.ts';
import type { DataType, Dimension, Graph, Node } from './graph.ts';
import { knownTensor } from './known-tensor.ts';
import type { Known, ShapeRule } from './shape-rule.ts';
import { ELEMENTWISE_SHAPES } from './shape-rules-elementwise.ts';
import { LAYOUT_SHAPES } from './shape-rules-layout.ts';
import { PRODUCT_SHAPES } from './shape-rules-product.ts';

/** One small rule for each operator of the standard set that our graphs may use. */
export const SHAPE_RULES: Readonly<Record<string, ShapeRule>> = {
  ...ELEMENTWISE_SHAPES,
  ...LAYOUT_SHAPES,
  ...PRODUCT_SHAPES,
};

/**
 * The element type and shape of every value of a graph: inputs, constants and all that its nodes make.
 *
 * Sizes known only at run time stay names; equal names are equal sizes. Products and sums are kept (`B*T`, `(T+1)`), a
 * size that cannot be followed gets a name of its own.
 *
 * @throws BadFileError naming the node, if an operator is unknown or its inputs do not fit
 */
export function inferShapes(
  graph: Graph,
): ReadonlyMap<string, { readonly dtype: DataType; readonly shape: readonly Dimension[] }> {
  return inferValues(graph);
}

/** As inferShapes, with the entries of short whole-number lists (shapes under construction). */
export function inferValues(graph: Graph): Map<string, Known> {
  const values = new Map<string, Known>();
  for (const { name, dtype, shape } of graph.inputs) values.set(name, { dtype, shape });
  for (const [name, tensor] of graph.initializers) values.set(name, knownTensor(tensor));
  for (const node of graph.nodes) inferNode(node, values);
  return values;
}

/** Adds what is known of the outputs of one node. @throws BadFileError as inferShapes does. */
export function inferNode(node: Node, values: Map<string, Known>): void {
  const rule = SHAPE_RULES[node.op];
  if (rule === undefined) {
    throw new BadFileError(
      nodeTitle(node),
      `its operator must be one of ${Object.keys(SHAPE_RULES).sort().join(', ')}, got ${node.op}; rewrite it in these`,
    );
  }
  const inputs = node.inputs.map((name) => {
    if (name === '') return undefined;
    const known = values.get(name);
    if (known === undefined) {
      throw new BadFileError(
        nodeTitle(node),
        `its input "${name}" must be made before it, got no such value`,
      );
    }
    return known;
  });
  const outputs = rule({ node, inputs });
  node.outputs.forEach((name, index) => {
    const known = outputs[index];
    if (known === undefined) {
      throw new BadFileError(
        nodeTitle(node),
        `it must have at most ${outputs.length} outputs, got ${node.outputs.length}`,
      );
    }
    if (name !== '') values.set(name, known);
  });
}
