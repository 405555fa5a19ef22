import test from 'ava';
import { partition } from '../../src/compile/partition.ts';

test('partition: covers each line once, evenly, never empty, never larger than the limit, with as few as can be', (t) => {
  for (const limit of [64, 128, 256]) {
    for (let size = 1; size <= 2000; size++) {
      const ranges = partition(size, limit);
      const lengths = ranges.map(([from, to]) => to - from);
      const follows = ranges.every(([from], i) => from === (ranges[i - 1]?.[1] ?? 0));
      const isEven = Math.max(...lengths) - Math.min(...lengths) <= 1;
      const fits = Math.max(...lengths) <= limit && Math.min(...lengths) >= 1;
      const holds = follows && isEven && fits && ranges.at(-1)![1] === size;
      if (!holds || ranges.length !== Math.ceil(size / limit)) t.fail(`${size} lines on arrays of ${limit}`);
    }
  }
  t.pass();
});

test('partition: longer ranges come first', (t) => {
  t.deepEqual(partition(7, 3), [
    [0, 3],
    [3, 5],
    [5, 7],
  ]);
});

test('partition: refuses sizes that are no whole numbers above 0', (t) => {
  for (const [size, limit] of [
    [0, 4],
    [4, 0],
    [1.5, 4],
    [4, Number.NaN],
  ] as const) {
    t.throws(() => partition(size, limit), {
      instanceOf: RangeError,
      message: `partition: size and limit must be whole numbers above 0, got ${size} and ${limit}`,
    });
  }
});
