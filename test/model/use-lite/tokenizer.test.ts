import test from 'ava';
import { UsageError } from '../../../src/core/errors.ts';
import { type Piece, unigramTokenizer } from '../../../src/model/use-lite/tokenizer.ts';

const RESERVED: readonly Piece[] = ['\ufffd', '<s>', '</s>', 'x1', 'x2', 'x3'].map((text) => [text, 0]);
const tokenizer = (...pieces: Piece[]) => unigramTokenizer([...RESERVED, ...pieces]);

test('unigramTokenizer.encode: takes the cut with the greatest sum of scores', (t) => {
  const pieces: Piece[] = [
    ['\u2581', -1],
    ['a', -2],
    ['b', -2],
    ['ab', -3],
    ['\u2581a', -2.5],
  ];
  // "_ab" as _|ab: -4, _a|b: -4.5, _|a|b: -5.
  t.deepEqual(tokenizer(...pieces).encode('ab').ids, [6, 9]);
});

test('unigramTokenizer.encode: of equal cuts the later start wins', (t) => {
  const pieces: Piece[] = [
    ['\u2581', -1],
    ['a', -1],
    ['\u2581a', -2],
  ];
  t.deepEqual(tokenizer(...pieces).encode('a').ids, [6, 7]);
});

test('unigramTokenizer.encode: unknown symbols become 0, neighbours one, and reserved pieces are never matched', (t) => {
  const { encode } = tokenizer(['\u2581', -1], ['a', -2]);
  t.deepEqual(encode('zza<s>').ids, [6, 0, 7, 0]);
  t.deepEqual(encode('\u{1f600}\u{1f600}a').ids, [6, 0, 7]);
});

test('unigramTokenizer.encode: a piece without a score counts as 0 and wins', (t) => {
  const { encode } = tokenizer(['\u2581', -1], [':', null], [')', -1], [':)', -0.5]);
  t.deepEqual(encode(':)').ids, [6, 9]);
  // The text up to ":" scores -1, ")" takes it to -2, ":)" to -1.5.
  t.deepEqual(tokenizer(['\u2581', -1], [':', null], [')', -1], [':)', -3]).encode(':)').ids, [6, 7, 8]);
});

test('unigramTokenizer.encode: brings text to NFKC and puts a blank in front; an empty text has no tokens', (t) => {
  const { encode } = tokenizer(['\u2581', -1], ['f', -1], ['i', -1], ['1', -1]);
  t.deepEqual(encode('\ufb01 \uff11').ids, [6, 7, 8, 6, 9]);
  t.deepEqual(encode('').ids, []);
});

test('unigramTokenizer.encode: refuses a pair', (t) => {
  t.throws(() => tokenizer().encode('a', 'b'), {
    instanceOf: UsageError,
    message: 'use-lite: must be given single texts, got a pair; pass --model use-lite-pairs',
  });
});
