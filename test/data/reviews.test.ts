import test from 'ava';
import { distinct, loadReviews, proportional } from '../../src/data/reviews.ts';

const plain = (text: string) => text.trim().toLowerCase().replace(/\s+/g, ' ');

test('loadReviews: sizes, classes in balance, and what was left out', async (t) => {
  const task = await loadReviews(1);
  t.deepEqual([task.train.length, task.dev.length, task.test.length], [2000, 379, 600]);
  for (const split of [task.train, task.dev, task.test]) {
    const positive = split.filter((example) => example.label === 1).length / split.length;
    t.true(Math.abs(positive - 0.5) < 0.01, `${positive}`);
  }
  t.deepEqual(task.notes, [
    '2979 of 3000 sentences kept: 21 repeat another, 0 have a twin with another label',
  ]);
});

test('loadReviews: no sentence stands in two splits, nor twice in one', async (t) => {
  const { train, dev, test: held } = await loadReviews(2);
  const texts = [...train, ...dev, ...held].map((example) => plain(example.text));
  t.is(new Set(texts).size, texts.length);
});

test('loadReviews: the seed fixes the split, 0 is a seed, and another seed gives another', async (t) => {
  const [a, again, b] = await Promise.all([loadReviews(0), loadReviews(0), loadReviews(1)]);
  t.deepEqual(a, again);
  const overlap = a.test.filter((example) => b.test.some((other) => other.text === example.text)).length;
  // Two random sixths share 600 x 600 / 2979 = 121 on average, with a standard deviation below 9.
  t.true(Math.abs(overlap - 121) < 45, `${overlap}`);
});

test('loadReviews: the first examples of a split are mixed', async (t) => {
  const { test: held } = await loadReviews(1);
  const positive = held.slice(0, 100).filter((example) => example.label === 1).length;
  // Five standard errors of 100 fair coins: 25.
  t.true(Math.abs(positive - 50) < 25, `${positive}`);
});

test('distinct: equal after trimming, case and blanks; twins of two labels are dropped', (t) => {
  const examples = [
    { text: 'Good  phone. ', label: 1 },
    { text: 'good phone.', label: 1 },
    { text: 'So so', label: 0 },
    { text: 'so SO', label: 1 },
    { text: 'Bad', label: 0 },
  ];
  t.deepEqual(distinct(examples), { kept: [examples[0]!, examples[4]!], repeats: 1, conflicts: 2 });
});

test('proportional: whole shares that add up', (t) => {
  t.deepEqual(proportional(10, [1, 1, 1]), [4, 3, 3]);
  t.deepEqual(proportional(7, [2, 5, 7]), [1, 3, 3]);
  t.deepEqual(proportional(0, [3, 4]), [0, 0]);
});
