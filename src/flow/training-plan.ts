import type { Adapter } from '../adapter/adapter.ts';
import { sha256, stableJson } from '../core/files.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import type { TuneData, TuneOptions } from '../tune/loop.ts';

/**
 * A fingerprint of everything that a training run depends on: a checkpoint carries it, and is taken up only by a run
 * of the same.
 *
 * @param start The adapter before the first step.
 * @param selection The examples that choose the checkpoint; null where the last step is kept.
 * @param written The chips that are trained on, where they are not the model's own weights.
 */
export function trainingPlan(
  model: { readonly sha256: string },
  engine: { readonly name: string },
  start: Adapter,
  options: TuneOptions,
  data: TuneData,
  selection: TuneData | null,
  written?: unknown,
): string {
  const { method, head, tensors } = start;
  return sha256(
    stableJson({
      model: model.sha256,
      engine: engine.name,
      start: { method, head, options: start.options, tensors: sha256(encodeSafetensors(tensors)) },
      options,
      data: dataHash(data),
      selection: selection === null ? null : dataHash(selection),
      ...(written === undefined ? {} : { written }),
    }),
  );
}

/** SHA-256 of a split's ids and labels, in their order. */
export function splitSha256(data: TuneData): string {
  return sha256(stableJson(dataHash(data)));
}

/** Hashed as numbers: the text of a large task would not fit into one string. */
function dataHash({ examples, labels }: TuneData): readonly string[] {
  const lengths = examples.map(({ ids }) => ids.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const types = examples.some(({ typeIds }) => typeIds !== undefined) ? [new Int32Array(total)] : [];
  let at = 0;
  for (const example of examples) {
    ids.set(example.ids, at);
    types[0]?.set(example.typeIds ?? [], at);
    at += example.ids.length;
  }
  return [Int32Array.from(lengths), ids, ...types, Float64Array.from(labels)].map(({ buffer }) =>
    sha256(new Uint8Array(buffer)),
  );
}
