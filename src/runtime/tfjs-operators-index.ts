import { EngineError } from '../core/errors.ts';
import { intAttribute, stringAttribute } from '../graph/attributes.ts';
import { sizeOf } from '../graph/graph.ts';
import type { Tf, TfTensor } from './tfjs-namespace.ts';
import type { Call, OperatorTable } from './tfjs-operator.ts';
import { alike, axisOf, input, number, numbers, offTape, tensor } from './tfjs-operator.ts';
import { computed } from './tfjs-value.ts';

/** Indices may count from the end. */
function wrapped(tf: Tf, indices: TfTensor, size: number): TfTensor {
  return offTape(tf, () =>
    tf.where(tf.less(indices, tf.zerosLike(indices)), tf.add(indices, tf.scalar(size, 'int32')), indices),
  );
}

function gather(call: Call): TfTensor {
  const { tf } = call;
  const x = tensor(call, 0);
  const indices = tensor(call, 1);
  const axis = axisOf(call, intAttribute(call.node, 'axis', 0), x.rank);
  const flat = tf.reshape(wrapped(tf, indices, x.shape[axis]!), [indices.size]);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return tf.reshape(tf.gather(x, flat as never, axis), shape);
}

/**
 * Where in flat data each index of a GatherElements or ScatterElements points: its own position, but for the place along
 * `axis`, which the index gives.
 */
function elementPositions(call: Call, shape: readonly number[]): number[] {
  const at = input(call, 1);
  const axis = axisOf(call, intAttribute(call.node, 'axis', 0), shape.length);
  const strides = shape.map((_, dimension) => sizeOf(shape.slice(dimension + 1)));
  const rows = at.shape.map((_, dimension) => sizeOf(at.shape.slice(dimension + 1)));
  return numbers(call, 1).map((index, flat) => {
    let position = 0;
    for (let dimension = 0; dimension < shape.length; dimension++) {
      const own = Math.floor(flat / rows[dimension]!) % at.shape[dimension]!;
      position += strides[dimension]! * (dimension === axis ? wrap(call, index, shape[axis]!) : own);
    }
    return position;
  });
}

function wrap(call: Call, index: number, size: number): number {
  const positive = index < 0 ? index + size : index;
  if (positive < 0 || positive >= size) {
    throw new EngineError(
      call.where,
      `indices must be within an axis of ${size}, got ${index}; check the feeds`,
    );
  }
  return positive;
}

function gatherElements(call: Call): TfTensor {
  const { tf } = call;
  const x = tensor(call, 0);
  const positions = tf.tensor1d(elementPositions(call, x.shape), 'int32');
  return tf.reshape(tf.gather(tf.reshape(x, [x.size]), positions), [...input(call, 1).shape]);
}

/** Writes (or adds) rows of `updates` over rows of `data`; where a row is written twice the last one stays. */
function scatterRows(call: Call, rows: readonly number[], width: number): TfTensor {
  const { tf } = call;
  const data = tensor(call, 0);
  const reduction = stringAttribute(call.node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') {
    throw new EngineError(
      call.where,
      `reduction must be none or add in the tfjs engine, got ${reduction}; use --engine onnxruntime`,
    );
  }
  const height = data.size / width;
  const flat = tf.reshape(data, [height, width]);
  const updates = tf.reshape(tensor(call, 2), [rows.length, width]);
  const scattered = (at: readonly number[], what: TfTensor): TfTensor =>
    tf.scatterND(tf.tensor2d([...at], [at.length, 1], 'int32'), what, [height, width]);
  if (reduction === 'add') return tf.reshape(tf.add(flat, scattered(rows, updates)), data.shape);
  const last = new Map(rows.map((row, index) => [row, index]));
  const chosen = tf.gather(updates, tf.tensor1d([...last.values()], 'int32'));
  const at = [...last.keys()];
  const written = offTape(tf, () => tf.greater(scattered(at, tf.onesLike(chosen)), tf.zerosLike(flat)));
  return tf.reshape(tf.where(written, scattered(at, chosen), flat), data.shape);
}

function scatterND(call: Call): TfTensor {
  const { shape } = input(call, 0);
  const depth = input(call, 1).shape.at(-1)!;
  const indices = numbers(call, 1);
  const rows = Array.from({ length: indices.length / depth }, (_, row) =>
    shape
      .slice(0, depth)
      .reduce((position, size, axis) => position * size + wrap(call, indices[row * depth + axis]!, size), 0),
  );
  return scatterRows(call, rows, sizeOf(shape.slice(depth)));
}

/** Made by comparing: tfjs' own oneHot takes no float values on the wasm backend. */
function oneHot(call: Call): ReturnType<OperatorTable[string]> {
  const { tf } = call;
  const depth = number(call, 1);
  const values = tensor(call, 2);
  const indices = wrapped(tf, tensor(call, 0), depth);
  const axis = axisOf(call, intAttribute(call.node, 'axis', -1), indices.rank + 1);
  const places = tf.reshape(
    tf.range(0, depth, 1, 'int32'),
    Array.from({ length: indices.rank + 1 }, (_, dimension) => (dimension === axis ? depth : 1)),
  );
  const hot = offTape(tf, () => tf.equal(tf.expandDims(indices, axis), places));
  const [off, on] = [0, 1].map((index) => tf.slice(values, [index], [1]));
  return [computed(input(call, 2).dtype, tf.where(hot, on!, off!))];
}

/** Operators that pick or place values by index. */
export const INDEX: OperatorTable = {
  Gather: alike(gather),
  GatherElements: alike(gatherElements),
  ScatterElements: alike((call) => scatterRows(call, elementPositions(call, input(call, 0).shape), 1)),
  ScatterND: alike(scatterND),
  OneHot: oneHot,
};
