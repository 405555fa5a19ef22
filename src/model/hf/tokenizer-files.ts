import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BadFileError } from '../../core/errors.ts';
import { readBytes } from '../../core/files.ts';
import type { HuggingFaceFamily } from './architecture.ts';
import { type JsonRecord, parseJson } from './read-json.ts';

/** What `tokenizer.json` and `tokenizer_config.json` hold, and the hash of the bytes it was made from. */
export interface TokenizerFiles {
  readonly tokenizer: JsonRecord;
  readonly config: JsonRecord;
  /** The file that holds the vocabulary. */
  readonly where: string;
  readonly sha256: string;
}

/**
 * Reads a folder's tokenizer: `tokenizer.json`, else `vocab.txt` (BERT, ELECTRA, DistilBERT, MPNet) or `vocab.json` and
 * `merges.txt` (RoBERTa, GPT-2), which become the same record; null where there is none.
 * @throws BadFileError if a file is not as it must be
 */
export async function readTokenizerFiles(
  folder: string,
  family: HuggingFaceFamily,
): Promise<TokenizerFiles | null> {
  const has = (name: string) => existsSync(join(folder, name));
  if (has('tokenizer.json')) return readTokenizerJson(folder);
  const names = vocabularyFiles(family);
  if (names.length === 0 || !names.every(has)) return null;
  const { read, config, made } = await startReading(folder);
  if (names.includes('merges.txt')) {
    const vocabulary = parseJson(await read('vocab.json'), join(folder, 'vocab.json'));
    const merges = linesOf(await read('merges.txt')).filter(
      (line) => line !== '' && !line.startsWith('#version'),
    );
    const wrap = family === 'gpt2' ? plainBytePairs : bytePairs;
    return made('vocab.json', wrap(vocabulary, merges, config, join(folder, 'vocab.json')));
  }
  const wrap = family === 'mpnet' ? mpnetPieces : wordPieces;
  return made('vocab.txt', wrap(linesOf(await read('vocab.txt')), config, join(folder, 'vocab.txt')));
}

const WORD_PIECES = ['vocab.txt'];
const BYTE_PAIRS = ['vocab.json', 'merges.txt'];
/** SentencePiece's own file is not read. */
const SENTENCE_PIECES: readonly string[] = [];

const VOCABULARIES: Readonly<Record<HuggingFaceFamily, readonly string[]>> = {
  bert: WORD_PIECES,
  electra: WORD_PIECES,
  distilbert: WORD_PIECES,
  mpnet: WORD_PIECES,
  roberta: BYTE_PAIRS,
  gpt2: BYTE_PAIRS,
  'xlm-roberta': SENTENCE_PIECES,
  camembert: SENTENCE_PIECES,
};

/** The vocabulary's own files that a family's tokenizer can be made of, beside `tokenizer.json`; none where it cannot. */
export function vocabularyFiles(family: HuggingFaceFamily): readonly string[] {
  return VOCABULARIES[family];
}

/** Reads `tokenizer.json`, by whatever name, and `tokenizer_config.json` beside it. @throws as readTokenizerFiles */
export async function readTokenizerJson(folder: string, name = 'tokenizer.json'): Promise<TokenizerFiles> {
  const { read, made } = await startReading(folder);
  return made(name, parseJson(await read(name), join(folder, name)));
}

/** `tokenizer_config.json` where there is one, and what reads and hashes the files after it. */
async function startReading(folder: string) {
  const hash = createHash('sha256');
  const read = async (name: string): Promise<Uint8Array> => {
    const bytes = await readBytes(join(folder, name));
    hash.update(`${name} ${bytes.length}\n`).update(bytes);
    return bytes;
  };
  const configPath = join(folder, 'tokenizer_config.json');
  const config = existsSync(configPath) ? parseJson(await read(basename(configPath)), configPath) : {};
  const made = (name: string, tokenizer: JsonRecord): TokenizerFiles => {
    return { tokenizer, config, where: join(folder, name), sha256: hash.digest('hex') };
  };
  return { read, config, made };
}

/** Lines end where Python's text files end them; the last may lack its end. */
function linesOf(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** A special token's text: a string, or a record with `content`, as the configuration has it. */
function special(config: JsonRecord, key: string, fallback: string): string {
  const value = config[key] ?? fallback;
  const text = typeof value === 'string' ? value : (value as JsonRecord).content;
  return typeof text === 'string' ? text : fallback;
}

function addedTokens(
  texts: readonly string[],
  ids: Readonly<Record<string, unknown>>,
  where: string,
  lstripped?: string,
): { added: JsonRecord[]; idOf: (text: string) => number } {
  const idOf = (text: string): number => {
    const id = Object.hasOwn(ids, text) ? ids[text] : undefined;
    if (typeof id === 'number') return id;
    throw new BadFileError(
      where,
      `must hold the special token "${text}", got none; fetch the checkpoint again`,
    );
  };
  const added = texts.map((content) => ({
    id: idOf(content),
    content,
    special: true,
    single_word: false,
    lstrip: content === lstripped,
    rstrip: false,
    normalized: false,
  }));
  return { added, idOf };
}

function wordPieces(lines: readonly string[], config: JsonRecord, where: string): JsonRecord {
  const vocab = Object.fromEntries(lines.map((line, id) => [line, id]));
  const names = (['pad', 'unk', 'cls', 'sep', 'mask'] as const).map((name) =>
    special(config, `${name}_token`, `[${name.toUpperCase()}]`),
  );
  const [, unknown, cls, sep] = names as [string, string, string, string, string];
  const { added, idOf } = addedTokens(names, vocab, where);
  return {
    ...pieces(vocab, unknown, config),
    added_tokens: added,
    post_processor: { type: 'BertProcessing', cls: [cls, idOf(cls)], sep: [sep, idOf(sep)] },
  };
}

/** MPNet takes BERT's pieces with RoBERTa's special tokens: two separators stand between a text and its pair. */
function mpnetPieces(lines: readonly string[], config: JsonRecord, where: string): JsonRecord {
  const vocab = Object.fromEntries(lines.map((line, id) => [line, id]));
  const names = [
    special(config, 'bos_token', '<s>'),
    special(config, 'pad_token', '<pad>'),
    special(config, 'eos_token', '</s>'),
    special(config, 'unk_token', '[UNK]'),
    special(config, 'mask_token', '<mask>'),
  ] as const;
  const cls = special(config, 'cls_token', names[0]);
  const sep = special(config, 'sep_token', names[2]);
  // The mask takes the blank in front of it.
  const { added, idOf } = addedTokens(names, vocab, where, names[4]);
  return {
    ...pieces(vocab, names[3], config),
    added_tokens: added,
    post_processor: {
      type: 'RobertaProcessing',
      cls: [cls, idOf(cls)],
      sep: [sep, idOf(sep)],
      trim_offsets: false,
      add_prefix_space: false,
    },
  };
}

function pieces(vocab: JsonRecord, unknown: string, config: JsonRecord): JsonRecord {
  return {
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: {
      type: 'WordPiece',
      vocab,
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
    decoder: null,
  };
}

function bytePairs(
  vocab: JsonRecord,
  merges: readonly string[],
  config: JsonRecord,
  where: string,
): JsonRecord {
  const names = [
    special(config, 'bos_token', '<s>'),
    special(config, 'pad_token', '<pad>'),
    special(config, 'eos_token', '</s>'),
    special(config, 'unk_token', '<unk>'),
    special(config, 'mask_token', '<mask>'),
  ] as const;
  const cls = special(config, 'cls_token', names[0]);
  const sep = special(config, 'sep_token', names[2]);
  // The mask takes the blank in front of it.
  const { added, idOf } = addedTokens(names, vocab, where, names[4]);
  const addsBlank = config.add_prefix_space ?? false;
  return {
    ...pairs(vocab, merges, config),
    added_tokens: added,
    post_processor: {
      type: 'RobertaProcessing',
      cls: [cls, idOf(cls)],
      sep: [sep, idOf(sep)],
      trim_offsets: true,
      add_prefix_space: addsBlank,
    },
  };
}

/** GPT-2's: one special token, and nothing around a text. */
function plainBytePairs(
  vocab: JsonRecord,
  merges: readonly string[],
  config: JsonRecord,
  where: string,
): JsonRecord {
  const end = '<|endoftext|>';
  const names = ['bos_token', 'eos_token', 'unk_token'].map((key) => special(config, key, end));
  if (config.pad_token != null) names.push(special(config, 'pad_token', end));
  const { added } = addedTokens([...new Set(names)], vocab, where);
  return { ...pairs(vocab, merges, config), added_tokens: added, post_processor: null };
}

function pairs(vocab: JsonRecord, merges: readonly string[], config: JsonRecord): JsonRecord {
  const addsBlank = config.add_prefix_space ?? false;
  return {
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: addsBlank, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      vocab,
      merges,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
    },
    decoder: null,
  };
}
