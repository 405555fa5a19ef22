import { expandLike, multiply, negate, repeatedAxes, sameShape, unbroadcast } from './backward-steps.ts';
import type { GradientQuery, GradientRule } from './gradient-rule.ts';
import { refuse } from './gradient-rule.ts';
import { float32 } from './graph.ts';
import { DATA_TYPE } from './onnx-fields.ts';

/** dx = dy f'(x), where f' is given from input and output. */
function unary(slope: (query: GradientQuery, x: string, y: string) => string): GradientRule {
  return (query) => {
    const factor = slope(query, query.node.inputs[0]!, query.node.outputs[0]!);
    query.give(0, multiply(query.g, query.loose(), factor));
  };
}

/** 1 where `condition` holds, else 0. */
function indicator({ g }: GradientQuery, condition: string): string {
  return g.node('Cast', [condition], { to: DATA_TYPE.float32 });
}

/** Gives operand `index` what stands at the output's positions, summed where the operand was repeated. */
function giveSummed(query: GradientQuery, index: number, value: string): void {
  const { g, node } = query;
  const operand = node.inputs[index]!;
  const output = node.outputs[0]!;
  if (sameShape(g.shape(operand), g.shape(output))) query.give(index, value);
  else {
    repeatedAxes(g, g.shape(output), operand);
    query.give(index, unbroadcast(g, expandLike(g, value, output), operand));
  }
}

const add: GradientRule = (query) => {
  for (const index of [0, 1]) if (query.wanted(index)) giveSummed(query, index, query.loose());
};

const subtract: GradientRule = (query) => {
  const { g, node } = query;
  if (query.wanted(0)) giveSummed(query, 0, query.loose());
  if (!query.wanted(1)) return;
  // The sign is turned behind the sum, where there is less to turn.
  const whole = sameShape(g.shape(node.inputs[1]!), g.shape(node.outputs[0]!));
  query.give(1, negate(g, whole ? query.loose() : unbroadcast(g, query.full(), node.inputs[1]!)));
};

const product: GradientRule = (query) => {
  const [a, b] = [query.node.inputs[0]!, query.node.inputs[1]!];
  if (query.wanted(0)) giveSummed(query, 0, multiply(query.g, query.loose(), b));
  if (query.wanted(1)) giveSummed(query, 1, multiply(query.g, query.loose(), a));
};

/** y = a / b: da = dy / b, db = -(sum of dy y) / b. */
const quotient: GradientRule = (query) => {
  const { g, node } = query;
  const [b, y] = [node.inputs[1]!, node.outputs[0]!];
  if (query.wanted(0)) giveSummed(query, 0, g.node('Div', [query.loose(), b]));
  if (!query.wanted(1)) return;
  const sum = unbroadcast(g, expandLike(g, multiply(g, query.loose(), y), y), b);
  query.give(1, negate(g, g.node('Div', [sum, b])));
};

/** y = x^c: dx = dy c x^(c - 1), c a constant. */
const power: GradientRule = (query) => {
  const { g, node } = query;
  const [x, exponent] = [node.inputs[0]!, node.inputs[1]!];
  const tensor = g.tensor(exponent);
  if (tensor === undefined || query.wanted(1)) {
    return refuse(
      node,
      `its exponent must be a constant to take its gradient, got the computed value "${exponent}"`,
    );
  }
  const values = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  const scalar = tensor.shape.length === 0;
  const constant = (suffix: string, change: (value: number) => number) =>
    scalar
      ? g.scalar(change(values[0]!))
      : g.constant(`gradient.${exponent}.${suffix}`, () => float32(tensor.shape, values.map(change)));
  const factor = constant('factor', (value) => value);
  const lowered = constant('lowered', (value) => value - 1);
  const root = scalar && values[0] === 2 ? x : g.node('Pow', [x, lowered]);
  giveSummed(query, 0, multiply(g, query.loose(), multiply(g, root, factor)));
};

/** The larger (or smaller) operand gets the gradient; the first one where they are equal. */
function extreme(larger: boolean): GradientRule {
  return (query) => {
    const { g, node } = query;
    if (node.inputs.length !== 2)
      return refuse(node, `it must have two inputs to take its gradient, got ${node.inputs.length}`);
    const [a, b] = [node.inputs[0]!, node.inputs[1]!];
    const second = larger ? g.node('Greater', [b, a]) : g.node('Less', [b, a]);
    if (query.wanted(0)) giveSummed(query, 0, g.node('Where', [second, g.scalar(0), query.full()]));
    if (query.wanted(1)) giveSummed(query, 1, g.node('Where', [second, query.full(), g.scalar(0)]));
  };
}

const where: GradientRule = (query) => {
  const { g, node } = query;
  const condition = node.inputs[0]!;
  if (query.wanted(1)) giveSummed(query, 1, g.node('Where', [condition, query.full(), g.scalar(0)]));
  if (query.wanted(2)) giveSummed(query, 2, g.node('Where', [condition, g.scalar(0), query.full()]));
};

const cast: GradientRule = (query) => query.give(0, query.loose());

/** y = 1 where x passed unclipped. A value on the limit itself passes. */
const clip = unary((query, x, y) => indicator(query, query.g.node('Equal', [x, y])));

const flat: GradientRule = ({ node }) =>
  refuse(
    node,
    'it has no gradient (its slope is 0 almost everywhere); keep it out of the path from the trained values to the loss',
  );

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** Gradients of operators that work element by element. */
export const ELEMENTWISE_GRADIENTS: Readonly<Record<string, GradientRule>> = {
  Add: add,
  Sub: subtract,
  Mul: product,
  Div: quotient,
  Pow: power,
  Min: extreme(false),
  Max: extreme(true),
  Where: where,
  Cast: cast,
  Identity: (query) => query.give(0, query.loose()),
  Neg: (query) => query.give(0, negate(query.g, query.loose())),
  Sqrt: unary(({ g }, _, y) => g.node('Div', [g.scalar(0.5), y])),
  Exp: unary((_query, _x, y) => y),
  Log: (query) => query.give(0, query.g.node('Div', [query.full(), query.node.inputs[0]!])),
  // d erf(x) = 2 / sqrt(pi) exp(-x^2)
  Erf: unary(({ g }, x) => {
    const bell = g.node('Exp', [g.node('Neg', [g.node('Mul', [x, x])])]);
    return multiply(g, bell, g.scalar(TWO_OVER_ROOT_PI));
  }),
  Tanh: unary(({ g }, _, y) => g.node('Sub', [g.scalar(1), g.node('Mul', [y, y])])),
  Sigmoid: unary(({ g }, _, y) => g.node('Mul', [y, g.node('Sub', [g.scalar(1), y])])),
  // A Cast and a product are faster on ONNX Runtime than a Where (1.1 against 1.4 ms for 1.2 M values).
  Relu: unary((query, _, y) => indicator(query, query.g.node('Greater', [y, query.g.scalar(0)]))),
  Abs: unary((query, x) => {
    const { g } = query;
    const positive = indicator(query, g.node('Greater', [x, g.scalar(0)]));
    return g.node('Sub', [positive, indicator(query, g.node('Less', [x, g.scalar(0)]))]);
  }),
  Reciprocal: unary(({ g }, _, y) => g.node('Neg', [g.node('Mul', [y, y])])),
  Clip: clip,
  Round: flat,
};
