import { EngineError } from '../core/errors.ts';
import { intAttribute } from '../graph/attributes.ts';
import { broadcastShape, broadcastTo } from './tfjs-broadcast.ts';
import type { TfTensor } from './tfjs-namespace.ts';
import type { Call, Operator, OperatorTable } from './tfjs-operator.ts';
import { alike, elementType, has, input, number, offTape, tensor } from './tfjs-operator.ts';
import { computed, tfType } from './tfjs-value.ts';

type Unary =
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'abs'
  | 'erf'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'neg'
  | 'reciprocal'
  | 'sign';
type MoreUnary = 'floor' | 'ceil' | 'round' | 'sin' | 'cos' | 'softplus';
type Binary = 'add' | 'sub' | 'mul' | 'pow';
type Comparison = 'equal' | 'greater' | 'less' | 'greaterEqual' | 'lessEqual' | 'logicalAnd' | 'logicalOr';

const unary = (name: Unary | MoreUnary): Operator => alike((call) => call.tf[name](tensor(call, 0)));

const binary = (name: Binary): Operator =>
  alike((call) => call.tf[name](tensor(call, 0), sameType(call, tensor(call, 0), tensor(call, 1))));

/**
 * Min and Max take any number of inputs. Their gradients in tfjs do not sum over broadcast axes, so the inputs are laid
 * out first.
 */
const fold = (name: 'maximum' | 'minimum'): Operator =>
  alike((call) =>
    call.inputs
      .map((_, index) => tensor(call, index))
      .reduce((left, right) => {
        const shape = broadcastShape(call.where, left.shape, right.shape);
        return call.tf[name](broadcastTo(call.tf, left, shape), broadcastTo(call.tf, right, shape));
      }),
  );

const comparison =
  (name: Comparison): Operator =>
  (call) => [
    computed(
      'bool',
      offTape(call.tf, () => call.tf[name](tensor(call, 0), tensor(call, 1))),
    ),
  ];

/** Pow alone may mix types; the result has the type of the base. */
function sameType({ tf }: Call, left: TfTensor, right: TfTensor): TfTensor {
  return left.dtype === right.dtype ? right : tf.cast(right, left.dtype);
}

/** ONNX divides integers towards zero; tfjs rounds down. */
function divide(call: Call): TfTensor {
  const { tf } = call;
  const [left, right] = [tensor(call, 0), tensor(call, 1)];
  if (left.dtype === 'float32') return tf.div(left, right);
  const magnitude = tf.floorDiv(tf.abs(left), tf.abs(right));
  return tf.mul(tf.mul(tf.sign(left), tf.sign(right)), magnitude);
}

function clip(call: Call): TfTensor {
  const { tf } = call;
  const low = has(call, 1) ? number(call, 1) : Number.NEGATIVE_INFINITY;
  const high = has(call, 2) ? number(call, 2) : Number.POSITIVE_INFINITY;
  if (input(call, 0).dtype === 'float32') return tf.clipByValue(tensor(call, 0), low, high);
  let result = tf.clone(tensor(call, 0));
  if (has(call, 1)) result = tf.maximum(result, tensor(call, 1));
  if (has(call, 2)) result = tf.minimum(result, tensor(call, 2));
  return result;
}

function cast(call: Call): ReturnType<Operator> {
  const { tf } = call;
  const to = elementType(call, intAttribute(call.node, 'to', 0));
  const type = tfType(call.where, to);
  const from = tensor(call, 0);
  if (type === 'float32') return [computed(to, tf.cast(from, type))];
  if (type === 'bool')
    return [
      computed(
        to,
        offTape(tf, () => tf.notEqual(from, tf.zerosLike(from))),
      ),
    ];
  const whole = offTape(tf, () => tf.cast(from, type));
  if (to !== 'uint8') return [computed(to, whole)];
  return [computed(to, tf.mod(whole, tf.scalar(256, 'int32')))];
}

/** Remainder with the sign of the divisor, as ONNX has it for integers and tfjs for all. */
function modulo(call: Call): TfTensor {
  if (intAttribute(call.node, 'fmod', 0) !== 0) {
    throw new EngineError(
      call.where,
      'Mod must have fmod 0 in the tfjs engine, got 1; use --engine onnxruntime',
    );
  }
  return call.tf.mod(tensor(call, 0), tensor(call, 1));
}

/** Operators that work element by element, with numpy's broadcasting. */
export const ELEMENTWISE: OperatorTable = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: alike(divide),
  Pow: binary('pow'),
  Mod: alike(modulo),
  Min: fold('minimum'),
  Max: fold('maximum'),
  Sqrt: unary('sqrt'),
  Exp: unary('exp'),
  Log: unary('log'),
  Neg: unary('neg'),
  Abs: unary('abs'),
  Sign: unary('sign'),
  Erf: unary('erf'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Softplus: unary('softplus'),
  Relu: unary('relu'),
  Reciprocal: unary('reciprocal'),
  Round: unary('round'),
  Floor: unary('floor'),
  Ceil: unary('ceil'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Clip: alike(clip),
  Cast: cast,
  Equal: comparison('equal'),
  Greater: comparison('greater'),
  GreaterOrEqual: comparison('greaterEqual'),
  Less: comparison('less'),
  LessOrEqual: comparison('lessEqual'),
  And: comparison('logicalAnd'),
  Or: comparison('logicalOr'),
  Not: (call) => [
    computed(
      'bool',
      offTape(call.tf, () => call.tf.logicalNot(tensor(call, 0))),
    ),
  ],
  Where: (call) => [
    computed(input(call, 1).dtype, call.tf.where(tensor(call, 0), tensor(call, 1), tensor(call, 2))),
  ],
  Identity: alike((call) => call.tf.clone(tensor(call, 0))),
};
