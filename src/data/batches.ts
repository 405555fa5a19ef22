/** A text as a model's ids. */
export interface Encoded {
  readonly ids: readonly number[];
  /** 0 for the tokens of the first text, 1 for those of its pair; absent where the model has no such input. */
  readonly typeIds?: readonly number[];
}

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
  /** Type of each token, 0 at padding; present where the texts carry types. */
  readonly typeIds?: BigInt64Array;
}

export interface BatchOptions {
  /** Rows a batch, at most. */
  readonly size: number;
  /** `length`: by falling number of tokens (least padding); or the examples' indices in the order wanted. */
  readonly order: 'length' | ArrayLike<number>;
  readonly padId: number;
  /** No padding at all: a batch ends where the number of tokens changes. Default false. */
  readonly equalLength?: boolean;
  /** Tokens a batch at most, padding counted in; a single longer text has a batch of its own. Default: any number. */
  readonly tokens?: number;
}

/**
 * Cuts encoded texts into batches, each example once.
 * @throws RangeError if the size or the number of tokens is not at least 1
 */
export function batches(
  encoded: readonly Encoded[],
  { size, order, padId, equalLength = false, tokens = Number.POSITIVE_INFINITY }: BatchOptions,
): Batch[] {
  for (const [name, value] of Object.entries({ size, tokens })) {
    if (!(value >= 1)) throw new RangeError(`batches: ${name} must be 1 or more, got ${value}`);
  }
  const lengthOf = (index: number) => encoded[index]!.ids.length;
  // Longest first: the greatest memory is taken at the start, not at the end. Array sort is stable.
  const indices =
    order === 'length'
      ? encoded.map((_, index) => index).sort((a, b) => lengthOf(b) - lengthOf(a))
      : Array.from(order);

  const blocks: { indices: number[]; width: number }[] = [];
  for (const index of indices) {
    const length = lengthOf(index);
    const block = blocks.at(-1);
    const width = Math.max(block?.width ?? 0, length);
    const rows = (block?.indices.length ?? 0) + 1;
    const fits = rows <= size && rows * width <= tokens && (!equalLength || block?.width === length);
    if (block !== undefined && fits) {
      block.indices.push(index);
      block.width = width;
    } else {
      blocks.push({ indices: [index], width: length });
    }
  }
  return blocks.map((block) => batchOf(block.indices, encoded, padId));
}

function batchOf(indices: readonly number[], encoded: readonly Encoded[], padId: number): Batch {
  const rows = indices.length;
  const height = Math.max(2, rows);
  // A text may have no tokens; a graph has no use for a width of 0.
  const width = indices.reduce((most, index) => Math.max(most, encoded[index]!.ids.length), 1);
  const ids = new BigInt64Array(height * width).fill(BigInt(padId));
  const mask = new Float32Array(height * width);
  const typed = encoded[indices[0]!]!.typeIds !== undefined;
  const typeIds = new BigInt64Array(typed ? ids.length : 0);
  for (let row = 0; row < height; row += 1) {
    const text = encoded[indices[Math.min(row, rows - 1)]!]!;
    for (const [column, id] of text.ids.entries()) {
      const place = row * width + column;
      ids[place] = BigInt(id);
      mask[place] = 1;
      if (typed) typeIds[place] = BigInt(text.typeIds![column]!);
    }
  }
  return { indices, rows, shape: [height, width], ids, mask, ...(typed ? { typeIds } : {}) };
}
