import { EngineError } from '../core/errors.ts';
import { intAttribute, intsAttribute } from '../graph/attributes.ts';
import type { Tf, TfTensor } from './tfjs-namespace.ts';
import type { Call, Operator, OperatorTable } from './tfjs-operator.ts';
import { alike, axisOf, has, number, numbers, offTape, tensor } from './tfjs-operator.ts';
import { computed } from './tfjs-value.ts';

/** A reduction over axes; none given means all of them, or none at all with `noop_with_empty_axes`. */
function reduction(reduce: (tf: Tf, x: TfTensor, axes: number[], keep: boolean) => TfTensor): Operator {
  return alike((call) => {
    const x = tensor(call, 0);
    const given = has(call, 1) ? numbers(call, 1) : (intsAttribute(call.node, 'axes') ?? []);
    if (given.length === 0 && intAttribute(call.node, 'noop_with_empty_axes', 0) !== 0)
      return call.tf.clone(x);
    const axes =
      given.length === 0 ? x.shape.map((_, axis) => axis) : given.map((axis) => axisOf(call, axis, x.rank));
    return reduce(call.tf, x, axes, intAttribute(call.node, 'keepdims', 1) !== 0);
  });
}

function argMax(call: Call): ReturnType<Operator> {
  const { tf } = call;
  const x = tensor(call, 0);
  if (intAttribute(call.node, 'select_last_index', 0) !== 0) {
    throw new EngineError(
      call.where,
      'ArgMax must take the first of equals in the tfjs engine, got select_last_index 1; use --engine onnxruntime',
    );
  }
  const axis = axisOf(call, intAttribute(call.node, 'axis', 0), x.rank);
  const first = offTape(tf, () => tf.argMax(x, axis));
  return [
    computed('int64', intAttribute(call.node, 'keepdims', 1) === 0 ? first : tf.expandDims(first, axis)),
  ];
}

/** Operators that sum up or compare along axes. */
export const REDUCE: OperatorTable = {
  ReduceSum: reduction((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  ReduceMean: reduction((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
  ReduceMin: reduction((tf, x, axes, keep) => tf.min(x, axes, keep)),
  ReduceSumSquare: reduction((tf, x, axes, keep) => tf.sum(tf.square(x), axes, keep)),
  CumSum: alike((call) => {
    const x = tensor(call, 0);
    // A positive axis: with a negative one the wasm backend reads out of bounds.
    const axis = axisOf(call, number(call, 1), x.rank);
    return call.tf.cumsum(
      x,
      axis,
      intAttribute(call.node, 'exclusive', 0) !== 0,
      intAttribute(call.node, 'reverse', 0) !== 0,
    );
  }),
  ArgMax: argMax,
};
