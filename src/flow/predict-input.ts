import { BadFileError } from '../core/errors.ts';
import { encodeExample } from '../model/encode.ts';
import type { Encoding, Model } from '../model/model.ts';

/**
 * One line of `predict`'s input as the model's ids. A text is cut to the model's greatest length; `ids` are taken as
 * given, so they must fit.
 * @throws BadFileError if the line is not one of {"text"}, {"text", "pair"}, {"ids", "typeIds"?}, or ids do not fit
 */
export function readPredictInput(line: string, where: string, model: Model): Encoding {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadFileError(where, 'must be one JSON object, got other text; mend or remove the line');
  }
  const { text, pair, ids, typeIds } = (value ?? {}) as Record<string, unknown>;
  if (ids !== undefined && text === undefined && pair === undefined)
    return readIds(ids, typeIds, where, model);
  if (typeof text === 'string' && ids === undefined && (pair === undefined || typeof pair === 'string')) {
    return encodeExample(model, pair === undefined ? { text } : { text, pair });
  }
  const forms = '{"text"}, {"text", "pair"} or {"ids", "typeIds"?}';
  throw new BadFileError(where, `must be ${forms}, got ${line.slice(0, 60)}; mend or remove the line`);
}

function readIds(ids: unknown, typeIds: unknown, where: string, model: Model): Encoding {
  const fits = (id: unknown) => Number.isInteger(id) && Number(id) >= 0 && Number(id) < model.vocabularySize;
  if (!Array.isArray(ids) || !ids.every(fits)) {
    const range = `whole numbers from 0 to ${model.vocabularySize - 1}`;
    throw new BadFileError(
      where,
      `"ids" must be a list of ${range}, got ${JSON.stringify(ids).slice(0, 60)}; use the model's own ids`,
    );
  }
  if (ids.length > model.maxLength) {
    throw new BadFileError(where, `"ids" must be at most ${model.maxLength}, got ${ids.length}; cut them`);
  }
  if (model.typeCount !== undefined) {
    return { ids, typeIds: typesOf(typeIds, ids.length, where, model.typeCount) };
  }
  if (typeIds !== undefined) {
    throw new BadFileError(
      where,
      `"typeIds" must be left out: ${model.name} has no such input, got some; remove them`,
    );
  }
  return { ids };
}

/** Without types all tokens are of type 0, as Hugging Face's models have it. */
function typesOf(typeIds: unknown, length: number, where: string, typeCount: number): readonly number[] {
  if (typeIds === undefined) return new Array<number>(length).fill(0);
  const fits = (id: unknown) => Number.isInteger(id) && Number(id) >= 0 && Number(id) < typeCount;
  if (Array.isArray(typeIds) && typeIds.length === length && typeIds.every(fits)) return typeIds;
  throw new BadFileError(
    where,
    `"typeIds" must be ${length} whole numbers from 0 to ${typeCount - 1}, one an id, got ${JSON.stringify(typeIds).slice(0, 60)}; mend or remove them`,
  );
}
