import test from 'ava';
import fc from 'fast-check';
import { batches } from '../../src/data/batches.ts';

const texts = (...lengths: number[]) =>
  lengths.map((length, index) => ({ ids: Array.from({ length }, (_, k) => 100 * (index + 1) + k) }));

test('batches: ids and mask of a padded batch, exactly', (t) => {
  const [batch] = batches(texts(1, 3), { size: 4, order: [0, 1], padId: 9 });
  t.deepEqual(batch, {
    indices: [0, 1],
    rows: 2,
    shape: [2, 3],
    ids: BigInt64Array.of(100n, 9n, 9n, 200n, 201n, 202n),
    mask: Float32Array.of(1, 0, 0, 1, 1, 1),
  });
});

test('batches: types of tokens travel with the ids, 0 at padding', (t) => {
  const encoded = [
    { ids: [5], typeIds: [1] },
    { ids: [6, 7], typeIds: [0, 1] },
  ];
  const [batch] = batches(encoded, { size: 2, order: [0, 1], padId: 9 });
  t.deepEqual(batch?.typeIds, BigInt64Array.of(1n, 0n, 0n, 1n));
});

test('batches: a single row is doubled, and counted once', (t) => {
  const [batch] = batches(texts(2), { size: 4, order: 'length', padId: 0 });
  t.deepEqual(batch, {
    indices: [0],
    rows: 1,
    shape: [2, 2],
    ids: BigInt64Array.of(100n, 101n, 100n, 101n),
    mask: Float32Array.of(1, 1, 1, 1),
  });
});

test('batches: order length puts long texts first, equal lengths in their order', (t) => {
  const made = batches(texts(2, 5, 2, 3, 5), { size: 2, order: 'length', padId: 0 });
  t.deepEqual(
    made.map((batch) => batch.indices),
    [[1, 4], [3, 0], [2]],
  );
});

test('batches: equalLength never pads, whatever the order', (t) => {
  const made = batches(texts(2, 5, 2, 2, 5), { size: 2, order: 'length', padId: 0, equalLength: true });
  t.deepEqual(
    made.map((batch) => batch.indices),
    [[1, 4], [0, 2], [3]],
  );
  t.true(made.every((batch) => batch.mask.every((value) => value === 1)));
});

test('batches: tokens bounds rows x length with padding counted in, a longer text stands alone', (t) => {
  const made = batches(texts(1, 4, 2, 3, 9, 8), { size: 9, order: 'length', padId: 0, tokens: 8 });
  t.deepEqual(
    made.map((batch) => batch.indices),
    [[4], [5], [1, 3], [2, 0]],
  );
});

test('batches: every example stands in exactly one batch, with its tokens, and no batch has one row', (t) => {
  const lengths = fc.array(fc.nat(12), { maxLength: 40 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 9 }), fc.boolean(), (sizes, size, equalLength) => {
      const encoded = texts(...sizes);
      const made = batches(encoded, { size, order: 'length', padId: 7, equalLength });
      const seen = made.flatMap((batch) => [...batch.indices]).sort((a, b) => a - b);
      t.deepEqual(
        seen,
        encoded.map((_, index) => index),
      );
      for (const { indices, rows, shape, ids, mask } of made) {
        t.true(rows === indices.length && shape[0] === Math.max(2, rows) && shape[1] >= 1 && rows <= size);
        for (const [row, index] of indices.entries()) {
          const width = shape[1];
          const real = [...ids.subarray(row * width, (row + 1) * width)].filter(
            (_, k) => mask[row * width + k] === 1,
          );
          t.deepEqual(real.map(Number), encoded[index]!.ids);
        }
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('batches: refuses a size below one', (t) => {
  t.throws(() => batches([], { size: 0, order: 'length', padId: 0 }), {
    instanceOf: RangeError,
    message: 'batches: size must be 1 or more, got 0',
  });
});
