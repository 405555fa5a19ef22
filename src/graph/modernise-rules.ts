import { BadFileError } from '../core/errors.ts';
import { floatAttribute, intAttribute, intsAttribute, nodeTitle } from './attributes.ts';
import type { AttributeValue } from './build.ts';
import type { Attribute, Dimension, Node, Tensor } from './graph.ts';
import { float32 } from './graph.ts';
import { DATA_TYPE } from './onnx-fields.ts';
import type { Known } from './shape-rule.ts';

/** A node of a foreign file, and what its rule may ask and add. */
export interface ModerniseQuery {
  readonly node: Node;
  /** The operator set of the file. */
  readonly opset: number;
  /** What is known of a value. */
  known(value: string): Known | undefined;
  /** The tensor behind a constant; undefined for a value that is computed or fed. */
  tensor(value: string): Tensor | undefined;
  /** The node that makes a value. */
  maker(value: string): Node | undefined;
  constant(part: string, tensor: Tensor): string;
  ints(values: readonly number[]): string;
  scalar(value: number): string;
  /** Adds a node and returns its output; `part` makes its name the node's own. */
  add(op: string, inputs: readonly string[], part: string, attributes?: Attributes): string;
  /** The last node: it makes the node's own outputs. */
  last(op: string, inputs: readonly string[], attributes?: Attributes): void;
}

type Attributes = Readonly<Record<string, AttributeValue>>;
type ModerniseRule = (query: ModerniseQuery) => void;

function without(node: Node, ...names: readonly string[]): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)));
}

function keep({ node, last }: ModerniseQuery): void {
  last(node.op, node.inputs, node.attributes);
}

/** Axes stood in an attribute before operator set 13 (reductions: 18). */
const axesAsInput: ModerniseRule = (query) => {
  const { node, ints, last } = query;
  const axes = intsAttribute(node, 'axes');
  if (axes === undefined) return keep(query);
  last(node.op, [node.inputs[0]!, ints(axes)], without(node, 'axes'));
};

/** Sizes stood in an attribute before operator set 13; without any, the parts are equal. */
const split: ModerniseRule = (query) => {
  const { node, ints, known, last } = query;
  if ((node.inputs[1] ?? '') !== '') return keep(query);
  const value = known(node.inputs[0]!);
  const axis = intAttribute(node, 'axis', 0);
  const size = value?.shape.at(axis);
  const count = node.outputs.length;
  let sizes = intsAttribute(node, 'split');
  if (sizes === undefined && typeof size === 'number') {
    const each = Math.ceil(size / count);
    sizes = Array.from({ length: count }, (_, index) => Math.min(each, size - index * each));
  }
  if (sizes === undefined) return keep(query);
  last('Split', [node.inputs[0]!, ints(sizes)], without(node, 'split', 'num_outputs'));
};

/** Before operator set 13 all axes from `axis` (1) on counted as one; that is the same along the last one. */
const softmax: ModerniseRule = (query) => {
  const { node, opset, known, last } = query;
  const rank = known(node.inputs[0]!)?.shape.length ?? 0;
  const axis = intAttribute(node, 'axis', opset < 13 ? 1 : -1);
  const isLast = axis === -1 || axis === rank - 1;
  if (opset < 13 && !isLast) {
    throw new BadFileError(
      nodeTitle(node),
      `it must be along the last axis in operator set ${opset}, got axis ${axis} of ${rank}; export the model again with opset_version=18`,
    );
  }
  last(node.op, node.inputs, { axis: isLast ? -1 : axis });
};

/**
 * A Gemm over the rows of all tokens, `[B*T, in]`, becomes a product over `[B, T, in]`, as a linear layer of our own
 * graphs is; alpha and beta go into constants, and a transposed input is transposed in front.
 */
const gemm: ModerniseRule = (query) => {
  const { node, tensor, known, maker, add, last, ints, constant } = query;
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const [weight, bias] = [tensor(node.inputs[1]!), tensor(node.inputs[2] ?? '')];
  if (weight?.dtype !== 'float32') return keep(query);
  const scaled = (name: string, { shape, data }: Tensor, factor: number, part: string) => {
    if (factor === 1) return name;
    return constant(
      part,
      float32(
        shape,
        (data as Float32Array).map((value) => value * factor),
      ),
    );
  };
  if (beta !== 1 && bias === undefined && (node.inputs[2] ?? '') !== '') return keep(query);
  const w = scaled(node.inputs[1]!, weight, alpha, 'weight');
  const c = bias === undefined ? node.inputs[2] : scaled(node.inputs[2]!, bias, beta, 'bias');
  const turnsInput = intAttribute(node, 'transA', 0) !== 0;
  const transB = intAttribute(node, 'transB', 0);
  const x = turnsInput ? add('Transpose', [node.inputs[0]!], 'turned', { perm: [1, 0] }) : node.inputs[0]!;
  const reshaped = turnsInput ? undefined : maker(x);
  const tokens = reshaped?.op === 'Reshape' ? known(reshaped.inputs[0]!) : undefined;
  const [rows, columns] = transB === 0 ? weight.shape : [weight.shape[1]!, weight.shape[0]!];
  const overTokens = transB === 0 && tokens?.shape.length === 3 && tokens.shape[2] === rows;
  if (!overTokens) {
    last('Gemm', [x, w, ...(c === undefined ? [] : [c])], transB === 0 ? {} : { transB });
    return;
  }
  const product = add('MatMul', [reshaped!.inputs[0]!, w], 'product');
  const sum = c === undefined || c === '' ? product : add('Add', [product, c], 'biased');
  last('Reshape', [sum, ints([-1, columns!])]);
};

/**
 * The first T rows of a table of fixed length: their number is said again by a Reshape, for shape inference cannot know
 * that T is not beyond the table.
 */
const slice: ModerniseRule = (query) => {
  const { node, known, ints, add, last } = query;
  const shape = known(node.inputs[0]!)?.shape;
  const ends = known(node.inputs[2] ?? '')?.entries;
  const axes = node.inputs[3] === undefined || node.inputs[3] === '' ? [0] : known(node.inputs[3])?.entries;
  const starts = known(node.inputs[1] ?? '')?.entries;
  const end: Dimension | undefined = ends?.[0];
  const axis = axes?.[0];
  if (shape === undefined || ends?.length !== 1 || typeof axis !== 'number') return keep(query);
  const place = axis < 0 ? axis + shape.length : axis;
  const others = shape.filter((_, index) => index !== place);
  const fixed = typeof shape[place] === 'number' && others.every((size) => typeof size === 'number');
  if (!fixed || typeof end !== 'string' || starts?.[0] !== 0) return keep(query);
  const rows = add('Slice', node.inputs, 'rows', node.attributes);
  const before = shape.slice(0, place) as number[];
  const after = shape.slice(place + 1) as number[];
  const parts = [
    ...(before.length > 0 ? [ints(before)] : []),
    node.inputs[2]!,
    ...(after.length > 0 ? [ints(after)] : []),
  ];
  last('Reshape', [rows, parts.length === 1 ? parts[0]! : add('Concat', parts, 'shape', { axis: 0 })]);
};

/** Half floats are computed in float32. */
const cast: ModerniseRule = (query) => {
  const { node, known, last } = query;
  const code = intAttribute(node, 'to', 0);
  const to = code === 10 || code === 16 ? DATA_TYPE.float32 : code;
  const from = known(node.inputs[0]!)?.dtype;
  if (from !== undefined && DATA_TYPE[from] === to) last('Identity', node.inputs);
  else last('Cast', node.inputs, { to });
};

const gelu: ModerniseRule = ({ node, add, last, scalar }) => {
  const x = node.inputs[0]!;
  const approximate = node.attributes.approximate;
  let bend: string;
  if (approximate?.type === 'string' && approximate.value === 'tanh') {
    const cube = add('Mul', [add('Mul', [x, x], 'square'), x], 'cube');
    const inside = add('Add', [x, add('Mul', [cube, scalar(0.044715)], 'bent')], 'inside');
    bend = add('Tanh', [add('Mul', [inside, scalar(Math.sqrt(2 / Math.PI))], 'scaled')], 'tanh');
  } else bend = add('Erf', [add('Div', [x, scalar(Math.SQRT2)], 'scaled')], 'erf');
  const gate = add('Mul', [x, add('Add', [bend, scalar(1)], 'share')], 'gated');
  last('Mul', [gate, scalar(0.5)]);
};

const flatten: ModerniseRule = ({ node, known, ints, last }) => {
  const shape = known(node.inputs[0]!)?.shape ?? [];
  const axis = intAttribute(node, 'axis', 1);
  const tail = shape.slice(axis);
  const width = tail.reduce<number>(
    (product, size) => (typeof size === 'number' ? product * size : Number.NaN),
    1,
  );
  if (!Number.isFinite(width)) {
    throw new BadFileError(
      nodeTitle(node),
      `the sizes from axis ${axis} on must be known, got [${tail.join(', ')}]`,
    );
  }
  last('Reshape', [node.inputs[0]!, ints([-1, width])]);
};

/** The root of the sum of squares. */
const norm2: ModerniseRule = ({ node, add, last, ints }) => {
  const x = node.inputs[0]!;
  const axes = intsAttribute(node, 'axes');
  const which = axes === undefined ? node.inputs[1] : ints(axes);
  const square = add('Mul', [x, x], 'square');
  const sum = add(
    'ReduceSum',
    [square, ...(which === undefined ? [] : [which])],
    'sum',
    without(node, 'axes'),
  );
  last('Sqrt', [sum]);
};

function opposite(op: string): ModerniseRule {
  return ({ node, add, last }) => last('Not', [add(op, node.inputs, 'opposite')]);
}

/** What each operator of a foreign file becomes; others stay as they are. */
export const MODERNISE_RULES: Readonly<Record<string, ModerniseRule>> = {
  Unsqueeze: axesAsInput,
  Squeeze: axesAsInput,
  ReduceSum: axesAsInput,
  ReduceMean: axesAsInput,
  ReduceMax: axesAsInput,
  ReduceL2: norm2,
  Split: split,
  Softmax: softmax,
  LogSoftmax: softmax,
  Gemm: gemm,
  Slice: slice,
  Cast: cast,
  Gelu: gelu,
  Flatten: flatten,
  GreaterOrEqual: opposite('Less'),
  LessOrEqual: opposite('Greater'),
  IsNaN: ({ node, add, last }) => last('Not', [add('Equal', [node.inputs[0]!, node.inputs[0]!], 'opposite')]),
  Or: ({ node, add, last }) => {
    const [a, b] = node.inputs.map((input, index) => add('Not', [input], `not${index}`));
    last('Not', [add('And', [a!, b!], 'neither')]);
  },
  Dropout: ({ node, last }) => last('Identity', [node.inputs[0]!]),
  Sum: ({ node, add, last }) => {
    const [first, ...rest] = node.inputs;
    const lastTerm = rest.pop();
    if (lastTerm === undefined) last('Identity', [first!]);
    else
      last('Add', [
        rest.reduce((sum, term, index) => add('Add', [sum, term], `sum${index}`), first!),
        lastTerm,
      ]);
  },
};
