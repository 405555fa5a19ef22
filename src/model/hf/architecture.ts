import { BadFileError } from '../../core/errors.ts';
import { isRecord, type JsonRecord } from './read-json.ts';

/** The encoders of Hugging Face's layout that become graphs. */
export type EncoderFamily = 'bert' | 'roberta' | 'distilbert';

export type Activation = 'gelu' | 'gelu_new' | 'relu';

/** What `config.json` says of an encoder. */
export interface Architecture {
  readonly family: EncoderFamily;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly activation: Activation;
  /** Added to the variance by the layer norms. */
  readonly epsilon: number;
  /** Rows of the table of positions; RoBERTa does not use the first ones (`padId` + 1). */
  readonly positions: number;
  /** Rows of the table of token types; 0 where there is none. */
  readonly typeCount: number;
  readonly vocabularySize: number;
  readonly padId: number;
  /** Label names by number; null where the file has none, which stands for LABEL_0, LABEL_1, … */
  readonly labels: readonly string[] | null;
  /** Whether the checkpoint says that it holds a task head over whole texts; null where it does not say what it holds. */
  readonly hasClassifier: boolean | null;
}

/** The keys under which a family keeps what we need, and what Hugging Face's classes take where a key is absent. */
interface Keys {
  readonly width: string;
  readonly blocks: string;
  readonly heads: string;
  readonly feedForward: string;
  readonly activation: string;
  readonly typeCount: number | null;
  readonly padId: number;
}

const BERT: Keys = {
  width: 'hidden_size',
  blocks: 'num_hidden_layers',
  heads: 'num_attention_heads',
  feedForward: 'intermediate_size',
  activation: 'hidden_act',
  typeCount: 2,
  padId: 0,
};
const DISTILBERT: Keys = {
  width: 'dim',
  blocks: 'n_layers',
  heads: 'n_heads',
  feedForward: 'hidden_dim',
  activation: 'activation',
  typeCount: null,
  padId: 0,
};
const FAMILIES: Readonly<Record<EncoderFamily, Keys>> = {
  bert: BERT,
  roberta: { ...BERT, padId: 1 },
  distilbert: DISTILBERT,
};

const ACTIVATIONS: readonly Activation[] = ['gelu', 'gelu_new', 'relu'];

/** Epsilon of the three families' layer norms where the file does not say: that of Hugging Face's classes. */
const EPSILON = 1e-12;

/**
 * Reads `config.json`. Sizes must be there; a key that Hugging Face's classes default has their default.
 * @throws BadFileError if a value is missing or the encoder is of a kind that we do not build
 */
export function architectureOf(config: JsonRecord, where: string): Architecture {
  const family = config.model_type;
  if (typeof family !== 'string' || !Object.hasOwn(FAMILIES, family)) {
    const known = Object.keys(FAMILIES).join(', ');
    throw bad(
      where,
      `"model_type" must be one of ${known}, got ${said(family)}; use a model of these families`,
    );
  }
  const keys = FAMILIES[family as EncoderFamily];
  const size = (key: string, fallback?: number, least = 1): number => {
    const value = config[key] ?? fallback;
    if (Number.isSafeInteger(value) && Number(value) >= least) return Number(value);
    throw bad(where, `"${key}" must be a whole number from ${least}, got ${said(value)}; mend the file`);
  };
  const width = size(keys.width);
  const heads = size(keys.heads);
  if (width % heads !== 0) {
    throw bad(where, `"${keys.heads}" must divide the width ${width}, got ${heads}; mend the file`);
  }
  const kind = config.position_embedding_type ?? 'absolute';
  if (kind !== 'absolute' || config.is_decoder === true) {
    const got = config.is_decoder === true ? 'a decoder' : `positions of kind ${said(kind)}`;
    throw bad(where, `must be an encoder with absolute positions, got ${got}; use another model`);
  }
  const activation = config[keys.activation] ?? 'gelu';
  if (!ACTIVATIONS.includes(activation as Activation)) {
    const known = ACTIVATIONS.join(', ');
    throw bad(
      where,
      `"${keys.activation}" must be one of ${known}, got ${said(activation)}; use another model`,
    );
  }
  const epsilon = config.layer_norm_eps ?? EPSILON;
  if (typeof epsilon !== 'number' || !(epsilon > 0)) {
    throw bad(where, `"layer_norm_eps" must be a number above 0, got ${said(epsilon)}; mend the file`);
  }
  const vocabularySize = size('vocab_size');
  const padId = size('pad_token_id', keys.padId, 0);
  if (padId >= vocabularySize) {
    throw bad(
      where,
      `"pad_token_id" must be below "vocab_size" ${vocabularySize}, got ${padId}; mend the file`,
    );
  }
  return {
    family: family as EncoderFamily,
    width,
    blocks: size(keys.blocks),
    heads,
    feedForward: size(keys.feedForward),
    activation: activation as Activation,
    epsilon,
    positions: size('max_position_embeddings', undefined, family === 'roberta' ? padId + 2 : 1),
    typeCount: keys.typeCount === null ? 0 : size('type_vocab_size', keys.typeCount),
    vocabularySize,
    padId,
    labels: readLabels(config.id2label, where),
    hasClassifier: Array.isArray(config.architectures)
      ? config.architectures.some((name) => String(name).endsWith('ForSequenceClassification'))
      : null,
  };
}

/** Label names by number, as `id2label` has them; null where it is absent. @throws BadFileError if it is no such list */
export function readLabels(value: unknown, where: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  const entries = isRecord(value) ? Object.entries(value) : [];
  const labels = entries.map((_, index) => (value as JsonRecord)[String(index)]);
  if (entries.length > 0 && labels.every((label) => typeof label === 'string')) return labels;
  throw bad(where, `"id2label" must name the labels "0", "1", … by texts, got ${said(value)}; mend the file`);
}

function said(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value).slice(0, 60);
}

function bad(where: string, what: string): BadFileError {
  return new BadFileError(where, what);
}
