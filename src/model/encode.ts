import { UsageError } from '../core/errors.ts';
import type { Encoding, Model } from './model.ts';

/** Tokens at most where no other limit is set: what a model's tokenizer states, or the model's greatest. */
export function usualMaxLength({ tokenizer, maxLength }: Pick<Model, 'tokenizer' | 'maxLength'>): number {
  return Math.min(maxLength, tokenizer.maxLength ?? maxLength);
}

/**
 * A text (or a pair) as the model's ids, cut to the length that its tokenizer states, or the model's greatest.
 * @param maxLength another limit, in tokens
 * @throws UsageError if the limit is beyond the model's own
 */
export function encodeExample(
  model: Pick<Model, 'name' | 'tokenizer' | 'maxLength'>,
  example: { readonly text: string; readonly pair?: string },
  maxLength = usualMaxLength(model),
): Encoding {
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > model.maxLength) {
    const range = `1 to ${model.maxLength} tokens (${model.name})`;
    throw new UsageError('--max-length', `must be ${range}, got ${maxLength}; choose a length in that range`);
  }
  const { ids, typeIds } = model.tokenizer.encode(example.text, example.pair, maxLength);
  const cut = { ids: ids.slice(0, maxLength) };
  return typeIds === undefined ? cut : { ...cut, typeIds: typeIds.slice(0, maxLength) };
}
