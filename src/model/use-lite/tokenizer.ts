import { UsageError } from '../../core/errors.ts';
import type { Tokenizer } from '../model.ts';

/** A word piece and its log probability. Seven pieces with a colon have no score; the reference takes them for 0. */
export type Piece = readonly [text: string, score: number | null];

/** The pieces 0-5 are never matched: unknown, sentence ends, three spare ones. */
const RESERVED = 6;
const UNKNOWN = 0;
const BLANK = '\u2581';

/**
 * USE-lite's tokenizer: the cut of a text into pieces with the greatest sum of scores (a unigram model).
 *
 * The text is brought to NFKC, gets a blank in front, and blanks become U+2581. Each symbol (code point) is a place.
 * A symbol at which no piece starts is unknown, with score 0; neighbouring unknowns become one. Kept from the
 * reference, since ids must be equal to what the weights were trained with:
 * - a piece without a score scores 0, above all others, so it always wins;
 * - of equal cuts the later start wins;
 * - a place whose best score so far is exactly 0 counts as not reached, and the next cut replaces it.
 *
 * Source: reference implementation in the package `@energetic-ai/embeddings` 0.2.0, of which this is no copy.
 */
export function unigramTokenizer(pieces: readonly Piece[]): Tokenizer {
  const index = new Map<string, number>();
  let longest = 1;
  for (let id = RESERVED; id < pieces.length; id += 1) {
    const text = pieces[id]![0];
    index.set(text, id);
    longest = Math.max(longest, [...text].length);
  }

  /** The last piece of the best cut of the first n symbols, for each n. */
  const lastPieces = (symbols: readonly string[]): Int32Array => {
    const best = new Float64Array(symbols.length + 1);
    const last = new Int32Array(symbols.length + 1);
    const offer = (end: number, id: number, score: number): void => {
      if (best[end] !== 0 && score < best[end]!) return;
      best[end] = score;
      last[end] = id;
    };
    // Starts rise and every piece ends behind its start, so `best[start]` is final when it is read.
    for (let start = 0; start < symbols.length; start += 1) {
      const limit = Math.min(symbols.length, start + longest);
      let text = '';
      let matched = false;
      for (let end = start + 1; end <= limit; end += 1) {
        text += symbols[end - 1];
        const id = index.get(text);
        if (id === undefined) continue;
        offer(end, id, (pieces[id]![1] ?? 0) + best[start]!);
        matched = true;
      }
      if (!matched) offer(start + 1, UNKNOWN, best[start]!);
    }
    return last;
  };

  const encode = (text: string): number[] => {
    const normal = text.normalize('NFKC');
    if (normal === '') return [];
    const symbols = [...(BLANK + normal.replaceAll(' ', BLANK))];
    const last = lastPieces(symbols);
    const backwards: number[] = [];
    for (let end = symbols.length; end > 0; ) {
      const id = last[end]!;
      if (id !== UNKNOWN || backwards.at(-1) !== UNKNOWN) backwards.push(id);
      end -= id === UNKNOWN ? 1 : [...pieces[id]![0]].length;
    }
    return backwards.reverse();
  };

  return {
    padId: UNKNOWN,
    encode(text, pair) {
      if (pair !== undefined) {
        throw new UsageError(
          'use-lite',
          'must be given single texts, got a pair; pass --model use-lite-pairs',
        );
      }
      return { ids: encode(text) };
    },
  };
}
