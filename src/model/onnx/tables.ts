import { intAttribute } from '../../graph/attributes.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { inferShapes } from '../../graph/shapes.ts';

/** What a graph's tables say of its inputs; null where it has no such table. */
export interface Tables {
  readonly vocabularySize: number | null;
  readonly typeCount: number | null;
  /** Tokens that have a position. */
  readonly maxLength: number | null;
  /** The id that the graph itself takes for padding (RoBERTa's kind), which has no position. */
  readonly padId: number | null;
}

/** Hand a value on as it is. */
const THROUGH = new Set(['Cast', 'Identity', 'Reshape', 'Unsqueeze', 'Squeeze', 'Expand']);

/**
 * Reads sizes off the tables that a graph picks rows from: by `ids`, by `typeIds`, and by positions (one for each token,
 * whatever the ids). Positions that are counted from an offset, as RoBERTa's, leave the rows in front unused.
 */
export function tablesOf(graph: Graph): Tables {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const shapes = inferShapes(graph);
  const source = (value: string): string => {
    const node = makers.get(value);
    return node !== undefined && THROUGH.has(node.op) ? source(node.inputs[0]!) : value;
  };
  const constant = (value: string | undefined): number | null => {
    const tensor = graph.initializers.get(value ?? '');
    return tensor?.data.length === 1 ? Number(tensor.data[0]) : null;
  };
  let tables: Tables = { vocabularySize: null, typeCount: null, maxLength: null, padId: null };
  const least = (a: number | null, b: number) => (a === null ? b : Math.min(a, b));
  for (const node of graph.nodes) {
    if (node.op === 'Equal' && node.inputs.some((input) => source(input) === 'ids')) {
      tables = { ...tables, padId: constant(node.inputs.find((input) => source(input) !== 'ids')) };
    }
    const table = graph.initializers.get(node.inputs[0] ?? '');
    if (node.op !== 'Gather' || table?.shape.length !== 2 || intAttribute(node, 'axis', 0) !== 0) continue;
    const index = source(node.inputs[1]!);
    const rows = table.shape[0]!;
    if (index === 'ids') tables = { ...tables, vocabularySize: least(tables.vocabularySize, rows) };
    else if (index === 'typeIds') tables = { ...tables, typeCount: least(tables.typeCount, rows) };
    else {
      const sizes = shapes.get(node.inputs[1]!)!.shape;
      const perToken = sizes.at(-1) === 'T' && sizes.slice(0, -1).every((size) => size === 1 || size === 'B');
      const places = perToken ? placesOf(graph, makers, node.inputs[1]!) : null;
      if (places === null) continue;
      const unused = offsetOf(makers.get(index), constant);
      tables = { ...tables, maxLength: least(tables.maxLength, Math.min(rows - unused, places)) };
    }
  }
  return tables;
}

/** Hand on what stands in their first input, or a part of it. */
const PARTS = new Set([...THROUGH, 'Slice', 'GatherElements']);

/**
 * How many positions an index can give: as many as a stored row of them has, any number where they are counted; null for
 * an index that is the same everywhere (a type of 0), which is no position.
 */
function placesOf(graph: Graph, makers: ReadonlyMap<string, Node>, index: string): number | null {
  const stored = graph.initializers.get(index);
  if (stored !== undefined) {
    const values = Array.from(stored.data as ArrayLike<number | bigint>, Number);
    return values.some((value) => value !== values[0]) ? values.length : null;
  }
  const node = makers.get(index);
  if (node?.op === 'ConstantOfShape') return null;
  return node !== undefined && PARTS.has(node.op)
    ? placesOf(graph, makers, node.inputs[0]!)
    : Number.POSITIVE_INFINITY;
}

/** Rows that no position points to: `c` + 1 where positions are a count from 1 plus `c`. */
function offsetOf(index: Node | undefined, constant: (value: string | undefined) => number | null): number {
  if (index?.op !== 'Add') return 0;
  const added = constant(index.inputs[0]) ?? constant(index.inputs[1]);
  return added === null || added < 0 ? 0 : added + 1;
}
