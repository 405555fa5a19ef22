import { intAttribute } from './attributes.ts';
import { minus, over, plus, times } from './dimensions.ts';
import type { DataType, Dimension } from './graph.ts';
import { DATA_TYPE } from './onnx-fields.ts';
import type { Known, ShapeRule } from './shape-rule.ts';
import { broadcast, fail, needed } from './shape-rule.ts';

const FLOATS: readonly DataType[] = ['float32', 'float64'];

/** One operand, the same shape and element type. */
const unary: ShapeRule = (query) => {
  const { dtype, shape } = needed(query, 0);
  return [{ dtype, shape }];
};

/** One operand of real numbers. */
const unaryFloat: ShapeRule = (query) => {
  const [{ dtype, shape }] = [needed(query, 0)];
  if (!FLOATS.includes(dtype)) fail(query, `its input must be of float32 or float64, got ${dtype}`);
  return [{ dtype, shape }];
};

/** Any number of operands that broadcast; arithmetic on whole numbers is followed. */
function binary(
  result: DataType | 'same',
  follow?: (a: Dimension, b: Dimension) => Dimension | undefined,
): ShapeRule {
  return (query) => {
    const known = query.inputs.map((_, index) => needed(query, index));
    const first = known[0] ?? needed(query, 0);
    const dtype = first.dtype;
    const other = known.find((one) => one.dtype !== dtype);
    // The exponent of Pow may be of another type than its base.
    if (other !== undefined && query.node.op !== 'Pow') {
      fail(
        query,
        `its inputs must be of one element type, got ${dtype} and ${other.dtype}; put a Cast in front`,
      );
    }
    const shape = known.map((one) => one.shape).reduce((left, right) => broadcast(query, left, right));
    const entries =
      follow === undefined || known.length !== 2 ? undefined : followed(known[0]!, known[1]!, follow);
    return [{ dtype: result === 'same' ? dtype : result, shape, ...(entries && { entries }) }];
  };
}

function followed(
  a: Known,
  b: Known,
  follow: (a: Dimension, b: Dimension) => Dimension | undefined,
): readonly Dimension[] | undefined {
  if (a.entries === undefined || b.entries === undefined) return undefined;
  const length = Math.max(a.entries.length, b.entries.length);
  const entries = Array.from({ length }, (_, index) =>
    follow(
      a.entries!.length === 1 ? a.entries![0]! : a.entries![index]!,
      b.entries!.length === 1 ? b.entries![0]! : b.entries![index]!,
    ),
  );
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

const where: ShapeRule = (query) => {
  const [condition, a, b] = [needed(query, 0), needed(query, 1), needed(query, 2)];
  if (condition.dtype !== 'bool') fail(query, `its condition must be of bool, got ${condition.dtype}`);
  if (a.dtype !== b.dtype)
    fail(query, `its branches must be of one element type, got ${a.dtype} and ${b.dtype}`);
  const shape = broadcast(query, broadcast(query, condition.shape, a.shape), b.shape);
  const entries = chosen(condition.entries, a.entries, b.entries);
  return [{ dtype: a.dtype, shape, ...(entries && { entries }) }];
};

/** Entries of one length, each from the branch that a known condition (0 or 1) takes. */
function chosen(
  condition: Entries | undefined,
  a: Entries | undefined,
  b: Entries | undefined,
): Entries | undefined {
  const known = condition?.every((one) => typeof one === 'number');
  if (!known || a?.length !== condition!.length || b?.length !== condition!.length) return undefined;
  return condition!.map((one, index) => (one !== 0 ? a[index]! : b[index]!));
}

type Entries = readonly Dimension[];

/** 1 or 0 where it is known whether two sizes are equal; a size that is a name is not negative. */
const equal = (a: Dimension, b: Dimension): Dimension | undefined => {
  if (a === b) return 1;
  const number = [a, b].find((one) => typeof one === 'number');
  const bothNumbers = typeof a === 'number' && typeof b === 'number';
  return bothNumbers || (typeof number === 'number' && number < 0) ? 0 : undefined;
};

const clip: ShapeRule = (query) => {
  for (const index of [1, 2]) {
    const limit = query.inputs[index];
    if (limit !== undefined && limit.shape.length > 0)
      fail(query, `input ${index} must be a scalar, got rank ${limit.shape.length}`);
  }
  return unary(query);
};

const cast: ShapeRule = (query) => {
  const input = needed(query, 0);
  const code = intAttribute(query.node, 'to', 0);
  const dtype = (Object.keys(DATA_TYPE) as DataType[]).find((one) => DATA_TYPE[one] === code);
  if (dtype === undefined)
    return fail(query, `attribute "to" must be the code of an element type in use, got ${code}`);
  const whole = dtype === 'int64' || dtype === 'int32';
  return [{ dtype, shape: input.shape, ...(whole && input.entries && { entries: input.entries }) }];
};

const identity: ShapeRule = (query) => [needed(query, 0)];

const not: ShapeRule = (query) => {
  const [{ dtype, shape }] = [needed(query, 0)];
  if (dtype !== 'bool') fail(query, `its input must be of bool, got ${dtype}`);
  return [{ dtype, shape }];
};

const divide = (a: Dimension, b: Dimension): Dimension | undefined =>
  typeof a === 'number' && typeof b === 'number' ? Math.trunc(a / b) : over(a, b);

/** Operators that work element by element. */
export const ELEMENTWISE_SHAPES: Readonly<Record<string, ShapeRule>> = {
  Add: binary('same', plus),
  Sub: binary('same', minus),
  Mul: binary('same', (a, b) => times(a, b)),
  Div: binary('same', divide),
  Pow: binary('same'),
  Min: binary('same'),
  Max: binary('same'),
  Equal: binary('bool', equal),
  Greater: binary('bool'),
  Less: binary('bool'),
  And: binary('bool'),
  Not: not,
  Neg: unary,
  Abs: unary,
  Sqrt: unaryFloat,
  Exp: unaryFloat,
  Log: unaryFloat,
  Erf: unaryFloat,
  Tanh: unaryFloat,
  Sigmoid: unaryFloat,
  Relu: unary,
  Round: unaryFloat,
  Reciprocal: unaryFloat,
  Clip: clip,
  Where: where,
  Cast: cast,
  Identity: identity,
};
