import type { EncoderFamily } from './architecture.ts';
import { LAYER_NAMES } from './layer-names.ts';

/** How transformers' classes name the layers that a checkpoint names with or without its prefix. */
export interface ModuleNames {
  /** In a class with a head (`BertForSequenceClassification`). */
  readonly whole: (layer: string) => string;
  /** In the bare encoder (`BertModel`). */
  readonly bare: (layer: string) => string;
  /** Whether linear layers store their weights as `[in, out]`. */
  readonly fanInFanOut: boolean;
}

/** Null for a family that transformers does not have. */
export function moduleNames(family: string): ModuleNames | null {
  if (family === 'gpt2') return { ...named('transformer.', ['score']), fanInFanOut: true };
  if (!Object.hasOwn(LAYER_NAMES, family)) return null;
  const { prefix, classifier } = LAYER_NAMES[family as EncoderFamily];
  return { ...named(prefix, [classifier.dense, classifier.last]), fanInFanOut: false };
}

function named(prefix: string, ofHead: readonly string[]): Omit<ModuleNames, 'fanInFanOut'> {
  const bare = (layer: string) => (layer.startsWith(prefix) ? layer.slice(prefix.length) : layer);
  return { bare, whole: (layer) => (ofHead.includes(layer) ? layer : prefix + bare(layer)) };
}
