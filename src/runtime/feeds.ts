import { EngineError } from '../core/errors.ts';
import type { DataType, Dimension, Tensor, TensorData, ValueInfo } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import type { Feeds } from './engine.ts';

/** The array that holds the values of each element type. */
const ARRAYS: Readonly<Record<DataType, { readonly name: string; new (length: number): TensorData }>> = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/**
 * Checks feeds against a graph's inputs before an engine sees them: names, element types, arrays, ranks, sizes; a
 * symbolic dimension must have one size throughout, and the size of `sizes` where it is fixed there.
 *
 * @throws EngineError that names the input.
 */
export function checkFeeds(
  where: string,
  inputs: readonly ValueInfo[],
  feeds: Feeds,
  sizes: Readonly<Record<string, number>> = {},
): void {
  const known = new Map(inputs.map((input) => [input.name, input]));
  for (const name of Object.keys(feeds)) {
    if (!known.has(name)) {
      throw new EngineError(
        where,
        `feeds must be inputs of the graph, got "${name}"; the inputs are ${[...known.keys()].join(', ') || 'none'}`,
      );
    }
  }
  const seen = new Map<string, { size: number; by: string }>(
    Object.entries(sizes).map(([dimension, size]) => [dimension, { size, by: 'the session options' }]),
  );
  for (const input of inputs) {
    const feed = Object.hasOwn(feeds, input.name) ? feeds[input.name] : undefined;
    if (feed === undefined) {
      throw new EngineError(
        where,
        `each input must be fed, got nothing for "${input.name}"; add it to the feeds`,
      );
    }
    checkFeed(`${where}: feed "${input.name}"`, input, feed, seen);
  }
}

function checkFeed(
  where: string,
  input: ValueInfo,
  feed: Tensor,
  seen: Map<string, { readonly size: number; readonly by: string }>,
): void {
  if (feed.dtype !== input.dtype) {
    throw new EngineError(where, `must be ${input.dtype}, got ${feed.dtype}; convert it first`);
  }
  const array = ARRAYS[feed.dtype];
  if (!(feed.data instanceof array)) {
    throw new EngineError(
      where,
      `${feed.dtype} must be held in a ${array.name}, got ${describe(feed.data)}; convert it first`,
    );
  }
  if (feed.data.length !== sizeOf(feed.shape)) {
    throw new EngineError(
      where,
      `shape ${shapeText(feed.shape)} must have ${sizeOf(feed.shape)} values, got ${feed.data.length}; correct the shape or the array`,
    );
  }
  if (feed.shape.length !== input.shape.length) {
    throw new EngineError(
      where,
      `shape must be ${shapeText(input.shape)}, got ${shapeText(feed.shape)}; reshape it first`,
    );
  }
  input.shape.forEach((dimension, axis) => {
    const size = feed.shape[axis]!;
    if (typeof dimension === 'number') {
      if (dimension !== size) {
        throw new EngineError(
          where,
          `shape must be ${shapeText(input.shape)}, got ${shapeText(feed.shape)}; correct axis ${axis}`,
        );
      }
      return;
    }
    if (dimension === '') return;
    const before = seen.get(dimension);
    if (before === undefined) {
      seen.set(dimension, { size, by: `"${input.name}"` });
    } else if (before.size !== size) {
      throw new EngineError(
        where,
        `dimension ${dimension} must be ${before.size} as in ${before.by}, got ${size}; correct axis ${axis}`,
      );
    }
  });
}

/**
 * The outputs to fetch: those asked for, or all of them.
 *
 * @throws EngineError if one asked for is not an output of the graph.
 */
export function wantedOutputs(
  where: string,
  outputs: readonly string[],
  wanted?: readonly string[],
): readonly string[] {
  for (const name of wanted ?? []) {
    if (!outputs.includes(name)) {
      throw new EngineError(
        where,
        `outputs must be outputs of the graph, got "${name}"; the outputs are ${outputs.join(', ')}`,
      );
    }
  }
  return wanted ?? outputs;
}

/** A shape as it stands in messages: `[B, 128]`. */
export function shapeText(shape: readonly Dimension[]): string {
  return `[${shape.map((dimension) => (dimension === '' ? '?' : dimension)).join(', ')}]`;
}

function describe(data: unknown): string {
  return data === null || data === undefined ? String(data) : (data as object).constructor.name;
}
