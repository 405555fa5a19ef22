import { BadFileError, UsageError } from '../../core/errors.ts';
import type { Encoding, Tokenizer } from '../model.ts';
import type { Architecture } from './architecture.ts';
import { longestFirst } from './cut-pair.ts';
import { precompiledNormalizer } from './precompiled.ts';
import { isRecord } from './read-json.ts';
import { type TokenizerFiles, vocabularyFiles } from './tokenizer-files.ts';

/** Above this `model_max_length` means that there is none: Hugging Face writes 1e30. */
const NO_LIMIT = 1e9;

/** What a tokenizer must know of its model. */
export interface TokenizerSetting {
  readonly padId: number;
  /** Types of tokens that the model tells apart. */
  readonly typeCount: number;
  readonly vocabularySize: number;
  /** Whether types are the tokenizer's; else all are 0 (RoBERTa's give none). */
  readonly givesTypes: boolean;
}

/**
 * A folder's tokenizer. This is the one file that imports @huggingface/tokenizers. Special tokens inside a text are
 * recognised; too long a text is cut as Hugging Face's `longest_first`, and the special tokens around it stay.
 * @throws BadFileError if the files are no tokenizer, or the vocabulary is larger than the model's
 */
export async function openTokenizer(
  files: TokenizerFiles,
  { padId, typeCount, vocabularySize, givesTypes }: TokenizerSetting,
): Promise<Tokenizer> {
  const { Tokenizer: HuggingFaceTokenizer } = await import('@huggingface/tokenizers');
  const { where, config } = files;
  let inner: InstanceType<typeof HuggingFaceTokenizer>;
  try {
    inner = new HuggingFaceTokenizer(
      {
        added_tokens: [],
        decoder: null,
        normalizer: null,
        pre_tokenizer: null,
        post_processor: null,
        ...files.tokenizer,
      },
      config,
    );
  } catch (error) {
    throw new BadFileError(
      where,
      `must be a tokenizer that @huggingface/tokenizers can read, got "${(error as Error).message}" from it; save the tokenizer again with a present version of transformers`,
      error,
    );
  }
  takeTables(inner.normalizer, files.tokenizer.normalizer, where);
  let greatest = -1;
  for (const id of inner.get_vocab().values()) greatest = Math.max(greatest, id);
  if (greatest < 0 || greatest >= vocabularySize) {
    throw new BadFileError(
      where,
      `the vocabulary must have ids from 0 to ${vocabularySize - 1}, as many as the model has, got ${greatest < 0 ? 'none' : `ids to ${greatest}`}; use the tokenizer that belongs to the checkpoint`,
    );
  }

  // Byte level's processor changes offsets only; the library's takes no pair.
  const kind = (files.tokenizer.post_processor as { readonly type?: unknown } | null | undefined)?.type;
  const processor = kind === 'ByteLevel' ? null : inner.post_processor;
  const piecesOf = (text: string) => inner.tokenize(text, { add_special_tokens: false });
  const around = (text: readonly string[], pair: readonly string[] | null) => {
    if (processor === null) return { tokens: [...text, ...(pair ?? [])], token_type_ids: undefined };
    return processor([...text], pair === null ? null : [...pair], true);
  };
  const extras = [around([], null).tokens.length, around([], []).tokens.length] as const;
  const idOf = (token: string): number => {
    const id = inner.token_to_id(token) ?? inner.model?.unk_token_id;
    if (id !== undefined) return id;
    throw new BadFileError(
      where,
      `must know the token "${token}" or have one for unknown ones, got neither; use the tokenizer that belongs to the checkpoint`,
    );
  };
  const stated = config.model_max_length;
  const limit = typeof stated === 'number' && stated >= 1 && stated < NO_LIMIT ? stated : undefined;
  return {
    padId,
    ...(limit === undefined ? {} : { maxLength: limit }),
    encode(text, pair, maxLength = limit ?? Number.POSITIVE_INFINITY): Encoding {
      const pieces = piecesOf(text);
      // An empty pair is none: so Hugging Face's tokenizers take it.
      const second = pair === undefined || pair === '' ? null : piecesOf(pair);
      const most = maxLength - extras[second === null ? 0 : 1];
      if (most < 0) {
        const needed = maxLength - most;
        throw new UsageError(
          '--max-length',
          `must leave room for the ${needed} special tokens of a text, got ${maxLength}; choose ${needed} or more`,
        );
      }
      const [kept, keptPair] = longestFirst(pieces.length, second?.length ?? 0, most);
      const whole = around(pieces.slice(0, kept), second?.slice(0, keptPair) ?? null);
      const ids = whole.tokens.map(idOf);
      if (typeCount < 2) return { ids };
      const types = givesTypes ? whole.token_type_ids : undefined;
      return { ids, typeIds: types ?? ids.map(() => 0) };
    },
  };
}

/** A normalizer of @huggingface/tokenizers; a sequence holds several. */
interface Normalizer {
  normalize(text: string): string;
  readonly normalizers?: readonly Normalizer[];
}

/** The library takes NFKC for SentencePiece's tables, which differ from it (zero-width joiners, soft hyphens): here they are read. */
function takeTables(normalizer: Normalizer | null, stored: unknown, where: string): void {
  if (normalizer === null || !isRecord(stored)) return;
  if (stored.type === 'Sequence' && Array.isArray(stored.normalizers)) {
    for (const [index, one] of stored.normalizers.entries())
      takeTables(normalizer.normalizers?.[index] ?? null, one, where);
  }
  if (stored.type !== 'Precompiled' || typeof stored.precompiled_charsmap !== 'string') return;
  const normalize = precompiledNormalizer(stored.precompiled_charsmap);
  if (normalize === null) {
    throw new BadFileError(
      where,
      'its "precompiled_charsmap" must be a table of SentencePiece in base64, got something else; save the tokenizer again',
    );
  }
  normalizer.normalize = normalize;
}

/** What stands in for the tokenizer of a folder without one: `ids` can still be given. */
export function absentTokenizer(folder: string, { family, padId }: Architecture): Tokenizer {
  const others = vocabularyFiles(family);
  const other = others.length === 0 ? '' : ` or ${others.join(' with ')}`;
  return {
    padId,
    encode() {
      throw new UsageError(
        folder,
        `must hold tokenizer.json${other} to read text, got ${other === '' ? 'none' : 'neither'}; add the tokenizer's files, or give "ids"`,
      );
    },
  };
}
