/** A block of examples as a graph takes it; shape `[B, T]`, shorter texts padded behind. */
export interface Batch {
  /** Which examples these are, in order of the rows; `rows` of them. */
  readonly indices: readonly number[];
  /** The number of real rows. */
  readonly rows: number;
  /**
   * `[B, T]`. B is `rows`, or 2 where `rows` is 1: then the second row repeats the first and is padding, for a product of
   * a single row differs in its last bits from the same row among others.
   */
  readonly shape: readonly [number, number];
  readonly ids: BigInt64Array;
  /** 1 for a real token, 0 for padding. */
  readonly mask: Float32Array;
}

export interface BatchOptions {
  /** Rows a batch, at most. */
  readonly size: number;
  /** `length`: by falling number of tokens (least padding); or the examples' indices in the order wanted. */
  readonly order: 'length' | ArrayLike<number>;
  readonly padId: number;
  /** No padding at all: a batch ends where the number of tokens changes. Default false. */
  readonly equalLength?: boolean;
  /**
   * Within each run of so many batches the examples are sorted by length first: nearly the order wanted, with less
   * padding. Default 1, which keeps the order.
   */
  readonly window?: number;
}

/**
 * Cuts encoded texts into batches, each example once.
 * @throws RangeError if the size or the window is not a whole number of at least 1
 */
export function batches(
  encoded: readonly { readonly ids: readonly number[] }[],
  { size, order, padId, equalLength = false, window = 1 }: BatchOptions,
): Batch[] {
  for (const [name, value] of Object.entries({ size, window })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`batches: ${name} must be 1 or more, got ${value}`);
  }
  const lengthOf = (index: number) => encoded[index]!.ids.length;
  // Longest first: the greatest memory is taken at the start, not at the end. Array sort is stable.
  const byLength = (indices: number[]) => indices.sort((a, b) => lengthOf(b) - lengthOf(a));

  let indices: number[];
  if (order === 'length') indices = byLength(encoded.map((_, index) => index));
  else if (window === 1) indices = Array.from(order);
  else indices = chunks(Array.from(order), size * window).flatMap(byLength);

  const blocks = equalLength
    ? runs(indices, lengthOf).flatMap((run) => chunks(run, size))
    : chunks(indices, size);
  return blocks.map((block) => batchOf(block, encoded, padId));
}

function batchOf(
  indices: readonly number[],
  encoded: readonly { readonly ids: readonly number[] }[],
  padId: number,
): Batch {
  const rows = indices.length;
  const height = Math.max(2, rows);
  // A text may have no tokens; a graph has no use for a width of 0.
  const width = indices.reduce((most, index) => Math.max(most, encoded[index]!.ids.length), 1);
  const ids = new BigInt64Array(height * width).fill(BigInt(padId));
  const mask = new Float32Array(height * width);
  for (let row = 0; row < height; row += 1) {
    for (const [column, id] of encoded[indices[Math.min(row, rows - 1)]!]!.ids.entries()) {
      ids[row * width + column] = BigInt(id);
      mask[row * width + column] = 1;
    }
  }
  return { indices, rows, shape: [height, width], ids, mask };
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, k) =>
    values.slice(k * size, (k + 1) * size),
  );
}

/** Cuts where the length changes from one to the next. */
function runs(indices: readonly number[], lengthOf: (index: number) => number): number[][] {
  const result: number[][] = [];
  for (const index of indices) {
    const run = result.at(-1);
    if (run !== undefined && lengthOf(run[0]!) === lengthOf(index)) run.push(index);
    else result.push([index]);
  }
  return result;
}
