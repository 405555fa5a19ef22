import { BadFileError } from '../../core/errors.ts';
import type { Activation } from '../../graph/activate.ts';
import { isRecord, type JsonRecord } from './read-json.ts';

/** The encoders of Hugging Face's layout that become graphs. */
export type EncoderFamily =
  | 'bert'
  | 'roberta'
  | 'xlm-roberta'
  | 'camembert'
  | 'electra'
  | 'distilbert'
  | 'mpnet';

/** All models of that layout: encoders, and decoders whose tokens see those before them. */
export type HuggingFaceFamily = EncoderFamily | 'gpt2';

/** What `config.json` says of a model. */
export interface Architecture {
  readonly family: HuggingFaceFamily;
  readonly width: number;
  /** ELECTRA only: width of the embeddings; where it differs from `width`, a linear layer stands between. */
  readonly embeddingWidth?: number;
  readonly blocks: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly activation: Activation;
  /** Added to the variance by the layer norms. */
  readonly epsilon: number;
  /** Rows of the table of positions; RoBERTa and MPNet do not use the first ones (`padId` + 1). */
  readonly positions: number;
  /** Rows of the table of token types; 0 where there is none. */
  readonly typeCount: number;
  readonly vocabularySize: number;
  readonly padId: number;
  /** Whether the file names a padding token: a GPT-2 without one takes a text's last token, whatever it is. */
  readonly statesPadding: boolean;
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
  readonly positions: string;
  readonly epsilon: string;
  readonly typeCount: number | null;
  readonly padId: number;
  /** Whether positions are counted from `padId` + 1. */
  readonly countsFromPadding: boolean;
  /** What the family's classes take where the file has no such key. */
  readonly usual: { readonly activation: Activation; readonly epsilon: number };
}

const BERT: Keys = {
  width: 'hidden_size',
  blocks: 'num_hidden_layers',
  heads: 'num_attention_heads',
  feedForward: 'intermediate_size',
  activation: 'hidden_act',
  positions: 'max_position_embeddings',
  epsilon: 'layer_norm_eps',
  typeCount: 2,
  padId: 0,
  countsFromPadding: false,
  usual: { activation: 'gelu', epsilon: 1e-12 },
};
const ROBERTA: Keys = { ...BERT, padId: 1, countsFromPadding: true };
const DISTILBERT: Keys = {
  ...BERT,
  width: 'dim',
  blocks: 'n_layers',
  heads: 'n_heads',
  feedForward: 'hidden_dim',
  activation: 'activation',
  typeCount: null,
};
const GPT2: Keys = {
  width: 'n_embd',
  blocks: 'n_layer',
  heads: 'n_head',
  feedForward: 'n_inner',
  activation: 'activation_function',
  positions: 'n_positions',
  epsilon: 'layer_norm_epsilon',
  typeCount: null,
  padId: 0,
  countsFromPadding: false,
  usual: { activation: 'gelu_new', epsilon: 1e-5 },
};
const FAMILIES: Readonly<Record<HuggingFaceFamily, Keys>> = {
  bert: BERT,
  roberta: ROBERTA,
  'xlm-roberta': ROBERTA,
  camembert: ROBERTA,
  electra: BERT,
  distilbert: DISTILBERT,
  mpnet: { ...ROBERTA, typeCount: null },
  gpt2: GPT2,
};

/** Hugging Face's names of activations; the tanh form of GELU has several. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_new: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  relu: 'relu',
};

/** Whether positions are counted from `padId` + 1. */
export function countsFromPadding(family: HuggingFaceFamily): boolean {
  return FAMILIES[family].countsFromPadding;
}

/**
 * Reads `config.json`. Sizes must be there; a key that Hugging Face's classes default has their default.
 * @throws BadFileError if a value is missing or the model is of a kind that we do not build
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
  const keys = FAMILIES[family as HuggingFaceFamily];
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
  checkKind(config, family, where);
  const named = config[keys.activation] ?? keys.usual.activation;
  const activation = typeof named === 'string' ? ACTIVATIONS[named] : undefined;
  if (activation === undefined) {
    const known = Object.keys(ACTIVATIONS).join(', ');
    throw bad(where, `"${keys.activation}" must be one of ${known}, got ${said(named)}; use another model`);
  }
  const epsilon = config[keys.epsilon] ?? keys.usual.epsilon;
  if (typeof epsilon !== 'number' || !(epsilon > 0)) {
    throw bad(where, `"${keys.epsilon}" must be a number above 0, got ${said(epsilon)}; mend the file`);
  }
  const vocabularySize = size('vocab_size');
  // MPNet's classes have the padding's id fixed.
  const padId = family === 'mpnet' ? keys.padId : size('pad_token_id', keys.padId, 0);
  if (padId >= vocabularySize) {
    throw bad(
      where,
      `"pad_token_id" must be below "vocab_size" ${vocabularySize}, got ${padId}; mend the file`,
    );
  }
  return {
    family: family as HuggingFaceFamily,
    width,
    ...(family === 'electra' ? { embeddingWidth: size('embedding_size', 128) } : {}),
    blocks: size(keys.blocks),
    heads,
    feedForward: size(keys.feedForward, family === 'gpt2' ? 4 * width : undefined),
    activation,
    epsilon,
    positions: size(
      keys.positions,
      undefined,
      countsFromPadding(family as HuggingFaceFamily) ? padId + 2 : 1,
    ),
    typeCount: keys.typeCount === null ? 0 : size('type_vocab_size', keys.typeCount),
    vocabularySize,
    padId,
    statesPadding: typeof config.pad_token_id === 'number',
    labels: readLabels(config.id2label, where),
    hasClassifier: Array.isArray(config.architectures)
      ? config.architectures.some((name) => String(name).endsWith('ForSequenceClassification'))
      : null,
  };
}

/** Refuses variants that compute something else than the graphs that we build. */
function checkKind(config: JsonRecord, family: string, where: string): void {
  if (family === 'gpt2') {
    const odd = [
      config.scale_attn_weights === false && 'scores that are not scaled ("scale_attn_weights": false)',
      config.scale_attn_by_inverse_layer_idx === true &&
        'scores scaled by block ("scale_attn_by_inverse_layer_idx")',
      config.add_cross_attention === true && 'cross-attention ("add_cross_attention")',
    ].find((one) => one !== false);
    if (odd === undefined) return;
    throw bad(where, `must be a decoder with plain self-attention, got ${odd}; use another model`);
  }
  const kind = config.position_embedding_type ?? 'absolute';
  if (kind === 'absolute' && config.is_decoder !== true) return;
  const got = config.is_decoder === true ? 'a decoder' : `positions of kind ${said(kind)}`;
  throw bad(where, `must be an encoder with absolute positions, got ${got}; use another model`);
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
