/** A half-open range of rows or columns: [from, to). */
export type Range = readonly [from: number, to: number];

/**
 * Splits `size` lines into as few ranges as fit an array of `limit` lines, as evenly as possible (sizes differ by at
 * most one, longer ones first). Covers each line once, never empty, never larger than the limit.
 *
 * @throws RangeError if size or limit is not a whole number above 0.
 */
export function partition(size: number, limit: number): Range[] {
  if (!Number.isInteger(size) || !Number.isInteger(limit) || size < 1 || limit < 1) {
    throw new RangeError(`partition: size and limit must be whole numbers above 0, got ${size} and ${limit}`);
  }
  const count = Math.ceil(size / limit);
  const longer = size % count;
  const short = Math.floor(size / count);
  const ranges: Range[] = [];
  let from = 0;
  for (let index = 0; index < count; index++) {
    const to = from + short + (index < longer ? 1 : 0);
    ranges.push([from, to]);
    from = to;
  }
  return ranges;
}
