import { EngineError, HoldfastError } from '../core/errors.ts';
import type { Graph, Node } from '../graph/graph.ts';
import type { Tf } from './tfjs-namespace.ts';
import type { OperatorTable } from './tfjs-operator.ts';
import { ELEMENTWISE } from './tfjs-operators-elementwise.ts';
import { INDEX } from './tfjs-operators-index.ts';
import { LINEAR } from './tfjs-operators-linear.ts';
import { REDUCE } from './tfjs-operators-reduce.ts';
import { SHAPE } from './tfjs-operators-shape.ts';
import type { Value } from './tfjs-value.ts';

const OPERATORS: OperatorTable = { ...ELEMENTWISE, ...LINEAR, ...SHAPE, ...INDEX, ...REDUCE };

/** The ONNX operators that the tfjs engine knows. */
export const TFJS_OPERATORS: readonly string[] = Object.keys(OPERATORS).sort();

/** @throws EngineError for the first node whose operator the tfjs engine lacks. */
export function checkOperators(graph: Graph): void {
  for (const node of graph.nodes) {
    if (!Object.hasOwn(OPERATORS, node.op)) {
      throw new EngineError(
        nodeText(graph, node),
        'the operator must be one that the tfjs engine knows, got another; use --engine onnxruntime',
      );
    }
  }
}

/**
 * Computes the values named in `wanted` from those in `given` (initializers and feeds), node by node. Nodes that they do
 * not need are left out. Runs inside the caller's `tf.tidy`; with `free`, each value is disposed after its last use,
 * which a gradient tape does not allow.
 */
export function interpret(
  tf: Tf,
  graph: Graph,
  given: ReadonlyMap<string, Value>,
  wanted: readonly string[],
  free: boolean,
): readonly Value[] {
  const plan = planOf(graph, wanted);
  const values = new Map(given);
  for (const { node, last } of plan) {
    const where = nodeText(graph, node);
    const inputs = node.inputs.map((name) => (name === '' ? null : known(values, where, name)));
    const outputs = compute(tf, node, where, inputs);
    node.outputs.forEach((name, index) => {
      const value = outputs[index];
      if (name === '' || value === undefined) return;
      // A tensor that passes through unchanged is named anew, so that disposing one name leaves the other.
      const shared = value.tensor !== null && inputs.some((input) => input?.tensor === value.tensor);
      values.set(name, shared ? { ...value, tensor: tf.clone(value.tensor!) } : value);
    });
    if (!free) continue;
    for (const name of last) {
      if (!given.has(name)) values.get(name)?.tensor?.dispose();
      values.delete(name);
    }
  }
  return wanted.map((name) => known(values, `graph "${graph.name}"`, name));
}

function compute(tf: Tf, node: Node, where: string, inputs: readonly (Value | null)[]): readonly Value[] {
  try {
    return OPERATORS[node.op]!({ tf, node, where, inputs });
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new EngineError(
      where,
      `the operator must run, got "${(error as Error).message}" from tfjs; check the sizes fed`,
      error,
    );
  }
}

/** The nodes that the wanted values need, in order, each with the values that nobody needs after it. */
function planOf(
  graph: Graph,
  wanted: readonly string[],
): { readonly node: Node; readonly last: readonly string[] }[] {
  const kept = new Set(wanted);
  const needed = new Set(wanted);
  const plan: { node: Node; last: string[] }[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const last = new Set(
      [...node.inputs, ...node.outputs].filter((name) => name !== '' && !needed.has(name)),
    );
    for (const name of node.inputs) needed.add(name);
    plan.unshift({ node, last: [...last].filter((name) => !kept.has(name)) });
  }
  return plan;
}

function known(values: ReadonlyMap<string, Value>, where: string, name: string): Value {
  const value = values.get(name);
  if (value === undefined) {
    throw new EngineError(
      where,
      `the value "${name}" must be made before it is used, got none; check the graph`,
    );
  }
  return value;
}

function nodeText(graph: Graph, node: Node): string {
  return `graph "${graph.name}", node "${node.name}" (${node.op})`;
}
