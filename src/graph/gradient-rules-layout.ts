import { intAttribute, intsAttribute } from './attributes.ts';
import type { Edge } from './backward-parts.ts';
import { joinParts } from './backward-parts.ts';
import { front, reshapeLike, transpose, unbroadcast } from './backward-steps.ts';
import type { GradientQuery, GradientRule } from './gradient-rule.ts';
import { refuse } from './gradient-rule.ts';
import { gather } from './gradient-rule-gather.ts';
import { int64 } from './graph.ts';

const reshaped: GradientRule = (query) =>
  query.give(0, reshapeLike(query.g, query.full(), query.node.inputs[0]!));

const transposed: GradientRule = (query) => {
  const { g, node } = query;
  const rank = g.shape(node.inputs[0]!).length;
  const order = intsAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const back = order.map((_, axis) => order.indexOf(axis));
  query.give(0, transpose(g, query.full(), back));
};

/** The numbers of a constant input; undefined where it is left out. */
function numbers(query: GradientQuery, index: number, what: string): readonly number[] | undefined {
  const name = query.node.inputs[index];
  if (name === undefined || name === '') return undefined;
  const entries = query.g.entries(name);
  if (entries === undefined || !entries.every((entry) => typeof entry === 'number')) {
    return refuse(
      query.node,
      `its ${what} must be constant numbers to take its gradient, got the value "${name}"`,
    );
  }
  return entries as readonly number[];
}

const sliced: GradientRule = (query) => {
  const { g, node } = query;
  const input = node.inputs[0]!;
  const shape = g.shape(input);
  const starts = numbers(query, 1, 'starts') ?? refuse(node, 'its starts must be given');
  if (isFirstRows(query, starts)) return givenFirstRows(query);
  const ends = numbers(query, 2, 'ends') ?? refuse(node, 'its ends must be given');
  const axes = (numbers(query, 3, 'axes') ?? starts.map((_, index) => index)).map((axis) =>
    front(axis, shape.length),
  );
  if (numbers(query, 4, 'steps')?.some((step) => step !== 1)) {
    return refuse(node, 'its steps must be 1 to take its gradient; slice without steps');
  }
  const edge = (value: number, axis: number): Edge => {
    const size = shape[axis]!;
    if (typeof size === 'number') {
      return { from: 'start', offset: Math.min(size, Math.max(0, value < 0 ? value + size : value)) };
    }
    if (value >= 2 ** 31 - 1) return { from: 'end', offset: 0 };
    return { from: value < 0 ? 'end' : 'start', offset: value };
  };
  const edges = axes.map((axis, index) => ({
    axis,
    start: edge(starts[index]!, axis),
    end: edge(ends[index]!, axis),
  }));
  // All axes but the first are filled up here; the first may find its other parts elsewhere.
  const value = edges
    .slice(1)
    .reduce((part, place) => joinParts(g, [{ value: part, ...place }], input), query.full());
  const { axis, start, end } = edges[0]!;
  query.givePart(0, value, axis, start, end);
};

/** Whether it picks the first rows of a matrix, as many as are known only when the graph runs: places of a table. */
function isFirstRows({ g, node }: GradientQuery, starts: readonly number[]): boolean {
  const [input, , ends, axes, steps] = node.inputs;
  const isMatrix = g.shape(input!).every((size) => typeof size === 'number') && g.shape(input!).length === 2;
  const isFront = starts.length === 1 && starts[0] === 0 && g.entries(axes ?? '')?.[0] === 0;
  const isOpen = g.entries(ends!)?.every((entry) => typeof entry === 'number') !== true;
  return isMatrix && isFront && isOpen && steps === undefined;
}

/** dX = dY, scattered to the rows 0, 1, … as many as dY has; zeros behind it. */
function givenFirstRows(query: GradientQuery): void {
  const { g, node } = query;
  const [input, , ends] = node.inputs as readonly [string, string, string];
  const rows = g.shape(input)[0] as number;
  const all = g.constant(`gradient.rows.${rows}`, () => {
    const numbers = Array.from({ length: rows }, (_, row) => row);
    return int64([rows, 1], numbers);
  });
  const column = g.node('Slice', [all, g.ints([0]), ends, g.ints([0])]);
  const dy = query.full();
  const places = g.node('Expand', [column, g.node('Shape', [dy])]);
  const zeros = g.node('ConstantOfShape', [g.ints(g.shape(input) as readonly number[])]);
  query.give(0, g.node('ScatterElements', [zeros, places, dy], { axis: 0, reduction: 'add' }));
}

const concatenated: GradientRule = (query) => {
  const { g, node } = query;
  const axis = front(intAttribute(node, 'axis', 0), g.shape(node.inputs[0]!).length);
  const sizes = node.inputs.map((input) => g.shape(input)[axis]!);
  const vector = sizes.every((size) => typeof size === 'number')
    ? g.ints(sizes)
    : g.node(
        'Concat',
        node.inputs.map((input) => g.node('Shape', [input], { start: axis, end: axis + 1 })),
        { axis: 0 },
      );
  const parts = g.nodes('Split', [query.full(), vector], node.inputs.length, { axis });
  parts.forEach((part, index) => {
    if (query.wanted(index)) query.give(index, part);
  });
};

const splitted: GradientRule = (query) => {
  const { g, node } = query;
  const axis = front(intAttribute(node, 'axis', 0), g.shape(node.inputs[0]!).length);
  const sizes = node.outputs.map((output) => g.shape(output)[axis]!);
  let offset = 0;
  for (const [index, value] of query.all().entries()) {
    const size = sizes[index]!;
    if (typeof size !== 'number') {
      return refuse(node, `its sizes must be constant to take its gradient, got ${size}`);
    }
    const start = offset;
    offset += size;
    if (value !== undefined) {
      query.givePart(0, value, axis, { from: 'start', offset: start }, { from: 'start', offset });
    }
  }
};

const unsqueezed: GradientRule = (query) =>
  query.give(0, query.g.node('Squeeze', [query.full(), query.node.inputs[1]!]));

const squeezed: GradientRule = (query) => {
  const { g, node } = query;
  const shape = g.shape(node.inputs[0]!);
  const axes = numbers(query, 1, 'axes') ?? shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  query.give(0, g.node('Unsqueeze', [query.full(), g.ints(axes)]));
};

const expanded: GradientRule = (query) =>
  query.give(0, unbroadcast(query.g, query.full(), query.node.inputs[0]!));

/** Gradients of operators that move values without computing on them. */
export const LAYOUT_GRADIENTS: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Transpose: transposed,
  Slice: sliced,
  Concat: concatenated,
  Split: splitted,
  Gather: gather,
  Unsqueeze: unsqueezed,
  Squeeze: squeezed,
  Expand: expanded,
};
