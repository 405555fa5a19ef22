import type { Backward, BackwardPass } from './backward.ts';
import { startBackward } from './backward.ts';
import type { Part } from './backward-parts.ts';
import { joinParts } from './backward-parts.ts';
import { expandLike } from './backward-steps.ts';
import type { GradientQuery } from './gradient-rule.ts';
import { refuse } from './gradient-rule.ts';
import { GRADIENT_RULES } from './gradient-rules.ts';
import type { Graph, Node, ValueInfo } from './graph.ts';
import { inferShapes } from './shapes.ts';

/** What has been added to a value's gradient so far: whole contributions (by name) and parts. */
type Contribution = string | Part;

/**
 * Reverse-mode differentiation, graph to graph: the same graph with a further output `gradient.<value>` for each wanted
 * value, of that value's shape. Only what lies on a path from a wanted value to the loss gets a gradient, so frozen
 * weights and whatever stands in front of the first trained value cost nothing.
 *
 * Comparisons, shapes and other whole-number or boolean values end a path in silence: they are constant almost
 * everywhere. Gradients are taken in float32.
 *
 * @param loss A scalar float32 value of the graph.
 * @param wrt Values to differentiate by, as a rule graph inputs.
 * @throws RangeError if `loss` or `wrt` cannot be differentiated by; BadFileError naming the node, if an operator on
 *   the path has no rule or its sizes do not tell how it broadcasts
 */
export function addGradients(graph: Graph, loss: string, wrt: readonly string[]): Graph {
  checkArguments(graph, loss, wrt);
  const reached = dependents(graph, wrt);
  const g = startBackward(graph);
  const gradients = new Map<string, Contribution[]>([[loss, [g.scalar(1)]]]);

  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => gradients.has(output) && reached.has(output))) continue;
    if (!node.inputs.some((input) => reached.has(input))) continue;
    const rule = GRADIENT_RULES[node.op];
    if (rule === undefined) {
      return refuse(
        node,
        `its operator must have a gradient rule (${Object.keys(GRADIENT_RULES).sort().join(', ')}), got ${node.op}; keep it out of the path from the trained values to the loss`,
      );
    }
    rule(queryOf(g, node, reached, gradients));
  }

  const results = wrt.map((value): [string, string] => {
    const gradient = total(g, value, gradients);
    if (gradient === undefined) {
      throw new RangeError(
        `addGradients: "${value}" must lead to the loss "${loss}", got no path that has a gradient`,
      );
    }
    return [value, expandLike(g, gradient, value)];
  });
  return assemble(graph, g.finish(), results);
}

function checkArguments(graph: Graph, loss: string, wrt: readonly string[]): void {
  const shapes = inferShapes(graph);
  const last = shapes.get(loss);
  if (last?.dtype !== 'float32' || last.shape.length > 0) {
    const got = last === undefined ? 'no such value' : `${last.dtype} [${last.shape.join(', ')}]`;
    throw new RangeError(`addGradients: the loss "${loss}" must be a float32 scalar, got ${got}`);
  }
  for (const [index, value] of wrt.entries()) {
    const known = shapes.get(value);
    if (known?.dtype !== 'float32') {
      throw new RangeError(
        `addGradients: "${value}" must be a float32 value, got ${known?.dtype ?? 'no such value'}`,
      );
    }
    if (shapes.has(`gradient.${value}`)) {
      throw new RangeError(
        `addGradients: the name "gradient.${value}" must be free, got a graph that has it already`,
      );
    }
    if (wrt.indexOf(value) !== index)
      throw new RangeError(`addGradients: "${value}" must be asked for once, got it twice`);
  }
}

/** All float32 values that depend on the wanted ones, these included. */
function dependents(graph: Graph, wrt: readonly string[]): ReadonlySet<string> {
  const shapes = inferShapes(graph);
  const reached = new Set(wrt);
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => reached.has(input))) continue;
    for (const output of node.outputs) if (shapes.get(output)?.dtype === 'float32') reached.add(output);
  }
  return reached;
}

function queryOf(
  g: Backward,
  node: Node,
  reached: ReadonlySet<string>,
  gradients: Map<string, Contribution[]>,
): GradientQuery {
  const add = (index: number, contribution: Contribution): void => {
    const input = node.inputs[index]!;
    if (!reached.has(input)) return;
    gradients.set(input, [...(gradients.get(input) ?? []), contribution]);
  };
  const first = (): string => {
    if (node.outputs.slice(1).some((output) => gradients.has(output))) {
      return refuse(node, 'only its first output may lead to the loss');
    }
    const value = total(g, node.outputs[0]!, gradients);
    return value ?? refuse(node, 'its first output must lead to the loss');
  };
  const whole = (output: string): string | undefined => {
    const value = total(g, output, gradients);
    return value === undefined ? undefined : expandLike(g, value, output);
  };
  return {
    g,
    node,
    loose: first,
    full: () => expandLike(g, first(), node.outputs[0]!),
    all: () => node.outputs.map(whole),
    wanted: (index) => reached.has(node.inputs[index] ?? ''),
    give: add,
    givePart: (index, value, axis, start, end) => add(index, { value, axis, start, end }),
  };
}

/** The sum of all contributions to a value's gradient, as one value. */
function total(g: Backward, value: string, gradients: Map<string, Contribution[]>): string | undefined {
  const contributions = gradients.get(value);
  if (contributions === undefined) return undefined;
  const parts = contributions.filter((one) => typeof one !== 'string');
  const wholes = contributions.filter((one) => typeof one === 'string');
  if (parts.length > 0) wholes.push(joinParts(g, parts, value));
  const sum = wholes.reduce((a, b) => g.node('Add', [a, b]));
  gradients.set(value, [sum]);
  return sum;
}

/** Names the results, and leaves out what was added but is not needed for them. */
function assemble(graph: Graph, pass: BackwardPass, results: readonly [string, string][]): Graph {
  const addedNames = new Set(pass.added.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: Node[] = [];
  for (const [value, gradient] of results) {
    const name = `gradient.${value}`;
    // A result that the forward pass made, or that is another result as well, is copied to get its own name.
    if (addedNames.has(gradient) && !renamed.has(gradient)) renamed.set(gradient, name);
    else
      copies.push({
        op: 'Identity',
        name: `${name}.copy`,
        inputs: [gradient],
        outputs: [name],
        attributes: {},
      });
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  const added = [...pass.added, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
  const shapes = inferShapes(graph);
  const outputs = results.map(
    ([value]): ValueInfo => ({
      name: `gradient.${value}`,
      dtype: 'float32',
      shape: shapes.get(value)!.shape,
    }),
  );
  const kept = needed(
    added,
    outputs.map((output) => output.name),
  );
  const used = new Set(kept.flatMap((node) => node.inputs));
  return {
    ...graph,
    outputs: [...graph.outputs, ...outputs],
    initializers: new Map(
      [...pass.initializers].filter(([name]) => graph.initializers.has(name) || used.has(name)),
    ),
    nodes: [...pass.forward, ...kept],
  };
}

/** The nodes that the given values depend on, in order. */
function needed(nodes: readonly Node[], values: readonly string[]): Node[] {
  const wanted = new Set(values);
  const kept = nodes.toReversed().filter((node) => {
    const use = node.outputs.some((output) => wanted.has(output));
    if (use) for (const input of node.inputs) wanted.add(input);
    return use;
  });
  return kept.reverse();
}
