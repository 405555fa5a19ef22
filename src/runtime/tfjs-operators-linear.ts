import { floatAttribute, intAttribute } from '../graph/attributes.ts';
import { broadcastShape, broadcastTo } from './tfjs-broadcast.ts';
import type { TfTensor } from './tfjs-namespace.ts';
import type { Call, OperatorTable } from './tfjs-operator.ts';
import { alike, axisOf, has, input, tensor } from './tfjs-operator.ts';
import { computed } from './tfjs-value.ts';

/** numpy's matmul. A matrix on the right takes all leading axes as rows, which is one product and stays fast. */
function matMul(call: Call): TfTensor {
  const { tf } = call;
  const [a, b] = [tensor(call, 0), tensor(call, 1)];
  const left = a.rank === 1 ? tf.reshape(a, [1, a.shape[0]!]) : a;
  const right = b.rank === 1 ? tf.reshape(b, [b.shape[0]!, 1]) : b;
  const [rows, inner, columns] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
  let product: TfTensor;
  if (right.rank === 2) {
    const flat = tf.reshape(left, [left.size / inner, inner]);
    product = tf.reshape(tf.matMul(flat as never, right as never), [...left.shape.slice(0, -1), columns]);
  } else {
    // The gradient of tfjs' batched product does not sum over broadcast batches, so they are laid out first.
    const batch = broadcastShape(call.where, left.shape.slice(0, -2), right.shape.slice(0, -2));
    product = tf.matMul(
      broadcastTo(tf, left, [...batch, rows, inner]),
      broadcastTo(tf, right, [...batch, right.shape.at(-2)!, columns]),
    );
  }
  const shape = [...product.shape];
  if (b.rank === 1) shape.pop();
  if (a.rank === 1) shape.splice(shape.length - (b.rank === 1 ? 1 : 2), 1);
  return a.rank === 1 || b.rank === 1 ? tf.reshape(product, shape) : product;
}

/** alpha A' B' + beta C, A' and B' transposed where `transA` and `transB` say so. */
function gemm(call: Call): TfTensor {
  const { tf } = call;
  const transposed = (name: string): boolean => intAttribute(call.node, name, 0) !== 0;
  const scaled = (name: string, x: TfTensor): TfTensor => {
    const factor = floatAttribute(call.node, name, 1);
    return factor === 1 ? x : tf.mul(x, tf.scalar(factor));
  };
  const product = scaled(
    'alpha',
    tf.matMul(tensor(call, 0), tensor(call, 1), transposed('transA'), transposed('transB')),
  );
  return has(call, 2) ? tf.add(product, scaled('beta', tensor(call, 2))) : product;
}

/** tfjs' softmax takes the last axis only. */
function alongAxis(call: Call, compute: (x: TfTensor) => TfTensor): TfTensor {
  const { tf } = call;
  const x = tensor(call, 0);
  const axis = axisOf(call, intAttribute(call.node, 'axis', -1), x.rank);
  if (axis === x.rank - 1) return compute(x);
  const order = Array.from({ length: x.rank }, (_, index) => index);
  [order[axis], order[x.rank - 1]] = [x.rank - 1, axis];
  return tf.transpose(compute(tf.transpose(x, order)), order);
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias, over the axes from `axis` on. Outputs: y, mean, 1/std. */
function layerNormalization(call: Call): ReturnType<OperatorTable[string]> {
  const { tf } = call;
  const x = tensor(call, 0);
  const first = axisOf(call, intAttribute(call.node, 'axis', -1), x.rank);
  const axes = Array.from({ length: x.rank - first }, (_, index) => first + index);
  const mean = tf.mean(x, axes, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes, true);
  const inverse = tf.reciprocal(
    tf.sqrt(tf.add(variance, tf.scalar(floatAttribute(call.node, 'epsilon', 1e-5)))),
  );
  const scaled = tf.mul(tf.mul(centred, inverse), tensor(call, 1));
  const y = has(call, 2) ? tf.add(scaled, tensor(call, 2)) : scaled;
  return [computed(input(call, 0).dtype, y), computed('float32', mean), computed('float32', inverse)];
}

/** Products, and the normalisations that stand between them. */
export const LINEAR: OperatorTable = {
  MatMul: alike(matMul),
  Gemm: alike(gemm),
  Softmax: alike((call) => alongAxis(call, (x) => call.tf.softmax(x))),
  LogSoftmax: alike((call) => alongAxis(call, (x) => call.tf.logSoftmax(x))),
  LayerNormalization: layerNormalization,
};
